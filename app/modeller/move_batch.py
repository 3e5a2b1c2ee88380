"""A move of many cases: what was chosen, doing it case by case, taking it back."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import reading, transaction
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.definitions.pins import load_set
from app.engine.moving.matching import Spot
from app.errors import AppError, NotFound
from app.identity.models import User
from app.modeller.models import MoveBatch, MoveCase
from app.modeller.move_plan import (
    LEAVE,
    read_spot,
    stale_sets,
)
from app.runtime.actions import MoveToVersion, UndoMove
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance
from app.runtime.places import places_between
from app.runtime.records import InstanceMove
from app.runtime.step import take_step

#: Of one press of a button, so that a page never takes long; the page offers the next.
MOST_MOVED = 400
LONGEST_PRESS = 10.0  # seconds


class Pressed(NamedTuple):
    """What one press of a button came to: how many cases, and how many could not be."""

    done: int
    refused: int


class BatchNotFound(NotFound):
    """We cannot find that move. The address may be wrong, or it belongs to another area."""


def begin(
    session: Session, user: User, version: DefinitionVersion, places: Mapping[str, dict[str, str]]
) -> MoveBatch:
    """Write down what a process owner chose. ``places``: see ``MoveBatch``."""
    batch = MoveBatch(version_id=version.id, places=dict(places), by_id=user.id, at=clock.now())
    session.add(batch)
    session.flush()
    return batch


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
    return _pressed(waiting, lambda case: _apply(case, user))


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
    return _pressed(moved, lambda case: _undo(case, user))


def find(session: Session, batch_id: int) -> tuple[MoveBatch, DefinitionVersion]:
    """Raises ``BatchNotFound``."""
    batch = batch_of(session, batch_id)
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


def _pressed(cases: Iterable[MoveCase], act: Callable[[MoveCase], bool]) -> Pressed:
    """Act on one after the other, until it has taken long enough."""
    until, counted = time.monotonic() + LONGEST_PRESS, Counter[bool]()
    for case in cases:
        counted[act(case)] += 1
        if time.monotonic() > until:
            break
    return Pressed(counted[True], counted[False])


def batch_of(session: Session, batch_id: int, *, to_change: bool = False) -> MoveBatch:
    found = session.get(MoveBatch, batch_id, with_for_update=to_change or None)
    if found is None:
        raise BatchNotFound
    return found


def places_for(
    session: Session, batch: MoveBatch, from_key: str, to_key: str
) -> Mapping[Spot, Spot]:
    """Where elements are: as the process owner chose, and the rest as that makes it likely."""
    said = {
        (spot, read_spot(to))
        for spot, to in said_by(session, batch, from_key)
        if to and to != LEAVE
    }
    return places_between(load_set(session, from_key), load_set(session, to_key), frozenset(said))


def said_by(session: Session, batch: MoveBatch, from_key: str) -> Iterator[tuple[Spot, str]]:
    versions = session.get_one(DefinitionSet, from_key).processes
    for process_id, version_id in versions.items():
        for step, said in batch.places.get(str(version_id), {}).items():
            if read_spot(step)[0] == process_id:
                yield read_spot(step), said


def _apply(case: MoveCase, user: User) -> bool:
    try:
        with transaction() as session:
            batch = batch_of(session, case.batch_id)
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
