"""Four eyes: whoever recommended, or did the work being judged, may not sign it off.

Rule: dialect.md, "Sign-off at a gateway". It holds through sub-processes and called processes,
and for work done on somebody's behalf.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.definitions.pins import PinnedSet, load_set
from app.runtime.crossing import Crossing, WayBackOverMoves
from app.runtime.models import (
    DecisionRecord,
    Outcome,
    ProcessInstance,
    Submission,
    Task,
    TaskKind,
)
from app.runtime.records import InstanceMove, StepHistory

#: Rows of history read at a time.
PAGE = 200


def refused_deciders(session: Session, task: Task) -> dict[int, str]:
    """User id → why this person may not decide this sign-off, in words for them."""
    pinned = _pinned(session, task)
    refused: dict[int, str] = {}
    for work in judged_tasks(session, task):
        done = f"You did “{work.name}”, so someone else must decide this."
        held = f"“{work.name}” was your task, so someone else must decide this."
        _refuse(refused, work.assignee_id, held)
        _refuse(refused, work.done_by_id, done)
    reads = (task.recommendation or {}).get("reads", ())
    for user_id in answerers(session, pinned, task.instance_id, reads).values():
        refused[user_id] = "You made this recommendation, so someone else must decide it."
    return refused


def people_on_the_way(session: Session, task: Task) -> set[int]:
    """Whoever did work since the previous sign-off that led to this task."""
    found: set[int | None] = set()
    for work in judged_tasks(session, task):
        found |= {work.assignee_id, work.done_by_id}
    return {user_id for user_id in found if user_id is not None}


def judged_tasks(session: Session, task: Task) -> list[Task]:
    """The tasks of people on the token's way to this gateway since the previous sign-off."""
    instance = session.get_one(ProcessInstance, task.instance_id)
    pinned = load_set(session, instance.definition_set_key)
    done = {
        row.engine_task_id: row
        for row in session.scalars(
            select(Task).where(Task.instance_id == task.instance_id, Task.done_at.is_not(None))
        )
        if row.outcome != Outcome.WITHDRAWN
    }
    way = WayBackOverMoves(
        pinned,
        instance.process_id,
        done,
        _sent_back(session, done.values()),
        moves=crossings(session, task.instance_id),
    )
    way.walk(_history(session, task), task)
    return sorted(way.people_tasks.values(), key=lambda row: row.id)


def recommender(
    session: Session, pinned: PinnedSet, instance_id: int, reads: Iterable[str]
) -> int | None:
    """Who last answered something that the gateway's conditions read."""
    return next(iter(answerers(session, pinned, instance_id, reads).values()), None)


def answerers(
    session: Session, pinned: PinnedSet, instance_id: int, reads: Iterable[str]
) -> dict[str, int]:
    """Fact → who answered it last; latest first. Facts worked out from others count as those."""
    reads = list(reads)
    wanted = set(pinned.origins.of(reads))
    for move in crossings(session, instance_id):
        wanted |= move.before.origins.of(reads)
    found: dict[str, int] = {}
    rows = session.execute(
        select(Submission.answers, Submission.changed, Submission.by_id)
        .where(Submission.instance_id == instance_id)
        .order_by(Submission.id.desc())
    )
    for answers, changed, by_id in rows:
        answered = wanted.intersection(answers if changed is None else changed)
        if by_id is not None:
            found.update(dict.fromkeys(sorted(answered), by_id))
        wanted -= answered
        if not wanted:
            break
    return found


def crossings(session: Session, instance_id: int) -> list[Crossing]:
    """The moves of an instance to other versions that stand, newest first."""
    moves = session.scalars(
        select(InstanceMove)
        .where(InstanceMove.instance_id == instance_id, InstanceMove.undone_at.is_(None))
        .order_by(InstanceMove.to_version.desc())
    )
    return [
        Crossing(
            move.to_version,
            load_set(session, move.from_set_key),
            load_set(session, move.to_set_key),
            move.places,
        )
        for move in moves
    ]


def _refuse(refused: dict[int, str], user_id: int | None, reason: str) -> None:
    if user_id is not None:
        refused[user_id] = reason


def _pinned(session: Session, task: Task) -> PinnedSet:
    instance = session.get_one(ProcessInstance, task.instance_id)
    return load_set(session, instance.definition_set_key)


def _sent_back(session: Session, done: Iterable[Task]) -> dict[str, str]:
    """Engine task id of each gateway that sent work back → where to."""
    gateways = {row.id: row.engine_task_id for row in done if row.kind == TaskKind.SIGN_OFF}
    rows = session.execute(
        select(DecisionRecord.task_id, DecisionRecord.sent_back_to).where(
            DecisionRecord.task_id.in_(gateways), DecisionRecord.sent_back_to.is_not(None)
        )
    )
    return {gateways[task_id]: target for task_id, target in rows if target}


def _history(session: Session, task: Task) -> Iterator[StepHistory]:
    """The history of the instance, newest first, from where the token came to this gateway.

    Read in pages: the walk stops at the previous sign-off, and a case may be years long.
    """
    of_instance = StepHistory.instance_id == task.instance_id
    told = StepHistory.what.in_(("completed", "branch", "cancelled"))
    last = session.scalar(
        select(func.max(StepHistory.id)).where(
            of_instance, StepHistory.engine_task_id == task.engine_task_id
        )
    )
    before = (last or 0) + 1
    while True:
        page = session.scalars(
            select(StepHistory)
            .where(of_instance, told, StepHistory.id < before)
            .order_by(StepHistory.id.desc())
            .limit(PAGE)
        ).all()
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].id
