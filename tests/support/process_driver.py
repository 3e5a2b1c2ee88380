"""Plays a process in a test the way people, time and messages would.

Between any two steps everything is saved and loaded again; with ``fresh_process`` each step runs
in a newly started program.
"""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select

from app import clock, db
from app.calendars import WorkingCalendar
from app.db import reading, transaction
from app.identity.models import User
from app.outbox.models import OutboxMessage
from app.runtime.actions import Action, CompleteTask, MoveTimer, SignOff, SignOffAnswer
from app.runtime.actor import Actor
from app.runtime.messages import send_message
from app.runtime.models import InstanceStatus, ProcessInstance, Task
from app.runtime.records import Timer
from app.runtime.results import StepResult
from app.runtime.step import live_processes, start_process, take_step
from app.scheduler.starts import start_all_due
from app.scheduler.timers import fire_all_due

ROOT = Path(__file__).resolve().parents[2]
TEST = Actor.system("test")


class ProcessDriver:
    """Sees every instance in the test's database, so processes that start others just work.

    Args:
        traveller: the test's clock, moved by ``wait``.
        area: where processes start.
        by: who starts them and does what ``complete`` names nobody for.
        modules: imported by a fresh process, so that automatic steps are registered there.
    """

    def __init__(
        self,
        traveller: time_machine.Traveller,
        *,
        area: str = "starter",
        by: User | None = None,
        fresh_process: bool = False,
        modules: tuple[str, ...] = (),
    ) -> None:
        self.traveller = traveller
        self.area = area
        self.by = by
        self.fresh_process = fresh_process
        self.modules = modules

    # ---------------------------------------------------------------- moving

    def start(
        self,
        process_id: str,
        *,
        by: User | None = None,
        case_id: int | None = None,
        locality_id: str | None = None,
        **facts: Any,
    ) -> int:
        """Start a process; returns the instance's id."""
        call = partial(
            _start, process_id, self.area, locality_id, case_id, facts, _actor(by or self.by)
        )
        return int(self._run(call))

    def complete(self, element_id: str, *, by: User | None = None, **answers: Any) -> StepResult:
        """Hand in a task, named by its element (the oldest, if several are open)."""
        task = self.task(element_id)
        action = CompleteTask(task_id=task.id, answers=answers)
        return self.act(task.instance_id, action, by=by)

    def sign_off(
        self,
        element_id: str,
        answer: SignOffAnswer | str = SignOffAnswer.APPROVE,
        *,
        by: User,
        **more: Any,
    ) -> StepResult:
        """Answer at a gateway: ``sign_off("g", "send_back", by=…, comment="…")``."""
        task = self.task(element_id)
        action = SignOff(task_id=task.id, answer=SignOffAnswer(answer), **more)
        return self.act(task.instance_id, action, by=by)

    def act(self, instance_id: int, action: Action, *, by: User | None = None) -> StepResult:
        result = self._run(partial(_act, instance_id, action, _actor(by or self.by)))
        assert isinstance(result, StepResult)
        return result

    def send(self, name: str, key: object, **payload: Any) -> bool:
        """Send a message; whether somebody took it at once."""
        return bool(self._run(partial(_send, name, str(key), payload, self.area)))

    def move_timer(self, element_id: str, to: datetime, *, by: User | None = None) -> StepResult:
        timer = self._timer(element_id)
        action = MoveTimer(engine_task_id=timer.engine_task_id, due_at=to)
        return self.act(timer.instance_id, action, by=by)

    def wait(self, *, working_days: int = 0, **span: float) -> None:
        """Let time pass and fire what falls due, each thing in its own moment.

        ``working_days`` go to the close of business of that day; ``span`` as for timedelta.
        """
        to = clock.now() + timedelta(**span)
        if working_days:
            to = WorkingCalendar().due_at(to, working_days)
        while (due := self.next_due()) is not None and due <= to:
            self.traveller.move_to(max(due, clock.now()), tick=False)
            before = due
            self._run(_fire)
            assert self.next_due() != before, "a due timer did not move anything"
        self.traveller.move_to(to, tick=False)
        self._run(start_all_due)

    # ---------------------------------------------------------------- looking

    def task(self, element_id: str) -> Task:
        """The oldest open task of this element."""
        with reading() as session:
            found = session.scalar(
                select(Task)
                .where(Task.element_id == element_id, Task.done_at.is_(None))
                .order_by(Task.id)
                .limit(1)
            )
        assert found is not None, f"“{element_id}” is not open; open: {self.open_tasks()}"
        return found

    def open_tasks(self) -> dict[str, str]:
        """Element → role of everything that waits for a person."""
        with reading() as session:
            rows = session.execute(
                select(Task.element_id, Task.role).where(Task.done_at.is_(None)).order_by(Task.id)
            )
            return {element_id: role for element_id, role in rows}  # noqa: C416  rows, not tuples

    def instance(self, instance_id: int) -> ProcessInstance:
        with reading() as session:
            return session.get_one(ProcessInstance, instance_id)

    def running(self) -> list[str]:
        """Process ids of what has not ended."""
        with reading() as session:
            query = select(ProcessInstance.process_id).where(
                ProcessInstance.status == InstanceStatus.RUNNING
            )
            return list(session.scalars(query.order_by(ProcessInstance.id)))

    def next_due(self) -> datetime | None:
        """When the scheduler will look at something next."""
        with reading() as session:
            query = select(ProcessInstance.wake_at).where(ProcessInstance.wake_at.is_not(None))
            return session.scalar(query.order_by(ProcessInstance.wake_at).limit(1))

    def timers(self) -> dict[str, datetime]:
        """Element → due moment of every waiting timer."""
        with reading() as session:
            rows = session.execute(select(Timer.element_id, Timer.due_at).order_by(Timer.id))
            return {element_id: due for element_id, due in rows}  # noqa: C416  rows, not tuples

    def sent(self) -> list[tuple[str, str]]:
        """E-mail address and template of everything queued."""
        with reading() as session:
            rows = session.execute(
                select(OutboxMessage.to, OutboxMessage.template).order_by(OutboxMessage.id)
            )
            return [(to, template) for to, template in rows]

    # ---------------------------------------------------------------- inside

    def _timer(self, element_id: str) -> Timer:
        with reading() as session:
            found = session.scalar(select(Timer).where(Timer.element_id == element_id))
        assert found is not None, f"no timer waits at “{element_id}”: {self.timers()}"
        return found

    def _run(self, call: Callable[[], Any]) -> Any:
        live_processes.forget_all()
        if not self.fresh_process:
            return call()
        url = db.write_engine().url.render_as_string(hide_password=False)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "step"
            path.write_bytes(pickle.dumps((url, clock.now(), self.modules, call)))
            command = [sys.executable, "-m", "tests.support.fresh_step", str(path)]
            subprocess.run(command, check=True, cwd=ROOT)
            answer = pickle.loads(path.with_suffix(".answer").read_bytes())
        if isinstance(answer, Exception):
            raise answer
        return answer


def _actor(user: User | None) -> Actor:
    return TEST if user is None else Actor.person(user)


def _start(
    process_id: str,
    area: str,
    locality_id: str | None,
    case_id: int | None,
    facts: Mapping[str, Any],
    actor: Actor,
) -> int:
    with transaction() as session:
        instance = start_process(
            session,
            process_id,
            area_id=area,
            locality_id=locality_id,
            case_id=case_id,
            facts=facts,
            actor=actor,
        )
        return instance.id


def _act(instance_id: int, action: Action, actor: Actor) -> StepResult:
    with transaction() as session:
        return take_step(session, instance_id, action, actor=actor)


def _send(name: str, key: str, payload: Mapping[str, Any], area: str) -> bool:
    with transaction() as session:
        row = send_message(session, name, key, payload, actor=TEST, area_id=area)
        return row.delivered_at is not None


def _fire() -> int:
    return fire_all_due()
