"""Ticks. It holds no business timer: those are rows, and any number of workers may share them."""

import logging
from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import delete

from app import clock
from app.config import Settings
from app.db import transaction
from app.identity import sessions, throttle
from app.outbox.deliver import deliver_due
from app.runtime.messages import expire_old, retry_early
from app.runtime.records import IdempotencyKey
from app.scheduler.starts import start_all_due
from app.scheduler.timers import fire_all_due

logger = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.WARNING)  # every tick is not news

KEEP_KEYS = timedelta(days=7)


def start_worker(settings: Settings) -> BackgroundScheduler:
    """Begin ticking in a background thread, every ``settings.tick_seconds``.

    Call ``shutdown()`` on what is returned when the program ends.
    """
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    tick = settings.tick_seconds
    _every(scheduler, tick, fire_all_due)
    _every(scheduler, max(tick, 5), retry_early)
    _every(scheduler, max(tick, 60), expire_old)
    _every(scheduler, max(tick, 10), start_all_due)
    _every(scheduler, max(tick, 5), lambda: deliver_due(settings), name="deliver_due")
    _every(scheduler, 3600, forget_old)
    scheduler.start()
    return scheduler


def forget_old() -> None:
    """Nobody repeats a request after a week; ended sessions and old throttle counts go too."""
    with transaction() as session:
        sessions.forget_old(session)
        throttle.forget_old(session)
        old = IdempotencyKey.used_at < clock.now() - KEEP_KEYS
        session.execute(delete(IdempotencyKey).where(old))


def _every(
    scheduler: BackgroundScheduler, seconds: float, job: Callable[[], object], name: str = ""
) -> None:
    name = name or job.__name__
    scheduler.add_job(_guarded(job, name), "interval", seconds=seconds, id=name)


def _guarded(job: Callable[[], object], name: str) -> Callable[[], None]:
    """A tick that fails is logged; the next one tries again."""

    def run() -> None:
        try:
            job()
        except Exception:
            logger.exception("job %s failed", name)

    return run
