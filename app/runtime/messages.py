"""Messages between processes: sent, early, undelivered."""

import logging
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.db import transaction
from app.runtime import post
from app.runtime.actor import MESSAGES, Actor
from app.runtime.models import InstanceStatus, ProcessInstance
from app.runtime.records import MessageRow, WaitingFor
from app.runtime.step import deliver

logger = logging.getLogger(__name__)


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
    """Messages nobody has taken, oldest first; of one case, of some areas, or all."""
    query = select(MessageRow).where(MessageRow.delivered_at.is_(None))
    if area_ids is not None:
        query = query.where(MessageRow.area_id.in_(area_ids))
    if case_id is not None:
        query = query.where(MessageRow.case_id == case_id)
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
        .where(MessageRow.delivered_at.is_(None), MessageRow.id > after, waited_for)
        .order_by(MessageRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=MessageRow)
    )
