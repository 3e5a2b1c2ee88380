"""How much runs on which version."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.definitions.models import DefinitionSet
from app.runtime.models import InstanceStatus, ProcessInstance


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


def _pins(session: Session, keys: Iterable[str]) -> Iterable[tuple[str, set[int]]]:
    rows = session.execute(
        select(DefinitionSet.key, DefinitionSet.processes).where(DefinitionSet.key.in_(list(keys)))
    )
    return [(key, {int(version) for version in chosen.values()}) for key, chosen in rows]
