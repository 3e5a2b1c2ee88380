"""Facts that the new version reads and the process never kept: from the stored documents."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.definitions.facts import ALWAYS_THERE
from app.definitions.pins import PinnedSet, load_set
from app.engine.catalogue import Element
from app.runtime.crossing import Standing
from app.runtime.models import Submission, Task
from app.runtime.records import InstanceMove
from app.runtime.same_step import standings

Path = tuple[str, ...]


@dataclass(frozen=True)
class FactFound:
    """``step`` names the task whose document holds the answer; None: there is no such document."""

    name: str
    step: str | None


@dataclass
class Known:
    """What is to be added to a process, by the calls around it; and where each fact is from.

    ``newer``: names that a version long ago kept, and that were answered again since it was left.
    """

    facts: dict[Path, dict[str, Any]] = field(default_factory=dict)
    found: list[FactFound] = field(default_factory=list)
    newer: set[str] = field(default_factory=set)


class _Document(NamedTuple):
    path: Path
    step: str
    answers: Mapping[str, Any]
    at: datetime


def new_facts(
    session: Session, instance_id: int, old: PinnedSet, new: PinnedSet, paths: Iterable[Path]
) -> Known:
    """For every open process of an instance, the latest answers to names that are new.

    An answer counts where its task stands in the same process, and is handed on as it is: an
    answer that was emptied is empty. A name that is made from others, in a script, a table or a
    mapping, stays null until that is done, and so does one of which there are several, in a loop.
    """
    names = sorted(new.names_read - old.names_read - ALWAYS_THERE)
    known = Known()
    if not names:
        return known
    documents = _documents(session, instance_id, old)
    forgotten = _forgotten(session, instance_id, names)
    for name in names:
        known.found.append(FactFound(name, None))
        for path in sorted(set(paths)):
            found = next((d for d in documents if d.path == path and name in d.answers), None)
            if found is None:
                continue
            known.facts.setdefault(path, {})[name] = found.answers[name]
            if name in forgotten and found.at > forgotten[name]:
                known.newer.add(name)
            if found.answers[name] is not None:
                known.found[-1] = FactFound(name, found.step)
    return known


def _documents(session: Session, instance_id: int, old: PinnedSet) -> list[_Document]:
    """Latest first; only those whose answers a process keeps as they are."""
    rows = session.execute(
        select(Task, Submission.answers, Submission.at)
        .join(Task, Task.id == Submission.task_id)
        .where(Submission.instance_id == instance_id, Submission.superseded.is_(False))
        .order_by(Submission.id.desc())
    ).all()
    where = standings(session, instance_id, (task for task, _, _ in rows))
    return [
        _Document(where[task.id].path, task.name, answers, at)
        for task, answers, at in rows
        if _goes_on_as_it_is(old, where[task.id])
    ]


def _forgotten(session: Session, instance_id: int, names: Iterable[str]) -> dict[str, datetime]:
    """Name → when the instance left the last version that kept it."""
    moves = session.scalars(
        select(InstanceMove)
        .where(InstanceMove.instance_id == instance_id, InstanceMove.undone_at.is_(None))
        .order_by(InstanceMove.to_version)
    )
    left = [(load_set(session, move.from_set_key).names_read, move.moved_at) for move in moves]
    return {name: moment for read, moment in left for name in names if name in read}


def _goes_on_as_it_is(old: PinnedSet, where: Standing) -> bool:
    """A task in a loop answers for one of several; one with an output mapping renames."""
    diagram = old.diagrams.get(where.process_id)
    element = diagram.elements.get(where.element_id) if diagram else None
    if element is None:
        return True
    return not element.outputs and not any(step.loop for step in _around(old, where, element))


def _around(old: PinnedSet, where: Standing, element: Element) -> Iterator[Element]:
    """The step itself, and the sub-processes and calls around it."""
    inside: list[Element] = [element]
    process_id = old.process_id
    for call in where.path:
        around = old.diagrams[process_id].elements.get(call) if process_id else None
        if around is None:
            break
        inside.append(around)
        process_id = around.called_process or ""
    for step in inside:
        outer: Element | None = step
        while outer is not None:
            yield outer
            elements = old.diagrams[outer.process_id].elements
            outer = elements[outer.parent] if outer.parent else None
