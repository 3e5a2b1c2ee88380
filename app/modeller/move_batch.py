"""Trying a move on copies of all running cases, doing it case by case, taking it back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.db import reading, transaction
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.definitions.pins import load_set, repin
from app.engine.moving.matching import Spot
from app.errors import AppError, NotFound
from app.identity.models import User
from app.modeller.models import MoveBatch, MoveCase
from app.modeller.move_plan import (
    LEAVE,
    Running,
    read_spot,
    running_elsewhere,
    stale_sets,
)
from app.runtime.actions import MoveToVersion, UndoMove
from app.runtime.actor import Actor
from app.runtime.copies import Copy, described
from app.runtime.models import ProcessInstance
from app.runtime.moving.act import paths_of, renamed
from app.runtime.moving.known import FactFound, new_facts
from app.runtime.places import places_between
from app.runtime.records import InstanceMove
from app.runtime.rehearse import Tried, try_moves
from app.runtime.step import take_step

#: Of one press of a button, so that a page never takes long; the page offers the next.
MOST_TRIED = 400
MOST_MOVED = 100
LEFT = "You chose to leave cases at “{step}” as they are."


class Pressed(NamedTuple):
    """What one press of a button came to: how many cases, and how many could not be."""

    done: int
    refused: int


class BatchNotFound(NotFound):
    """We cannot find that move. The address may be wrong, or it belongs to another area."""


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


def begin(
    session: Session, user: User, version: DefinitionVersion, places: Mapping[str, dict[str, str]]
) -> MoveBatch:
    """Write down what a process owner chose. ``places``: see ``MoveBatch``."""
    batch = MoveBatch(version_id=version.id, places=dict(places), by_id=user.id, at=clock.now())
    session.add(batch)
    session.flush()
    return batch


def try_next(batch_id: int) -> int:
    """Try the next cases of a batch on copies, in other programs; how many were tried.

    No case is touched and no lock is held meanwhile; only what came of it is written, afterwards.
    """
    with transaction() as session:  # the choices that cases would be pinned to
        keys = _new_keys(session, _batch(session, batch_id))
    with reading() as session:
        tried = _prepare(session, _batch(session, batch_id), keys)
    fine = [case.copy for case in tried.cases if case.problem is None]
    found = {line.instance_id: line for line in try_moves(tried.sets, fine)}
    with transaction() as session:
        _batch(session, batch_id, to_change=True)
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


def apply_next(batch_id: int, user: User) -> Pressed:
    """Move the next cases, each in a transaction of its own.

    One that cannot be moved stays exactly as it was, and its reason is written down.
    """
    with reading() as session:
        waiting = session.scalars(
            select(MoveCase)
            .where(
                MoveCase.batch_id == batch_id,
                MoveCase.move_id.is_(None),
                MoveCase.problem.is_(None),
            )
            .order_by(MoveCase.id)
            .limit(MOST_MOVED)
        ).all()
    return _pressed(_apply(case, user) for case in waiting)


def undo(batch_id: int, user: User, *, only: int | None = None) -> Pressed:
    """Take moves of a batch back, each in a transaction of its own.

    Those that could be taken back when somebody last asked come first, so that the next press of
    a button goes on behind those that could not.
    """
    query = (
        select(MoveCase)
        .join(InstanceMove, InstanceMove.id == MoveCase.move_id)
        .where(MoveCase.batch_id == batch_id, InstanceMove.undone_at.is_(None))
        .order_by(MoveCase.problem.is_not(None), MoveCase.id)
        .limit(MOST_MOVED)
    )
    if only is not None:
        query = query.where(MoveCase.id == only)
    with reading() as session:
        moved = session.scalars(query).all()
    return _pressed(_undo(case, user) for case in moved)


def find(session: Session, batch_id: int) -> tuple[MoveBatch, DefinitionVersion]:
    """Raises ``BatchNotFound``."""
    batch = _batch(session, batch_id)
    return batch, session.get_one(DefinitionVersion, batch.version_id)


def left_to_try(session: Session, batch: MoveBatch) -> int:
    version = session.get_one(DefinitionVersion, batch.version_id)
    known = set(session.scalars(select(MoveCase.instance_id).where(MoveCase.batch_id == batch.id)))
    running = session.scalars(
        select(ProcessInstance.id).where(
            ProcessInstance.definition_set_key.in_(stale_sets(session, version)),
            ProcessInstance.status == "running",
        )
    )
    return len(set(running) - known)


# ---------------------------------------------------------------------- inside


def _pressed(cases: Iterable[bool]) -> Pressed:
    counted = Counter(cases)
    return Pressed(counted[True], counted[False])


def _batch(session: Session, batch_id: int, *, to_change: bool = False) -> MoveBatch:
    found = session.get(MoveBatch, batch_id, with_for_update=to_change or None)
    if found is None:
        raise BatchNotFound
    return found


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


def places_for(
    session: Session, batch: MoveBatch, from_key: str, to_key: str
) -> Mapping[Spot, Spot]:
    """Where elements are: as the process owner chose, and the rest as that makes it likely."""
    said = {
        (spot, read_spot(to)) for spot, to in _said(session, batch, from_key) if to and to != LEAVE
    }
    return places_between(load_set(session, from_key), load_set(session, to_key), frozenset(said))


def _left(session: Session, batch: MoveBatch, from_key: str) -> list[Spot]:
    return [spot for spot, said in _said(session, batch, from_key) if said == LEAVE]


def _said(session: Session, batch: MoveBatch, from_key: str) -> Iterator[tuple[Spot, str]]:
    versions = session.get_one(DefinitionSet, from_key).processes
    for process_id, version_id in versions.items():
        for step, said in batch.places.get(str(version_id), {}).items():
            if read_spot(step)[0] == process_id:
                yield read_spot(step), said


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


def _apply(case: MoveCase, user: User) -> bool:
    try:
        with transaction() as session:
            batch = _batch(session, case.batch_id)
            instance = session.get_one(ProcessInstance, case.instance_id)
            places = places_for(session, batch, instance.definition_set_key, case.to_set_key)
            action = MoveToVersion(
                to_set_key=case.to_set_key, places=places, seen_version=case.tried_version
            )
            actor = Actor.person(user)
            key = f"move:{case.batch_id}:{case.instance_id}:{case.tried_version}"
            take_step(session, case.instance_id, action, actor=actor, idempotency_key=key)
            session.merge(case, load=True).move_id = session.scalar(
                select(InstanceMove.id)
                .where(
                    InstanceMove.instance_id == case.instance_id,
                    InstanceMove.to_set_key == case.to_set_key,
                )
                .order_by(InstanceMove.id.desc())
                .limit(1)
            )
    except AppError as error:
        _write_down(case, str(error))
        return False
    return True


def _undo(case: MoveCase, user: User) -> bool:
    try:
        with transaction() as session:
            action = UndoMove(move_id=case.move_id or 0)
            take_step(session, case.instance_id, action, actor=Actor.person(user))
            session.merge(case, load=True).problem = None
    except AppError as error:
        _write_down(case, str(error))
        return False
    return True


def _write_down(case: MoveCase, problem: str) -> None:
    with transaction() as session:
        session.get_one(MoveCase, case.id, with_for_update=True).problem = problem
