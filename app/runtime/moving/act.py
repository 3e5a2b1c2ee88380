"""What moving to a version and taking it back come down to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import undefer

from app.clock import LONDON
from app.definitions.pins import PinnedSet, load_set
from app.engine.moving.matching import Spot
from app.engine.moving.seats import Seat, seats_of
from app.engine.results import Snapshot
from app.engine.state import read
from app.errors import Conflict, NotFound
from app.identity.people import names_of
from app.runtime.actions import MoveToVersion, UndoMove
from app.runtime.moving import rows
from app.runtime.moving.known import new_facts
from app.runtime.moving.rewrite import rewrite_rows
from app.runtime.plan import Movable, Plan
from app.runtime.records import InstanceMove, StepHistory, WaitingFor
from app.runtime.specs import specs_of
from app.runtime.turn import Turn


class AlreadyThere(Conflict):
    """This case is on that version already."""


class WentOn(Conflict):
    """Somebody worked on this case after it was tried. Try it again."""


class MoveNotFound(NotFound):
    """We cannot find that move."""


class CannotUndo(Conflict):
    """This move can no longer be taken back."""


def plan_move(turn: Turn, action: MoveToVersion) -> Plan:
    """Seat the process on other drawings; nothing else of it changes.

    Raises:
        AlreadyThere: somebody has moved it meanwhile.
        WentOn: it is not as it was when it was tried.
    """
    instance = turn.instance
    if instance.definition_set_key == action.to_set_key:
        raise AlreadyThere
    if action.seen_version not in {None, instance.lock_version}:
        raise WentOn
    old, new = turn.pinned, load_set(turn.session, action.to_set_key)
    before, state = rows.rows_of(turn.session, instance.id), instance.state
    was = seats_in(state, old)
    known = new_facts(turn.session, instance.id, old, new, paths_of(was))
    specs = specs_of(new)
    first_version = instance.lock_version

    def move(process: Movable) -> None:
        facts = renamed(known.facts, action.places)
        process.move_to(specs, action.places, facts, known.newer)

    def follow(snapshot: Snapshot) -> None:
        turn.pinned = new
        rewrite_rows(turn, snapshot, old, new)

    def keep() -> None:
        after = rows.rows_of(turn.session, instance.id, also=before)
        turn.session.add(
            InstanceMove(
                instance_id=instance.id,
                from_set_key=old.key,
                to_set_key=new.key,
                from_version=first_version,
                to_version=instance.lock_version,
                places=_places(was, seats_in(instance.state, new)),
                changes=rows.changes(before, after, instance.state),
                state_before=state,
                moved_at=turn.now,
                moved_by_id=turn.actor.user_id,
            )
        )
        _tell(turn, "moved", "Moved to another version of the process")
        turn.session.flush()

    return Plan(
        move=move,
        says="process.moved",
        detail={"from": old.key, "to": new.key},
        afterwards=follow,
        once_saved=keep,
        settle=False,
    )


def take_back(
    turn: Turn, action: UndoMove, write_instance: Callable[..., None]
) -> Sequence[WaitingFor]:
    """Put everything back as it was before a move: state, rows, clocks, versions.

    Returns the messages that the instance waits for again.

    What was done meanwhile that does not move the process (somebody took a task over or typed, a
    reminder went out) stays.

    Raises:
        MoveNotFound: it is none of this instance.
        CannotUndo: it was taken back, or the case has gone on since; the message says by what.
    """
    session, instance = turn.session, turn.instance
    move = session.get(InstanceMove, action.move_id, options=[undefer(InstanceMove.state_before)])
    if move is None or move.instance_id != instance.id:
        raise MoveNotFound
    if move.undone_at is not None:
        raise CannotUndo(_undone_words(turn, move))
    if move.to_version != instance.lock_version and not _as_moved(turn, move):
        raise CannotUndo(_since(turn, move))
    values = rows.instance_before(move.changes, rows.rows_of(session, instance.id))
    rows.put_back(session, move.changes)
    if move.to_version != instance.lock_version:
        values["wake_at"] = rows.next_moment(session, instance.id)
    turn.pinned = load_set(session, move.from_set_key)
    write_instance(turn, state=move.state_before, **values)
    move.undone_at, move.undone_by_id = turn.now, turn.actor.user_id
    _tell(turn, "moved_back", "Moved back to the version before")
    session.execute(  # the move before this one can be taken back again
        update(InstanceMove)
        .where(
            InstanceMove.instance_id == instance.id,
            InstanceMove.to_version == move.from_version,
            InstanceMove.undone_at.is_(None),
        )
        .values(to_version=instance.lock_version)
    )
    session.flush()
    session.expire_all()
    return session.scalars(select(WaitingFor).where(WaitingFor.instance_id == instance.id)).all()


def seats_in(state: bytes, pinned: PinnedSet) -> tuple[Seat, ...]:
    return seats_of(read(state), {pid: d.drawing for pid, d in pinned.diagrams.items()})


def paths_of(seats: Iterable[Seat]) -> set[tuple[str, ...]]:
    return {(), *(seat.path for seat in seats)}


def renamed(
    facts: Mapping[tuple[str, ...], dict[str, Any]], places: Mapping[Spot, Spot]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """The same by the ids that the calls around have in the new version."""
    now = {old: new for (_, old), (_, new) in places.items()}
    return {tuple(now.get(step, step) for step in path): each for path, each in facts.items()}


def _places(was: Iterable[Seat], now: Iterable[Seat]) -> list[dict[str, Any]]:
    """Token by token, as ``way_back`` reads it."""
    there = {seat.token_id: seat for seat in now}
    return [
        {"from": _spot(seat), "to": _spot(there[seat.token_id])}
        for seat in was
        if seat.token_id in there
    ]


def _spot(seat: Seat) -> list[Any]:
    return [list(seat.path), seat.process_id, seat.element_id, seat.via]


def _tell(turn: Turn, what: str, words: str) -> None:
    instance = turn.instance
    turn.session.add(
        StepHistory(
            instance_id=instance.id,
            lock_version=instance.lock_version,
            engine_task_id="",
            process_id=instance.process_id,
            element_id=instance.process_id,
            name=words,
            kind="move",
            what=what,
            path=[],
            fired=[],
            at=turn.now,
            by_id=turn.actor.user_id,
        )
    )


def _as_moved(turn: Turn, move: InstanceMove) -> bool:
    """Whether all that came after a move moved nothing: a reminder went out, say."""
    return turn.instance.definition_set_key == move.to_set_key and rows.is_state_after(
        move.changes, turn.instance.state
    )


def _undone_words(turn: Turn, move: InstanceMove) -> str:
    by = names_of(turn.session, {move.undone_by_id}) if move.undone_by_id else {}
    name = by.get(move.undone_by_id or 0, "The system")
    return f"{name} has taken this move back already."


def _since(turn: Turn, move: InstanceMove) -> str:
    """What happened after the move, by the name of the step."""
    row = turn.session.scalar(
        select(StepHistory)
        .where(
            StepHistory.instance_id == move.instance_id,
            StepHistory.lock_version > move.to_version,
            StepHistory.what.in_(("completed", "cancelled", "moved")),
            func.length(StepHistory.name) > 0,
        )
        .order_by(StepHistory.id)
        .limit(1)
    )
    if row is None:
        return (
            "Something was changed in this case since, a date perhaps, "
            "so the move can no longer be taken back."
        )
    day = row.at.astimezone(LONDON)
    if row.what == "moved":
        return f"It was moved once more on {day.day} {day:%B}. Take that back first."
    ended = "was finished" if row.what == "completed" else "ended"
    return (
        f"The case has gone on since: “{row.name}” {ended} on {day.day} {day:%B}, "
        "so the move can no longer be taken back."
    )
