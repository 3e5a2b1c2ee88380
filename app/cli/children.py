"""Work in children of this process: each may take so much memory and time, and may die alone."""

import gc
import json
import os
import resource
import selectors
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Literal, TypeAlias

MEMORY = 512 * 1024 * 1024
SECONDS = 5
"""Of processor time."""
TOGETHER = 10
"""Short jobs in one child; all of them together seldom take a second."""
PATIENCE = 60.0
"""Seconds by the clock, for a child that waits for something instead of working."""

Died: TypeAlias = Literal["time", "memory", "fault"]
Job: TypeAlias = Callable[[], Any]
"""What it returns must be JSON."""
NO_MEMORY = 3
FAILED = 4


@dataclass
class _Child:
    number: int
    pid: int
    until: float
    said: bytes = b""


def in_children(
    jobs: Sequence[Job], *, at_once: int | None = None
) -> Iterator[tuple[int, Any, Died | None]]:
    """Do every job in a child of its own; yields its number, what it returned, and how it died.

    The children are forked, so that what is loaded here is loaded there.
    """
    most = at_once or len(os.sched_getaffinity(0))
    gc.collect()
    gc.freeze()  # or every child would write to, and so copy, what it only reads
    waiting = iter(enumerate(jobs))
    with selectors.DefaultSelector() as selector:
        try:
            more = _begin(selector, waiting, most)
            while selector.get_map():
                for key, _events in selector.select(timeout=1.0):
                    child: _Child = key.data
                    part = os.read(key.fd, 1 << 16)
                    child.said += part
                    if not part:
                        selector.unregister(key.fd)
                        os.close(key.fd)
                        yield _ended(child)
                        more = more and _begin(selector, waiting, 1)
                _kill_the_late(selector)
        finally:  # nobody may want the rest any more
            _stop(selector)
            gc.unfreeze()


def in_shared_children(
    jobs: Sequence[Job], *, together: int = TOGETHER, at_once: int | None = None
) -> Iterator[tuple[int, Any, Died | None]]:
    """The same with several jobs to a child, for jobs that are short by far most of the time.

    A fork of a large program costs more than a short job. Where a child dies, each of its jobs is
    done again in a child of its own, so that every job still has its own limits.
    """
    numbers = [range(n, min(n + together, len(jobs))) for n in range(0, len(jobs), together)]
    shared = [partial(_one_by_one, [jobs[number] for number in each]) for each in numbers]
    again: list[int] = []
    for batch, returned, died in in_children(shared, at_once=at_once):
        if died is None:
            for number, said in zip(numbers[batch], returned, strict=True):
                yield number, said, None
        else:
            again += numbers[batch]
    for position, said, died in in_children([jobs[number] for number in again], at_once=at_once):
        yield again[position], said, died


def _one_by_one(jobs: Sequence[Job]) -> list[Any]:
    return [job() for job in jobs]


def _begin(
    selector: selectors.BaseSelector, waiting: Iterable[tuple[int, Job]], count: int
) -> bool:
    """Begin so many children; whether there may be more to begin."""
    for _ in range(count):
        following = next(iter(waiting), None)
        if following is None:
            return False
        number, job = following
        end, other = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(end)
            _work(job, other)
        os.close(other)
        selector.register(end, selectors.EVENT_READ, _Child(number, pid, monotonic() + PATIENCE))
    return True


def _work(job: Job, other: int) -> None:
    """In the child: never returns."""
    code = FAILED
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        most = max(MEMORY, _size() + MEMORY // 2)  # what is loaded here counts there, too
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        said = json.dumps(job()).encode()
        with os.fdopen(other, "wb") as pipe:
            pipe.write(said)
        code = 0
    except MemoryError:
        code = NO_MEMORY
    except BaseException:  # noqa: BLE001 - whatever it is, it ends here and is reported by the code
        code = FAILED
    finally:
        os._exit(code)


def _size() -> int:
    """Bytes of address space in use."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _ended(child: _Child) -> tuple[int, Any, Died | None]:
    _pid, status = os.waitpid(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return child.number, json.loads(child.said), None
    if code == NO_MEMORY:
        return child.number, None, "memory"
    late = code in {-signal.SIGXCPU, -signal.SIGKILL}
    return child.number, None, "time" if late else "fault"


def _stop(selector: selectors.BaseSelector) -> None:
    """No child stays behind."""
    for key in list(selector.get_map().values()):
        selector.unregister(key.fd)
        os.close(key.fd)
        os.kill(key.data.pid, signal.SIGKILL)
        os.waitpid(key.data.pid, 0)


def _kill_the_late(selector: selectors.BaseSelector) -> None:
    for key in list(selector.get_map().values()):
        if monotonic() > key.data.until:
            os.kill(key.data.pid, signal.SIGKILL)
