"""The same request twice has one effect and gets the same answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.runtime.records import IdempotencyKey


@dataclass(frozen=True)
class Claim:
    """``response`` is None when the key is new; else what was answered the first time."""

    response: dict[str, Any] | None


def claim(session: Session, key: str) -> Claim:
    """Take the key, first thing in the transaction.

    Two requests with the same key at once: the second waits here for the first to commit or
    roll back. RETURNING tells whether the row is ours, because row counts lie on PostgreSQL.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    ours = session.scalar(
        insert(IdempotencyKey)
        .values(key=key, used_at=clock.now())
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if ours is not None:
        return Claim(None)
    stored = session.scalar(select(IdempotencyKey.response).where(IdempotencyKey.key == key))
    return Claim(stored or {})


def remember(session: Session, key: str, response: dict[str, Any]) -> None:
    """Keep what was answered, in the same transaction."""
    session.get_one(IdempotencyKey, key).response = response
