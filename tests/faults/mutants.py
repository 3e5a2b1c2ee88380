"""The application with one of its guards taken out: the checks must notice."""

from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from app.db import WriteSession
from app.prepared import Prepared
from app.runtime import idempotency, save, step, turn
from app.runtime.models import ProcessInstance
from app.runtime.turn import Asks, Locked, Turn


def without_lock() -> None:
    """Nobody waits for anybody: no row lock, no write lock; the version guard stays."""
    turn.LOCK = Prepared(turn.ASKED)
    bind = WriteSession.kw["bind"]
    if bind.dialect.name == "sqlite":
        _without_begin(bind)


def without_lock_and_version() -> None:
    """The naive way: read, change, write."""
    without_lock()
    save._write_instance = _write_anyhow


def without_key() -> None:
    """Every request looks new."""

    locked = turn.lock_instance

    def lock_instance(session: Session, instance_id: int, asks: Asks | None = None) -> Locked:
        return locked(session, instance_id, asks)._replace(answer=None)

    def keep(session: Session, key: str, response: dict[str, Any]) -> None:
        return None

    vars(step)["lock_instance"] = lock_instance
    idempotency.keep = keep


def _write_anyhow(turn: Turn, **values: object) -> None:
    instance = turn.instance
    values["lock_version"] = instance.lock_version + 1
    turn.session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    instance.changed(turn.session, values)


def _without_begin(engine: Engine) -> None:
    """Every statement on its own, as with a driver that was never told to begin."""
    engine.dispose()
    vars(engine.dialect)["do_begin"] = lambda _raw: None
