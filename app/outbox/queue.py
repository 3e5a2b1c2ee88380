"""Puts messages into the outbox, and back into it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.outbox.letters import written
from app.outbox.models import OutboxMessage, State


def queue_email(
    session: Session,
    *,
    to: str,
    template: str,
    payload: Mapping[str, Any],
    key: str,
    case_id: int | str | None = None,
) -> bool:
    """Write an e-mail to be sent once the caller's transaction is stored.

    Args:
        session: an open ``transaction()``.
        to: one address.
        template: a file in ``app/outbox/templates``, without its ending.
        payload: what it fills in; references and addresses of pages, nothing about a family.
        key: names this one message, e.g. ``task-overdue:17:2026-01-05``. A second one with
            the same key is not queued.
        case_id: for the case's history.

    Returns:
        False when it was queued before.

    Raises:
        ValueError: ``to`` is not one address.
        jinja2.TemplateError: no such template, or ``payload`` lacks something.
    """
    if any(letter in to for letter in "\r\n,;") or to.count("@") != 1:
        raise ValueError("not one e-mail address")
    written(template, payload)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    moment = clock.now()
    queued = session.scalar(
        insert(OutboxMessage)
        .values(
            channel="email",
            key=sha256(key.encode()).hexdigest()[:40],
            to=to,
            template=template,
            payload=dict(payload),
            case_id=None if case_id is None else str(case_id),
            state=State.WAITING,
            attempts=0,
            queued_at=moment,
            next_try_at=moment,
            last_error="",
        )
        .on_conflict_do_nothing()
        .returning(OutboxMessage.id)
    )
    return queued is not None


def undelivered(session: Session) -> list[OutboxMessage]:
    """Messages we gave up on, and those that failed at least once; oldest first."""
    query = select(OutboxMessage).where(
        (OutboxMessage.state == State.DEAD)
        | ((OutboxMessage.state == State.WAITING) & (OutboxMessage.attempts > 0))
    )
    return list(session.scalars(query.order_by(OutboxMessage.queued_at, OutboxMessage.id)))


def waiting_count(session: Session) -> int:
    """How many wait to be sent."""
    query = select(func.count()).where(OutboxMessage.state == State.WAITING)
    return session.scalar(query) or 0


def try_again(session: Session, message_id: int) -> bool:
    """Send one that failed as soon as possible; False when it is not waiting for that."""
    message = session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None or message.state is State.SENT:
        return False
    message.state, message.attempts, message.next_try_at = State.WAITING, 0, clock.now()
    return True
