"""The driver of whole stories: forms and pages' rules in between, and a new program for each step."""

import multiprocessing
import pickle
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from app import clock, db
from app.scheduler.timers import fire_all_due
from tests.support.process_driver import ProcessDriver

#: What a new program has imported when it begins. The last has read the shipped files, which
#: costs seconds and says nothing about any case.
MODULES = (
    "__main__",
    "tests.support.story_driver",
    "tests.support.scenario_doing",
    "tests.support.shipped_read",
)


class StoryDriver(ProcessDriver):
    """Runs any unit of work as a step of its own: nothing is left in memory by the one before."""

    def run(self, call: Callable[[], Any]) -> Any:
        """Do this as the next step. ``call`` must be picklable for ``EachInANewProgram``."""
        return self._run(call)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass; what falls due fires in its own moment. Nothing starts by the calendar."""
        to = clock.now() + span
        while (due := self.next_due()) is not None and due <= to:
            self.traveller.move_to(max(due, clock.now()), tick=False)
            self._run(fire_all_due)
            assert self.next_due() != due, "a due timer did not move anything"
        self.traveller.move_to(to, tick=False)


class EachInANewProgram(StoryDriver):
    """Every step is taken by a new program, as after a deployment.

    One program is started without ever opening a database, and splits off a new one for each
    step: much faster than starting Python for each.
    """

    def _run(self, call: Callable[[], Any]) -> Any:
        programs = multiprocessing.get_context("forkserver")
        programs.set_forkserver_preload(list(MODULES))
        url = db.write_engine().url.render_as_string(hide_password=False)
        ours, theirs = programs.Pipe()
        program = programs.Process(target=_take, args=(theirs, url, clock.now(), call))
        program.start()
        theirs.close()
        try:
            answer = pickle.loads(ours.recv_bytes())
        finally:
            program.join()
            ours.close()
        if isinstance(answer, BaseException):
            raise answer
        return answer


def _take(answers: Connection, url: str, moment: datetime, call: Callable[[], Any]) -> None:
    db.connect(url)
    try:
        with clock.at(moment):
            answer: Any = call()
    except Exception as error:  # noqa: BLE001  the test that asked for it sees the error
        answer = error
    finally:
        db.disconnect()
    answers.send_bytes(pickle.dumps(answer))
    answers.close()
