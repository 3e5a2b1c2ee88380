"""Messages between processes: sent, early, undelivered, expired, sent again."""

import logging
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.db import transaction
from app.errors import Conflict, NotFound
from app.runtime import post
from app.runtime.actor import MESSAGES, Actor
from app.runtime.models import InstanceStatus, ProcessInstance
from app.runtime.post import has_expired
from app.runtime.records import MessageRow, WaitingFor
from app.runtime.step import deliver

logger = logging.getLogger(__name__)

__all__ = [
    "MessageNotFound",
    "MessageTaken",
    "expire_old",
    "expired",
    "has_expired",
    "retry_early",
    "send_again",
    "send_message",
    "undelivered",
]


class MessageNotFound(NotFound):
    """This message does not exist."""


class MessageTaken(Conflict):
    """Somebody has taken this message meanwhile, so it was not sent again."""


def send_message(
    session: Session,
    name: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    actor: Actor,
    area_id: str | None = None,
    case_id: int | None = None,
) -> MessageRow:
    """Send a message to whoever waits for it, or starts with it; else keep it until somebody does.

    Area and case come from the payload's ``case_id`` when they are not given.
    ``delivered_at`` of the answer says whether it arrived at once.
    """
    envelope = post.Envelope(
        name=name, key=key, payload=dict(payload), area_id=area_id, case_id=case_id
    )
    row = post.keep(session, post.addressed(session, envelope), actor)
    deliver(session, row, actor)
    return row


def undelivered(
    session: Session, *, area_ids: Collection[str] | None = None, case_id: int | None = None
) -> list[MessageRow]:
    """Messages nobody has taken, expired or not, oldest first; of one case, of areas, or all."""
    query = select(MessageRow).where(MessageRow.delivered_at.is_(None))
    if area_ids is not None:
        query = query.where(MessageRow.area_id.in_(area_ids))
    if case_id is not None:
        query = query.where(MessageRow.case_id == case_id)
    return list(session.scalars(query.order_by(MessageRow.id)))


def expired(session: Session, *, case_id: int) -> list[MessageRow]:
    """Messages of a case that nobody took in time and that are not long forgotten, oldest first."""
    recent = MessageRow.expires_at > clock.now() - post.KEPT
    query = select(MessageRow).where(
        MessageRow.case_id == case_id,
        MessageRow.delivered_at.is_(None),
        MessageRow.expires_at <= clock.now(),
        recent,
    )
    return list(session.scalars(query.order_by(MessageRow.id)))


def retry_early(*, most: int = 100) -> int:
    """Deliver kept messages that somebody waits for by now; each in a transaction of its own.

    Needed when sender and receiver moved in the same moment and neither saw the other. Returns
    how many arrived.
    """
    arrived = 0
    after = 0
    for _ in range(most):
        with transaction() as session:
            row = _next_wanted(session, after)
            if row is None:
                break
            after = row.id
            arrived += deliver(session, row, MESSAGES)
    return arrived


def send_again(session: Session, message_id: int, *, actor: Actor) -> bool:
    """Send a message that nobody took as if it were new; whether somebody takes it now.

    Raises:
        MessageNotFound, MessageTaken: there is nothing to send again.
    """
    row = session.get(MessageRow, message_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise MessageNotFound
    if row.delivered_at is not None:
        raise MessageTaken
    row.expires_at, row.expired_at = clock.now() + post.KEPT, None
    _told(session, row, "message.sent_again", actor)
    return deliver(session, row, actor)


def expire_old(*, most: int = 100) -> int:
    """Note which messages have waited too long, each in a transaction of its own; how many.

    They would not be delivered without this either; here it becomes part of the case's record.
    """
    count = 0
    while count < most:
        with transaction() as session:
            row = session.scalar(
                select(MessageRow)
                .where(
                    MessageRow.delivered_at.is_(None),
                    MessageRow.expired_at.is_(None),
                    MessageRow.expires_at <= clock.now(),
                )
                .order_by(MessageRow.expires_at, MessageRow.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                break
            row.expired_at = clock.now()
            _told(session, row, "message.expired", MESSAGES)
        count += 1
    return count


def _told(session: Session, row: MessageRow, action: str, actor: Actor) -> None:
    record(
        session,
        actor=actor.name,
        action=action,
        case_id=row.case_id,
        detail={"message": row.id, "name": row.name},
    )


def _next_wanted(session: Session, after: int) -> MessageRow | None:
    waited_for = (
        exists()
        .where(
            WaitingFor.name == MessageRow.name,
            WaitingFor.key == MessageRow.key,
            WaitingFor.instance_id == ProcessInstance.id,
            ProcessInstance.status == InstanceStatus.RUNNING,
        )
        .correlate(MessageRow)
    )
    return session.scalar(
        select(MessageRow)
        .where(*post.can_be_taken(), MessageRow.id > after, waited_for)
        .order_by(MessageRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=MessageRow)
    )
