"""Several real programs that take orders and can be told to begin in the same moment."""

import contextlib
import multiprocessing
import multiprocessing.util
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from app import db
from app.audit.record import use_key

Call = Callable[[], Any]
MODULES = ["tests.faults.acts", "tests.faults.drawings", "tests.faults.mutants"]
# The server that starts programs lives in a folder which must outlast that of any database.
multiprocessing.util.get_temp_dir()
#: Seconds before the common beginning, in which every member gets the order.
BREATH = 0.004


@dataclass(frozen=True)
class Failed:
    """The exception that a call raised, in words: not every exception survives the way here."""

    kind: str
    words: str


class Member:
    """One program, connected to the database."""

    def __init__(self, url: str, secret: str, prepare: Call | None = None) -> None:
        programs = multiprocessing.get_context("forkserver")
        programs.set_forkserver_preload(MODULES)
        self._orders, theirs = programs.Pipe()
        self._program = programs.Process(
            target=_serve, args=(theirs, url, secret, prepare), daemon=True
        )
        self._program.start()
        theirs.close()

    def order(self, call: Call, begin_at: float = 0.0) -> None:
        self._orders.send((call, begin_at))

    def answer(self, seconds: float = 300) -> Any:
        """What the call returned, or ``Failed``; raises EOFError when the program is gone."""
        if not self._orders.poll(seconds):
            raise TimeoutError("a program of the crew does not answer")
        return self._orders.recv()

    def do(self, call: Call) -> Any:
        """Order and wait for something that must work."""
        self.order(call)
        answer = self.answer()
        assert not isinstance(answer, Failed), answer
        return answer

    def kill(self) -> None:
        """As the kernel does when memory runs out: no farewell."""
        assert self._program.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._program.pid, signal.SIGKILL)
        self._program.join()
        self._orders.close()

    def ended_with(self, seconds: float = 60) -> int | None:
        """Wait for its end; the exit code."""
        self._program.join(seconds)
        return self._program.exitcode

    def dismiss(self) -> None:
        with contextlib.suppress(OSError):
            self._orders.send(None)
        self._program.join(10)
        if self._program.is_alive():
            self.kill()
        self._orders.close()
        self._program.close()


@contextmanager
def crew(url: str, secret: str, count: int, prepare: Call | None = None) -> Iterator[list[Member]]:
    """So many members; ``prepare`` runs in each first."""
    members = [Member(url, secret, prepare) for _ in range(count)]
    try:
        for member in members:
            member.do(partial(int, 1))  # it is up
        yield members
    finally:
        for member in members:
            member.dismiss()


def at_once(members: Sequence[Member], calls: Sequence[Call]) -> list[Any]:
    """Each member its call, all in the same moment; answers in their order."""
    begin_at = time.monotonic() + BREATH
    for member, call in zip(members, calls, strict=True):
        member.order(call, begin_at)
    return [member.answer() for member in members]


def _serve(orders: Connection, url: str, secret: str, prepare: Call | None) -> None:
    db.connect(url)
    use_key(secret)
    if prepare is not None:
        prepare()
    with contextlib.suppress(EOFError):
        while (order := orders.recv()) is not None:
            call, begin_at = order
            while time.monotonic() < begin_at:
                pass
            orders.send(_answer(call))
    db.disconnect()


def _answer(call: Call) -> Any:
    try:
        return call()
    except Exception as error:  # noqa: BLE001  whoever ordered it sees it
        return Failed(type(error).__name__, str(error))
