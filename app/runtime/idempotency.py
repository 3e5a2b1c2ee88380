"""The same request twice has one effect and gets the same answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.db import Base
from app.errors import Conflict
from app.prepared import Prepared
from app.runtime.records import IdempotencyKey

KEYS = Base.metadata.tables[IdempotencyKey.__tablename__]
#: As a column, for statements that ask for something else as well.
ANSWER = select(KEYS.c.response).where(KEYS.c.key == bindparam("key")).scalar_subquery()
KEEP = Prepared(insert(KEYS), ("key", "used_at", "response"))


class KeyUsed(Conflict):
    """This page was sent twice at the same time. Go back and look before you send it again."""


def answered(session: Session, key: str) -> dict[str, Any] | None:
    """What a step with this key was answered; None for a new key."""
    return session.scalar(select(KEYS.c.response).where(KEYS.c.key == key))


def keep(session: Session, key: str, response: dict[str, Any]) -> None:
    """Keep what a step is answered, in its transaction.

    Steps need no ``claim``: they hold the lock of their instance when they look for the key.

    Raises:
        KeyUsed: another instance was moved with the same key at this moment.
    """
    try:
        KEEP.run(session, {"key": key, "used_at": clock.now(), "response": response})
    except IntegrityError as error:
        raise KeyUsed from error


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
