"""Messages as rows: keeping them, and finding who waits for them. ``step`` delivers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import clock
from app.definitions.live import effective, pack_of_area
from app.definitions.models import Kind
from app.engine.results import ThrownMessage
from app.runtime import one_at_a_time
from app.runtime.actor import Actor
from app.runtime.hooks import case_scope
from app.runtime.models import InstanceStatus, ProcessInstance
from app.runtime.records import MessageRow, WaitingFor
from app.runtime.turn import Turn

#: How long a message waits for somebody who takes it, where the diagram says nothing.
KEPT = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A message about to be sent."""

    name: str
    key: str
    payload: dict[str, Any]
    area_id: str | None = None
    case_id: int | None = None
    from_instance_id: int | None = None
    from_element_id: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Recipients:
    """``instances`` are locked by this transaction. ``busy``: somebody else holds one of them."""

    instances: tuple[int, ...] = ()
    starts: tuple[str, ...] = ()
    busy: bool = field(default=False)


def keep(session: Session, envelope: Envelope, actor: Actor) -> MessageRow:
    """Store a message, not delivered yet."""
    row = MessageRow(
        name=envelope.name,
        key=envelope.key,
        payload=envelope.payload,
        area_id=envelope.area_id,
        case_id=envelope.case_id,
        from_instance_id=envelope.from_instance_id,
        from_element_id=envelope.from_element_id,
        sent_by_id=actor.user_id,
        sent_at=clock.now(),
        expires_at=envelope.expires_at or clock.now() + KEPT,
    )
    session.add(row)
    session.flush()
    return row


def kept(turn: Turn, thrown: Iterable[ThrownMessage]) -> list[MessageRow]:
    """Rows for what a process sent in this turn."""
    return [
        keep(
            turn.session,
            addressed(
                turn.session,
                Envelope(
                    name=message.name,
                    key=message.key,
                    payload=dict(message.payload),
                    area_id=turn.instance.area_id,
                    from_instance_id=turn.instance.id,
                    from_element_id=message.element_id,
                    expires_at=message.expires_at,
                ),
            ),
            turn.actor,
        )
        for message in thrown
    ]


def can_be_taken() -> tuple[ColumnElement[bool], ...]:
    """Conditions for messages that somebody may still get. Expired ones surprise nobody later."""
    return (
        MessageRow.delivered_at.is_(None),
        MessageRow.expired_at.is_(None),
        MessageRow.expires_at > clock.now(),
    )


def is_over(row: MessageRow) -> bool:
    return row.delivered_at is not None or has_expired(row)


def has_expired(row: MessageRow) -> bool:
    """Whether it is too late to deliver it, noticed or not."""
    return row.delivered_at is None and (
        row.expired_at is not None or row.expires_at <= clock.now()
    )


def addressed(session: Session, envelope: Envelope) -> Envelope:
    """Fill in case and area, from the payload or from the case, where the sender did not say."""
    case_id = envelope.case_id
    if case_id is None and str(envelope.payload.get("case_id", "")).isdecimal():
        case_id = int(envelope.payload["case_id"])
    area_id = envelope.area_id
    if area_id is None and (scope := case_scope(session, case_id)):
        area_id = scope.area_id
    return Envelope(**{**vars(envelope), "case_id": case_id, "area_id": area_id})


def recipients(session: Session, row: MessageRow) -> Recipients:
    """Who takes this message now: of each process the instance that waits longest, and starts.

    Each live process of the area that begins with it is started, except one of which the case has
    only one run at a time.

    Instances are locked without waiting for anybody, so that two processes which send to each
    other at once can never stop each other. If one is held, nobody gets the message yet; it is
    tried again soon.
    """
    waits = session.execute(
        select(WaitingFor.instance_id, ProcessInstance.process_id)
        .join(ProcessInstance, ProcessInstance.id == WaitingFor.instance_id)
        .where(
            WaitingFor.name == row.name,
            WaitingFor.key == row.key,
            ProcessInstance.status == InstanceStatus.RUNNING,
        )
        .order_by(WaitingFor.id)
    )
    longest: dict[str, int] = {}
    for instance_id, process_id in waits:
        longest.setdefault(process_id, instance_id)
    wanted = sorted(set(longest.values()))
    locked = (
        session.scalars(
            select(ProcessInstance.id)
            .where(ProcessInstance.id.in_(wanted))
            .order_by(ProcessInstance.id)
            .with_for_update(skip_locked=True, of=ProcessInstance)
        ).all()
        if wanted
        else []
    )
    if len(locked) < len(wanted):
        return Recipients(busy=True)
    return Recipients(tuple(wanted), tuple(_started_by(session, row)))


def _started_by(session: Session, row: MessageRow) -> list[str]:
    if row.area_id is None:
        return []
    live = effective(session, Kind.BPMN, pack_of_area(session, row.area_id))
    return sorted(
        process_id
        for process_id, version in live.items()
        if row.name in version.start_messages
        and not one_at_a_time.is_running(session, process_id, row.case_id)
    )


def locality_of(session: Session, row: MessageRow) -> str | None:
    """Where a process that this message starts belongs: its case's place, else its sender's."""
    if scope := case_scope(session, row.case_id):
        return scope.locality_id
    if row.from_instance_id is None:
        return None
    return session.get_one(ProcessInstance, row.from_instance_id).locality_id


def early_for(session: Session, waits: Iterable[WaitingFor]) -> list[MessageRow]:
    """Messages that came before somebody waited for them, locked, oldest first."""
    found: dict[int, MessageRow] = {}
    for wait in waits:
        rows = session.scalars(
            select(MessageRow)
            .where(
                MessageRow.name == wait.name,
                MessageRow.key == wait.key,
                *can_be_taken(),
            )
            .order_by(MessageRow.id)
            .with_for_update(skip_locked=True)
        )
        found.update({row.id: row for row in rows})
    return [found[key] for key in sorted(found)]


def held_back(turn: Turn) -> list[MessageRow]:
    """Messages that would have begun a second run while the one that ends here went on."""
    instance = turn.instance
    process = turn.pinned.diagrams[instance.process_id].process(instance.process_id)
    if instance.status == InstanceStatus.RUNNING or not process.one_at_a_time:
        return []
    begins = [e.message for e in process.elements.values() if e.kind == "start" and e.message]
    return list(
        turn.session.scalars(
            select(MessageRow)
            .where(
                MessageRow.case_id == instance.case_id,
                MessageRow.name.in_(begins),
                *can_be_taken(),
            )
            .order_by(MessageRow.id)
            .with_for_update(skip_locked=True)
        )
    )


def unless_taken(row: MessageRow) -> None:
    """Nobody took it after all: it stays where everybody can see it, and is tried again."""
    if row.delivered_to_id is None:
        row.delivered_at = None


def mark_delivered(row: MessageRow, instance_ids: Iterable[int]) -> None:
    row.delivered_at = clock.now()
    row.delivered_to_id = next(iter(instance_ids), None)
