"""The application with one of its guards taken out: the checks must notice."""

from typing import Any

from sqlalchemy import Engine, bindparam, event, select, update
from sqlalchemy.orm import Session

from app.db import WriteSession
from app.runtime import idempotency, save, turn
from app.runtime.models import ProcessInstance
from app.runtime.turn import Turn


def without_lock() -> None:
    """Nobody waits for anybody: no row lock, no write lock; the version guard stays."""
    turn.LOCK = (
        select(ProcessInstance)
        .where(ProcessInstance.id == bindparam("instance_id"))
        .execution_options(populate_existing=True)
    )
    bind = WriteSession.kw["bind"]
    if bind.dialect.name == "sqlite":
        _without_begin(bind)


def without_lock_and_version() -> None:
    """The naive way: read, change, write."""
    without_lock()
    save._write_instance = _write_anyhow


def without_key() -> None:
    """Every request looks new."""

    def claim(session: Session, key: str) -> idempotency.Claim:
        return idempotency.Claim(None)

    def remember(session: Session, key: str, response: dict[str, Any]) -> None:
        return None

    idempotency.claim, idempotency.remember = claim, remember


def _write_anyhow(turn: Turn, **values: object) -> None:
    instance = turn.instance
    values["lock_version"] = instance.lock_version + 1
    turn.session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance.id)
        .values(**values)
        .execution_options(synchronize_session="evaluate")
    )


def _without_begin(engine: Engine) -> None:
    """Every statement on its own, as with a driver that was never told to begin."""
    engine.dispose()
    for listener in list(engine.dispatch.begin):
        event.remove(engine, "begin", listener)
