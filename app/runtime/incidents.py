"""Automatic steps that did not work: visible on the case until somebody tries again."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app import clock
from app.engine import results
from app.errors import NotFound
from app.runtime.instance import Instance
from app.runtime.records import Incident
from app.runtime.turn import Turn


class IncidentNotFound(NotFound):
    """This problem is no longer there. Perhaps someone has already solved it."""


def sync_incidents(
    turn: Turn, waiting: Iterable[results.Incident], failures: Mapping[str, str]
) -> tuple[int, ...]:
    """Open, renew or resolve incident rows after a step; returns the ids of what failed in it.

    Args:
        waiting: elements the engine now waits in front of.
        failures: reason by id of each element that failed in this step.
    """
    session = turn.session
    known = {row.engine_task_id: row for row in session.scalars(_open_of(turn.instance.id))}
    touched: list[Incident] = []
    for found in waiting:
        row = known.pop(found.engine_task_id, None)
        message = failures.get(found.element_id)
        if row is None:
            row = _new(turn, found, message or "This step could not be done.")
            session.add(row)
            touched.append(row)
        elif message is not None:
            row.message, row.attempts = message, row.attempts + 1
            row.happened_at = turn.now
            touched.append(row)
    for row in known.values():
        row.resolved_at, row.resolved_by_id = turn.now, turn.actor.user_id
    session.flush()
    return tuple(row.id for row in touched)


def record_stuck(session: Session, instance: Instance, message: str) -> Incident:
    """The timers of an instance keep failing as a whole: say so, once, on the case."""
    row = session.scalar(_open_of(instance.id).where(Incident.engine_task_id.is_(None)))
    if row is None:
        row = Incident(
            instance_id=instance.id,
            case_id=instance.case_id,
            area_id=instance.area_id,
            process_id=instance.process_id,
            name="Due timers",
            message=message,
            happened_at=clock.now(),
        )
        session.add(row)
    else:
        row.message, row.attempts, row.happened_at = message, row.attempts + 1, clock.now()
    session.flush()
    return row


def failed_again(turn: Turn, incident_id: int, message: str) -> None:
    row = open_incident(turn.session, incident_id, turn.instance.id)
    row.message, row.attempts, row.happened_at = message, row.attempts + 1, turn.now


def open_incidents(session: Session, *, case_id: int | None = None) -> list[Incident]:
    """What waits for a retry, oldest first; of one case, or all."""
    query = select(Incident).where(Incident.resolved_at.is_(None))
    if case_id is not None:
        query = query.where(Incident.case_id == case_id)
    return list(session.scalars(query.order_by(Incident.id)))


def open_incident(session: Session, incident_id: int, instance_id: int) -> Incident:
    """An unsolved incident of this instance.

    Raises:
        IncidentNotFound: there is none, or it is solved.
    """
    found = session.get(Incident, incident_id, populate_existing=True)
    if found is None or found.resolved_at is not None or found.instance_id != instance_id:
        raise IncidentNotFound
    return found


def _open_of(instance_id: int) -> Select[Incident]:
    return select(Incident).where(
        Incident.instance_id == instance_id, Incident.resolved_at.is_(None)
    )


def _new(turn: Turn, found: results.Incident, message: str) -> Incident:
    return Incident(
        instance_id=turn.instance.id,
        case_id=turn.instance.case_id,
        area_id=turn.instance.area_id,
        engine_task_id=found.engine_task_id,
        process_id=found.process_id,
        element_id=found.element_id,
        name=turn.pack.in_words(found.name),
        message=message,
        happened_at=turn.now,
    )
