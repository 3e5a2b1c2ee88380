"""Starts processes that begin by the calendar, exactly once each, whoever else is at it."""

import logging

from sqlalchemy import select

from app import clock
from app.db import transaction
from app.errors import AppError
from app.runtime.records import TimerStart
from app.runtime.timer_starts import postpone_start, start, sync_starts

logger = logging.getLogger(__name__)


def start_next_due() -> bool:
    """Start the process that has been due longest; False when none is.

    After downtime the missed ones follow each other in order.
    """
    place: tuple[str, str] | None = None
    try:
        with transaction() as session:
            due = session.scalar(
                select(TimerStart)
                .where(TimerStart.try_at <= clock.now())
                .order_by(TimerStart.try_at, TimerStart.process_id, TimerStart.area_id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if due is None:
                return False
            place = (due.process_id, due.area_id)
            start(session, due)
    except Exception as error:
        if place is None:
            raise
        logger.exception("start of %s in %s failed", *place)
        problem = str(error) if isinstance(error, AppError) else "Something unexpected went wrong."
        with transaction() as session:
            postpone_start(session, *place, problem)
    return True


def start_all_due(*, most: int = 200) -> int:
    """Learn of newly published processes, then start what is due; returns how many were tried."""
    with transaction() as session:
        sync_starts(session)
    count = 0
    while count < most and start_next_due():
        count += 1
    return count
