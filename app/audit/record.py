"""Adds rows to the audit trail; each is chained to the one before it.

Events are noted while the transaction works, and written as the last thing before it commits, in
the order of their chains. Adding to a chain locks its end: two transactions that each write to
the same two chains could otherwise wait for each other in a circle.
"""

import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapper, Session, SessionTransaction

from app import clock
from app.audit.models import AuditChain, AuditEvent
from app.db import Base, after_commit, before_commit
from app.prepared import Prepared, columns_of

SITE = "site"
_as_text = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
SEALED = ("chain", "position", "actor", "action", "case_id", "detail", "previous_hash")

EVENTS = Base.metadata.tables[AuditEvent.__tablename__]
ENDS = Base.metadata.tables[AuditChain.__tablename__]
ADD = Prepared(insert(EVENTS), columns_of(EVENTS, but={"id"}))
LOCKED_END = (
    select(ENDS.c.position, ENDS.c.hash).where(ENDS.c.chain == bindparam("of")).with_for_update()
)
#: Only from the end that the new events were chained to.
MOVE_END = Prepared(
    update(ENDS).where(
        ENDS.c.chain == bindparam("of"),
        ENDS.c.position == bindparam("from_position"),
        ENDS.c.hash == bindparam("from_hash"),
    ),
    ("position", "hash"),
)


class End(NamedTuple):
    """Where a chain ends."""

    position: int
    hash: str


#: Ends of the chains this program added to last: most often nobody else did since. Only a guess;
#: an end that has moved, or is another database's, has another hash, and is then looked up.
_ends: OrderedDict[str, End] = OrderedDict()
KEPT_ENDS = 2_000
_ends_lock = Lock()

#: Set once at start by ``use_key``; an installation without one still has a chain, not a secret.
_keys: list[bytes] = [b"unkeyed"]


def use_key(secret: str) -> None:
    """Seal new rows with a key made from the installation's secret."""
    _keys[0] = hmac.digest(secret.encode(), b"audit trail", "sha256")


def current_key() -> bytes:
    return _keys[0]


@lru_cache(maxsize=8)
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
    noted = _noted(session)
    if not noted:
        before_commit(session, lambda: _write(session))
    noted.append(
        {
            "chain": chain_of(case_id),
            "at": clock.now(),
            "actor": actor,
            "action": action,
            "case_id": None if case_id is None else str(case_id),
            "detail": dict(detail or {}),
        }
    )


def chain_of(case_id: int | str | None) -> str:
    """Where everything about a case is chained; without one, the site's chain."""
    return SITE if case_id is None else f"case:{case_id}"


def _noted(session: Session) -> list[dict[str, Any]]:
    """What this transaction has to add, oldest first."""
    noted: list[dict[str, Any]] = session.info.setdefault("audit_noted", [])
    return noted


def _write(session: Session) -> None:
    noted = _noted(session)
    for chain, said in groupby(sorted(noted, key=_chain_of), key=_chain_of):
        _add(session, chain, list(said))
    noted.clear()


def _chain_of(said: Mapping[str, Any]) -> str:
    return str(said["chain"])


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


def _add(session: Session, chain: str, noted: Sequence[Mapping[str, Any]]) -> None:
    """Move the end of the chain, which locks it, and write the events up to there."""
    guess = _ends.get(chain)
    if guess is None or not _moved(session, chain, guess, rows := _chained(noted, guess)):
        end = _locked_end(session, chain)
        rows = _chained(noted, end)
        _moved(session, chain, end, rows)
    ADD.run_many(session, rows)
    last = End(rows[-1]["position"], rows[-1]["hash"])
    after_commit(session, lambda: _remember(chain, last))


def _chained(noted: Iterable[Mapping[str, Any]], end: End) -> list[dict[str, Any]]:
    rows = []
    key = current_key()
    for said in noted:
        row = {
            **said,
            "position": end.position + 1,
            "key_id": key_id(key),
            "previous_hash": end.hash,
        }
        row["hash"] = seal(row, key)
        end = End(row["position"], row["hash"])
        rows.append(row)
    return rows


def _moved(session: Session, chain: str, end: End, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the chain did end there; it ends with the last of the rows now."""
    to = {"position": rows[-1]["position"], "hash": rows[-1]["hash"]}
    here = {"of": chain, "from_position": end.position, "from_hash": end.hash}
    return MOVE_END.changed(session, {**here, **to}) == 1


def _remember(chain: str, end: End) -> None:
    with _ends_lock:
        _ends[chain] = end
        _ends.move_to_end(chain)
        while len(_ends) > KEPT_ENDS:
            _ends.popitem(last=False)


def seal(said: Mapping[str, Any], key: bytes) -> str:
    """HMAC-SHA256 over everything an event says and the seal of the one before."""
    text = _as_text({**{name: said[name] for name in SEALED}, "at": _written(said["at"])})
    sealing = _sealer(key).copy()
    sealing.update(text.encode())
    return sealing.hexdigest()


@lru_cache(maxsize=8)
def _sealer(key: bytes) -> hmac.HMAC:
    """To be copied: preparing a key takes as long as sealing with it."""
    return hmac.new(key, digestmod="sha256")


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _locked_end(session: Session, chain: str) -> End:
    """Position and hash of the last event; nobody else adds one until this transaction ends."""
    end = session.execute(LOCKED_END, {"of": chain}).first()
    if end is None:
        # two first events at once: one inserts, the other waits and finds it
        is_postgres = session.get_bind().dialect.name == "postgresql"
        begin = postgresql.insert if is_postgres else sqlite.insert
        session.execute(
            begin(ENDS).values(chain=chain, position=0, hash="").on_conflict_do_nothing()
        )
        end = session.execute(LOCKED_END, {"of": chain}).one()
    return End(end.position, end.hash)


class AuditIsAppendOnly(RuntimeError):
    """Something tried to change or delete an audit event."""


@event.listens_for(AuditEvent, "before_update")
@event.listens_for(AuditEvent, "before_delete")
def _refuse(_mapper: Mapper[AuditEvent], _connection: object, row: AuditEvent) -> None:
    raise AuditIsAppendOnly(f"audit event {row.id}")
