"""Fires due timers, one instance at a time, oldest first. Any number of workers may do it."""

import logging

from sqlalchemy import select

from app import clock
from app.db import transaction
from app.runtime.actions import FireDueTimers
from app.runtime.actor import TIMERS
from app.runtime.models import ProcessInstance
from app.runtime.postpone import PATIENCE, postpone
from app.runtime.step import take_step

logger = logging.getLogger(__name__)


def fire_next_due() -> bool:
    """Move the instance that has been due longest; return False when none is due.

    If the step fails, the instance is woken again later, so that one broken process cannot keep
    all the others waiting; after three times its failing element becomes a visible incident.
    """
    due = None
    try:
        with transaction() as session:
            due = session.execute(
                select(ProcessInstance.id, ProcessInstance.attempts)
                .where(ProcessInstance.wake_at <= clock.now())
                .order_by(ProcessInstance.wake_at, ProcessInstance.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if due is None:
                return False
            settle = due.attempts >= PATIENCE
            take_step(session, due.id, FireDueTimers(settle=settle), actor=TIMERS)
    except Exception as error:
        if due is None:
            raise
        logger.exception("timers of instance %s failed", due.id)
        with transaction() as session:
            postpone(session, due.id, error)
    return True


def fire_all_due(*, most: int = 1000) -> int:
    """Work until nothing is due; returns how many instances were moved or postponed."""
    count = 0
    while count < most and fire_next_due():
        count += 1
    return count
