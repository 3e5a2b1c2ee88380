"""Trying a move on copies of all running cases: nothing of any case changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.definitions.pins import load_set, repin
from app.engine.moving.matching import Spot
from app.modeller.models import MoveBatch, MoveCase
from app.modeller.move_batch import batch_of, places_for, said_by
from app.modeller.move_plan import LEAVE, Running, running_elsewhere, stale_sets
from app.runtime.copies import Copy, described
from app.runtime.moving.act import paths_of, renamed
from app.runtime.moving.known import FactFound, new_facts
from app.runtime.rehearse import Tried, try_moves

#: Of one press of a button, so that a page never takes long; the page offers the next.
MOST_TRIED = 400
LEFT = "You chose to leave cases at “{step}” as they are."


@dataclass(frozen=True)
class Prepared:
    """One case about to be tried, or the reason why it is not."""

    copy: Copy
    tried_version: int
    facts: Sequence[FactFound] = ()
    problem: str | None = None


@dataclass
class Slice:
    """What is tried with one press."""

    cases: list[Prepared] = field(default_factory=list)
    sets: dict[str, object] = field(default_factory=dict)


def try_next(batch_id: int) -> int:
    """Try the next cases of a batch on copies, in other programs; how many were tried.

    No case is touched and no lock is held meanwhile; only what came of it is written, afterwards.
    """
    with transaction() as session:  # the choices that cases would be pinned to
        keys = _new_keys(session, batch_of(session, batch_id))
    with reading() as session:
        tried = _prepare(session, batch_of(session, batch_id), keys)
    fine = [case.copy for case in tried.cases if case.problem is None]
    found = {line.instance_id: line for line in try_moves(tried.sets, fine)}
    with transaction() as session:
        batch_of(session, batch_id, to_change=True)
        known = set(
            session.scalars(select(MoveCase.instance_id).where(MoveCase.batch_id == batch_id))
        )
        new = [c for c in tried.cases if c.copy.instance_id not in known]
        session.add_all(_case(batch_id, case, found.get(case.copy.instance_id)) for case in new)
    return len(tried.cases)


def try_again(session: Session, batch_id: int) -> None:
    """Forget what came of those that could not be moved, so that they are tried afresh."""
    session.execute(
        delete(MoveCase).where(
            MoveCase.batch_id == batch_id,
            MoveCase.move_id.is_(None),
            MoveCase.problem.is_not(None),
        )
    )


def _new_keys(session: Session, batch: MoveBatch) -> dict[str, str]:
    """Old choice of versions → the one with the new version in it."""
    version = session.get_one(DefinitionVersion, batch.version_id)
    chosen = {key: session.get_one(DefinitionSet, key) for key in stale_sets(session, version)}
    return {key: repin(session, each, version).key for key, each in chosen.items()}


def _prepare(session: Session, batch: MoveBatch, keys: Mapping[str, str]) -> Slice:
    version = session.get_one(DefinitionVersion, batch.version_id)
    known = set(session.scalars(select(MoveCase.instance_id).where(MoveCase.batch_id == batch.id)))
    found = Slice()
    for case in running_elsewhere(session, version):
        if case.instance.id in known or case.pinned.key not in keys:
            continue
        found.cases.append(_prepared(session, batch, case, keys[case.pinned.key]))
        if len(found.cases) == MOST_TRIED:
            break
    used = {key for case in found.cases for key in (case.copy.from_key, case.copy.to_key)}
    found.sets = described(session, used)
    return found


def _prepared(session: Session, batch: MoveBatch, case: Running, to_key: str) -> Prepared:
    instance, old = case.instance, case.pinned
    new = load_set(session, to_key)
    places = places_for(session, batch, old.key, to_key)
    known = new_facts(session, instance.id, old, new, paths_of(case.seats))
    left = [spot for spot in _left(session, batch, old.key) if _is_at(case, spot)]
    problem = None
    if left:
        element = old.diagrams[left[0][0]].elements[left[0][1]]
        problem = LEFT.format(step=element.name or element.id)
    copy = Copy(
        instance_id=instance.id,
        state=instance.state,
        from_key=old.key,
        to_key=to_key,
        places=places,
        known=renamed(known.facts, places),
        newer=tuple(sorted(known.newer)),
    )
    return Prepared(copy, instance.lock_version, known.found, problem)


def _left(session: Session, batch: MoveBatch, from_key: str) -> list[Spot]:
    return [spot for spot, said in said_by(session, batch, from_key) if said == LEAVE]


def _is_at(case: Running, spot: Spot) -> bool:
    return any((seat.process_id, seat.element_id) == spot for seat in case.seats)


def _case(batch_id: int, case: Prepared, tried: Tried | None) -> MoveCase:
    notes = list(tried.notes) if tried else []
    for fact in case.facts:
        notes.append(
            f"“{fact.name}” comes from “{fact.step}”."
            if fact.step
            else f"“{fact.name}” is empty: this case has no answer that could be taken for it."
        )
    return MoveCase(
        batch_id=batch_id,
        instance_id=case.copy.instance_id,
        to_set_key=case.copy.to_key,
        tried_version=case.tried_version,
        notes=notes,
        problem=case.problem or (tried.problem if tried else None),
    )
