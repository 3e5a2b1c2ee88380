"""Adds rows to the audit trail; each is chained to the one before it.

Events are noted while the transaction works, and written as the last thing before it commits, in
the order of their chains. Adding to a chain locks its end: two transactions that each write to
the same two chains could otherwise wait for each other in a circle.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapper, Session, SessionTransaction

from app import clock
from app.audit.models import AuditChain, AuditEvent
from app.db import Base

SITE = "site"

# Written as tables, by statements built once: every step of every process passes here.
ADD = insert(Base.metadata.tables[AuditEvent.__tablename__])
ENDS = Base.metadata.tables[AuditChain.__tablename__]
LOCKED_END = (
    select(ENDS.c.position, ENDS.c.hash).where(ENDS.c.chain == bindparam("chain")).with_for_update()
)
MOVE_END = update(ENDS).where(ENDS.c.chain == bindparam("of"))

#: Set once at start by ``use_key``; an installation without one still has a chain, not a secret.
_keys: list[bytes] = [b"unkeyed"]


def use_key(secret: str) -> None:
    """Seal new rows with a key made from the installation's secret."""
    _keys[0] = hmac.digest(secret.encode(), b"audit trail", "sha256")


def current_key() -> bytes:
    return _keys[0]


def key_id(key: bytes) -> str:
    """Names a key without giving it away."""
    return hashlib.sha256(key).hexdigest()[:12]


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    case_id: int | str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one event in the caller's transaction; if it cannot be written, the change fails too.

    Args:
        session: an open ``transaction()``.
        actor: ``User.actor`` or ``system:<what>``.
        action: ``<thing>.<verb in the past>``.
        case_id: chains the event to its case; without one it goes to the site's chain.
        detail: ids and codes as JSON values. Never names, dates of birth, addresses or
            anything a person typed.
    """
    _noted(session).append(
        {
            "chain": SITE if case_id is None else f"case:{case_id}",
            "at": clock.now(),
            "actor": actor,
            "action": action,
            "case_id": None if case_id is None else str(case_id),
            "detail": dict(detail or {}),
        }
    )


def _noted(session: Session) -> list[dict[str, Any]]:
    """What this transaction has to add, oldest first."""
    noted: list[dict[str, Any]] = session.info.setdefault("audit_noted", [])
    return noted


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Not at the end of a savepoint, for which this is called, too."""
    if session.in_nested_transaction():
        return
    noted = _noted(session)
    for said in sorted(noted, key=lambda each: str(each["chain"])):
        _add(session, said)
    noted.clear()


@event.listens_for(Session, "after_transaction_create")
def _savepoint_begins(session: Session, begun: SessionTransaction) -> None:
    if begun.nested:
        session.info.setdefault("audit_savepoints", {})[begun] = len(_noted(session))


@event.listens_for(Session, "after_soft_rollback")
def _taken_back(session: Session, ended: SessionTransaction) -> None:
    """What was noted since a savepoint goes with it; without one, everything."""
    if ended.nested:
        del _noted(session)[session.info["audit_savepoints"].pop(ended) :]
    elif ended.parent is None:
        _noted(session).clear()


def _add(session: Session, noted: Mapping[str, Any]) -> None:
    chain = noted["chain"]
    position, previous_hash = _locked_end(session, chain)
    said = {
        **noted,
        "position": position + 1,
        "key_id": key_id(current_key()),
        "previous_hash": previous_hash,
    }
    sealed = seal(AuditEvent(**said), current_key())
    session.execute(ADD, {**said, "hash": sealed})
    session.execute(MOVE_END, {"of": chain, "position": position + 1, "hash": sealed})


def seal(row: AuditEvent, key: bytes) -> str:
    """HMAC-SHA256 over everything a row says and the seal of the row before."""
    said = {
        "chain": row.chain,
        "position": row.position,
        "at": _written(row.at),
        "actor": row.actor,
        "action": row.action,
        "case_id": row.case_id,
        "detail": row.detail,
        "previous_hash": row.previous_hash,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _locked_end(session: Session, chain: str) -> tuple[int, str]:
    """Position and hash of the last event; nobody else adds one until this transaction ends."""
    end = session.execute(LOCKED_END, {"chain": chain}).first()
    if end is None:
        # two first events at once: one inserts, the other waits and finds it
        is_postgres = session.get_bind().dialect.name == "postgresql"
        begin = postgresql.insert if is_postgres else sqlite.insert
        session.execute(
            begin(ENDS).values(chain=chain, position=0, hash="").on_conflict_do_nothing()
        )
        end = session.execute(LOCKED_END, {"chain": chain}).one()
    return end.position, end.hash


class AuditIsAppendOnly(RuntimeError):
    """Something tried to change or delete an audit event."""


@event.listens_for(AuditEvent, "before_update")
@event.listens_for(AuditEvent, "before_delete")
def _refuse(_mapper: Mapper[AuditEvent], _connection: object, row: AuditEvent) -> None:
    raise AuditIsAppendOnly(f"audit event {row.id}")
