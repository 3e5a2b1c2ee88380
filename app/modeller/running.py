"""How much runs on which version."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.definitions.models import DefinitionSet
from app.runtime.models import InstanceStatus, ProcessInstance, Task


def running_by_version(session: Session) -> Counter[int]:
    """Version id → running processes that were started with it, also as a part of another.

    Counts only, so that nobody learns about a family from it.
    """
    by_set = session.execute(
        select(ProcessInstance.definition_set_key, func.count())
        .where(ProcessInstance.status == InstanceStatus.RUNNING)
        .group_by(ProcessInstance.definition_set_key)
    ).all()
    counts = {str(key): int(count) for key, count in by_set}
    found: Counter[int] = Counter()
    for key, versions in _pins(session, counts):
        for version_id in versions:
            found[version_id] += counts[key]
    return found


@dataclass(frozen=True)
class OpenWork:
    """A step that has open tasks, and how many: whose they are is not said."""

    element_id: str
    name: str
    kind: str
    tasks: int


def open_work(session: Session, process_id: str, version_id: int) -> list[OpenWork]:
    """Steps of a process with open tasks in cases that run on this version."""
    keys = session.scalars(
        select(ProcessInstance.definition_set_key)
        .where(ProcessInstance.status == InstanceStatus.RUNNING)
        .distinct()
    ).all()
    pinned = [key for key, versions in _pins(session, keys) if version_id in versions]
    rows = session.execute(
        select(Task.element_id, func.min(Task.name), Task.kind, func.count())
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(
            Task.done_at.is_(None),
            Task.process_id == process_id,
            ProcessInstance.definition_set_key.in_(pinned),
        )
        .group_by(Task.element_id, Task.kind)
        .order_by(Task.element_id)
    )
    return [OpenWork(*row) for row in rows]


def _pins(session: Session, keys: Iterable[str]) -> Iterable[tuple[str, set[int]]]:
    rows = session.execute(
        select(DefinitionSet.key, DefinitionSet.processes).where(DefinitionSet.key.in_(list(keys)))
    )
    return [(key, {int(version) for version in chosen.values()}) for key, chosen in rows]
