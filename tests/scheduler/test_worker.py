"""The ticking thread: it finds what is due, and one failing job does not stop it."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock as the_clock
from app.config import Settings
from app.db import reading, transaction
from app.runtime import idempotency
from app.runtime.records import IdempotencyKey
from app.scheduler import worker
from app.scheduler.worker import forget_old, start_worker


@pytest.mark.slow
def test_it_ticks_until_it_is_shut_down(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ticks: list[str] = []

    def fire_all_due() -> None:
        ticks.append("tick")
        raise RuntimeError

    monkeypatch.setattr(worker, "fire_all_due", fire_all_due)
    running = start_worker(Settings(tick_seconds=0.05))
    deadline = time.monotonic() + 10
    while len(ticks) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    running.shutdown()

    assert len(ticks) >= 3
    assert "job fire_all_due failed" in caplog.text


def test_keys_are_forgotten_after_a_week(database: str) -> None:
    with transaction() as session:
        idempotency.claim(session, "old")
    with the_clock.at(the_clock.now() + timedelta(days=6)), transaction() as session:
        idempotency.claim(session, "new")
    with the_clock.at(the_clock.now() + timedelta(days=8)):
        forget_old()

    with reading() as session:
        assert list(session.scalars(select(IdempotencyKey.key))) == ["new"]
