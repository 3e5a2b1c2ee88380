"""Tries moves on copies of running processes: no database, and nothing goes out.

``try_moves`` starts two programs one after the other, each with nothing in memory: the first seats
the copies on the new version and saves them, the second loads what was saved and takes one step at
everything that is open. A program serves all the copies it is given.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import methodcaller
from typing import Any

from app import clock
from app.config import ROOT
from app.definitions.pins import PinnedSet
from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.errors import CannotMove, ElementFailed
from app.engine.moving.dead_ends import marking, new_dead_end
from app.engine.process import Process
from app.engine.results import Message, Snapshot
from app.engine.specset import SpecSet
from app.engine.state import read
from app.engine.tokengame.values import Pool
from app.errors import AppError
from app.runtime.copies import Copy, CopyHost, hosts
from app.runtime.specs import specs_of

_halts: dict[tuple[str, str, Pool, Pool], Element | None] = {}

#: For a whole batch, in seconds. A copy takes some milliseconds, a program half a second to begin.
LONGEST = 300
MOST_FAILURES = 20
UNEXPECTED = "Something unexpected went wrong when it was tried ({})."


class TrialBroken(AppError):
    """The trial did not come to its end, so nothing is known of these cases. Try them again."""


@dataclass(frozen=True)
class Tried:
    """What came of a copy: why it cannot be moved (None: it can), and what else changes."""

    instance_id: int
    problem: str | None
    notes: tuple[str, ...] = ()


def try_moves(described: Mapping[str, Any], copies: Sequence[Copy]) -> list[Tried]:
    """Move copies and go one step on with each. ``described`` as ``copies.described`` gives it.

    Raises:
        TrialBroken: one of the programs did not come to its end.
    """
    if not copies:
        return []
    said = {"now": clock.now().isoformat(), **described}
    moved = _in_a_new_program("move", {**said, "copies": [copy.to_json() for copy in copies]})
    fine = [line["copy"] for line in moved if line["problem"] is None]
    went_on = _in_a_new_program("go_on", {**said, "copies": fine}) if fine else []
    problems = {line["instance_id"]: line["problem"] for line in went_on}
    return [
        Tried(
            line["instance_id"],
            line["problem"] or problems.get(line["instance_id"]),
            tuple(line["notes"]),
        )
        for line in moved
    ]


def _in_a_new_program(what: str, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "app.runtime.rehearse", what]
    try:
        done = subprocess.run(  # noqa: S603  our own program, told by standard input
            command,
            input=json.dumps(said).encode(),
            capture_output=True,
            cwd=ROOT,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TrialBroken from error
    if done.returncode != 0:
        raise TrialBroken from RuntimeError(done.stderr.decode()[-2000:])
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


# ---------------------------------------------------------------------- in the new program


def move(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Seat each copy on the new version and save it."""
    known = hosts(said)
    for each in said["copies"]:
        copy = Copy.from_json(each)
        problem: str | None = None
        notes: list[str] = []
        try:
            copy, notes = _moved(copy, known)
        except CannotMove as error:
            names = known[copy.from_key][0]
            problem = " ".join(_named(names, f.element_id, f.message) for f in error.findings)
        except ElementFailed as error:
            problem = _named(known[copy.to_key][0], error.element_id, error.message)
        except AppError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001  one case never stops the others
            problem = UNEXPECTED.format(type(error).__name__)
        yield {
            "instance_id": copy.instance_id,
            "problem": problem,
            "notes": notes,
            "copy": copy.to_json(),
        }


def _moved(copy: Copy, known: Mapping[str, tuple[Any, CopyHost]]) -> tuple[Copy, list[str]]:
    (old, host), (new, _) = known[copy.from_key], known[copy.to_key]
    process = Process.load(specs_of(old), copy.state, host)
    before = {timer.engine_task_id for timer in process.snapshot().timers}
    moved = process.move_to(specs_of(new), copy.places, copy.known, copy.newer)
    after = process.snapshot()
    if dead_end := halted(old, new, copy.state, after.state):
        raise AppError(dead_end)
    notes = [f"“{gone.name or gone.id}” goes with the old version." for gone in moved.dropped]
    notes += [
        f"“{timer.name or timer.element_id}” begins to count from the move."
        for timer in after.timers
        if timer.engine_task_id not in before
    ]
    notes += [said for was, now in moved.seated.values() if (said := _heard_otherwise(was, now))]
    return replace(copy, state=after.state), notes


def _heard_otherwise(was: Element, now: Element) -> str | None:
    """A wait keeps the key it was given; a message of another name would not be heard before."""
    if was.message != now.message:
        return f"“{now.name or now.id}” waits for the message “{now.message}” now."
    if was.correlation_key != now.correlation_key:
        return f"“{now.name or now.id}” waits on under the key it was given."
    return None


def halted(old: PinnedSet, new: PinnedSet, before: bytes, after: bytes) -> str | None:
    """Where a moved copy could come to wait for ever, in words; None: nowhere."""
    was, now = marking(read(before), _drawings(old)), marking(read(after), _drawings(new))
    asked = (old.key, new.key, was, now)
    if asked not in _halts:  # many cases stand at the same step
        _halts[asked] = new_dead_end(was, _drawings(old), now, _drawings(new))
    found = _halts[asked]
    if found is None:
        return None
    return (
        f"“{found.name or found.id}” could wait for ever for a way on which this case is no longer."
    )


def _drawings(pinned: PinnedSet) -> dict[str, Drawing]:
    return {process_id: diagram.drawing for process_id, diagram in pinned.diagrams.items()}


def _named(pinned: PinnedSet, element_id: str, message: str) -> str:
    for diagram in pinned.diagrams.values():
        if element_id in diagram.elements:
            name = diagram.elements[element_id].name
            return f"“{name or element_id}”: {message}"
    return message


def go_on(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Load what was saved and take one step at everything that is open."""
    known = hosts(said)
    for each in said["copies"]:
        copy = Copy.from_json(each)
        pinned, host = known[copy.to_key]
        try:
            problem = step_on(specs_of(pinned), copy, host)
        except Exception as error:  # noqa: BLE001  one case never stops the others
            problem = UNEXPECTED.format(type(error).__name__)
        yield {"instance_id": copy.instance_id, "problem": problem}


def step_on(specs: SpecSet, copy: Copy, host: CopyHost) -> str | None:
    """Why some open step of a copy cannot be done; None when each can."""
    snapshot = Process.load(specs, copy.state, host).snapshot()
    for name, moment, act in _attempts(snapshot):
        problem = _attempt(specs, copy.state, host, moment, act)
        if problem is not None:
            return f"“{name}”: {problem}"
    return None


Act = Callable[[Process], object]


def _attempts(snapshot: Snapshot) -> Iterator[tuple[str, datetime, Act]]:
    now = clock.now()
    for task in snapshot.open_tasks:
        task_id = task.engine_task_id
        ways = task.recommendation.branches if task.recommendation else ()
        if not ways:
            yield task.name, now, methodcaller("complete", task_id, {})
        for way in ways:
            yield task.name, now, methodcaller("decide_gateway", task_id, way.flow_id)
    for timer in snapshot.timers:
        yield timer.name, max(timer.due_at, now), methodcaller("fire_due_timers")
    for wait in snapshot.waiting_messages:
        message = Message(wait.name, wait.key)
        yield wait.name, now, methodcaller("deliver", message)


def _attempt(
    specs: SpecSet, state: bytes, host: CopyHost, moment: datetime, act: Act
) -> str | None:
    """As a real step: what fails behind the open one, for want of real answers, is held back."""
    held: set[str] = set()
    while len(held) < MOST_FAILURES:
        try:
            with clock.at(moment):
                process = Process.load(specs, state, host, stop_before=held)
                act(process)
                process.snapshot()
        except ElementFailed as error:
            drawing = specs.drawings[error.process_id]
            if drawing.elements[error.element_id].kind == "parallel" or error.element_id in held:
                return error.message
            held.add(error.element_id)
        except AppError as error:
            return str(error)
        else:
            return None
    return None


def main(arguments: Sequence[str]) -> None:
    """``move`` or ``go_on``; what to do comes by standard input, what came of it goes out."""
    said = json.load(sys.stdin)
    doing: dict[str, Callable[[Mapping[str, Any]], Iterable[dict[str, Any]]]] = {
        "move": move,
        "go_on": go_on,
    }
    with clock.at(datetime.fromisoformat(said["now"])):
        json.dump(list(doing[arguments[0]](said)), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
