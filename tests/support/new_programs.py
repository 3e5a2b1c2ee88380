"""A new program for every call, in some hundredths of a second: forked from one that has done nothing.

The program that forks has imported the application and nothing else: it has read no diagram, built
no specification, connected to no database. So what it forks starts as empty as a program that
was just installed, without the second that importing takes. Every child checks that before it
begins. What is *not* new in it: the code of the modules, what importing them computes, the tables
mapped to classes, and the patterns that expressions are read with.

Run as a module it is the program that forks.
"""

import gc
import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Self

from sqlalchemy.orm import configure_mappers

from app import clock, db, feel
from app.config import ROOT
from app.engine.parse import parse_diagram
from app.engine.specset import _kept as built
from app.runtime.step import live_processes

LENGTH = 8


class NotNew(AssertionError):
    """The program that forks has already done something."""


class NewPrograms:
    """``with NewPrograms(url) as programs: programs.run(call)``; ``call`` can be pickled."""

    def __init__(self, url: str, *modules: str) -> None:
        self._url = url
        self._modules = modules
        self.pids: set[int] = set()
        self.begun = 0

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.support.new_programs", *self._modules]
        self._server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        del kind, error
        for pipe in (self._server.stdin, self._server.stdout):
            assert pipe is not None
            pipe.close()
        self._server.wait()

    def run(self, call: Callable[[], Any]) -> Any:
        """What ``call`` gives in a program of its own, at the moment it is here.

        Raises:
            Exception: what it raised there.
        """
        pipe, answers = self._server.stdin, self._server.stdout
        assert pipe is not None
        assert answers is not None
        _write(pipe, (self._url, clock.now(), call))
        pid, answer = _read(answers)
        self.pids.add(pid)
        self.begun += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def serve(pipe: IO[bytes], answers: IO[bytes]) -> None:
    """Fork once for each thing that is asked, one after the other, until nothing is asked."""
    configure_mappers()
    feel.parse("true")
    gc.freeze()  # what is shared with children is not walked by them, so it is not copied
    while (asked := pipe.read(LENGTH)) != b"":
        content = pipe.read(int.from_bytes(asked, "big"))
        child = os.fork()
        if child == 0:
            _write(answers, (os.getpid(), _answer(content)))
            os._exit(0)
        os.waitpid(child, 0)


def _answer(content: bytes) -> Any:
    try:
        _check_that_this_is_new()
        asked: tuple[str, datetime, Callable[[], Any]] = pickle.loads(content)
        url, moment, call = asked
        db.connect(url)
        with clock.at(moment):
            return call()
    except Exception as error:  # noqa: BLE001  whoever asked sees it
        return error


def _check_that_this_is_new() -> None:
    connected = db.ReadSession.kw.get("bind")
    if connected or built or live_processes._kept or parse_diagram.cache_info().currsize:
        raise NotNew


def _write(pipe: IO[bytes], value: object) -> None:
    content = pickle.dumps(value)
    pipe.write(len(content).to_bytes(LENGTH, "big") + content)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Any:
    length = pipe.read(LENGTH)
    if len(length) < LENGTH:
        raise RuntimeError("the program that forks has ended")
    return pickle.loads(pipe.read(int.from_bytes(length, "big")))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        importlib.import_module(name)
    serve(sys.stdin.buffer, sys.stdout.buffer)
