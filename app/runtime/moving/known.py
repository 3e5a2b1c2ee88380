"""Facts that the new version reads and the process never kept: from the stored documents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.definitions.facts import ALWAYS_THERE
from app.definitions.pins import PinnedSet
from app.runtime.models import Submission, Task

Path = tuple[str, ...]


@dataclass(frozen=True)
class FactFound:
    """``step`` names the task whose document holds the answer; None: nobody has answered it."""

    name: str
    step: str | None


@dataclass
class Known:
    """What is to be added to a process, by the calls around it; and where each fact is from."""

    facts: dict[Path, dict[str, Any]] = field(default_factory=dict)
    found: list[FactFound] = field(default_factory=list)


def new_facts(
    session: Session, instance_id: int, old: PinnedSet, new: PinnedSet, paths: Iterable[Path]
) -> Known:
    """For every open process of an instance, the latest answers to names that are new.

    An answer counts where its task stands in the same process, and is handed on as it is. A name
    that is made from others, in a script, a table or a mapping, stays null until that is done.
    """
    names = sorted(new.names_read - old.names_read - ALWAYS_THERE)
    known = Known()
    if not names:
        return known
    documents = [
        (tuple(task.path), task.name, answers)
        for task, answers in session.execute(
            select(Task, Submission.answers)
            .join(Task, Task.id == Submission.task_id)
            .where(Submission.instance_id == instance_id, Submission.superseded.is_(False))
            .order_by(Submission.id.desc())
        )
        if _goes_on_as_it_is(old, task)
    ]
    for name in names:
        known.found.append(FactFound(name, None))
        for path in sorted(set(paths)):
            step = _add(known.facts.setdefault(path, {}), name, path, documents)
            if step is not None:
                known.found[-1] = FactFound(name, step)
    return known


def _add(
    facts: dict[str, Any],
    name: str,
    path: Path,
    documents: list[tuple[Path, str, Mapping[str, Any]]],
) -> str | None:
    for where, step, answers in documents:
        if where == path and answers.get(name) is not None:
            facts[name] = answers[name]
            return step
    return None


def _goes_on_as_it_is(old: PinnedSet, task: Task) -> bool:
    """A task of a loop answers for one of several; one with an output mapping renames."""
    diagram = old.diagrams.get(task.process_id)
    element = diagram.elements.get(task.element_id) if diagram else None
    return element is None or not (element.loop or element.outputs)
