"""Checks that nobody changed, removed, inserted or reordered audit events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditChain, AuditEvent
from app.audit.record import current_key, key_id, seal


@dataclass(frozen=True)
class Break:
    """A place where a chain does not hold."""

    chain: str
    position: int
    reason: str


def verify(session: Session, keys: Iterable[bytes] = ()) -> list[Break]:
    """Walk all chains; the empty list means that everything holds.

    Args:
        session: any session.
        keys: earlier keys, after the secret was changed. The present one is always known.
    """
    known = {key_id(key): key for key in (*keys, current_key())}
    ends = {end.chain: end for end in session.scalars(select(AuditChain))}
    breaks: list[Break] = []
    last: AuditEvent | None = None
    rows = select(AuditEvent).order_by(AuditEvent.chain, AuditEvent.position)
    for row in session.scalars(rows.execution_options(yield_per=1000)):
        if last is not None and last.chain != row.chain:
            breaks += _end(last, ends.pop(last.chain, None))
            last = None
        breaks += _row(row, last, known)
        last = row
    if last is not None:
        breaks += _end(last, ends.pop(last.chain, None))
    breaks += [
        Break(chain, end.position, "all events of this chain are missing")
        for chain, end in sorted(ends.items())
        if end.position
    ]
    return breaks


def _row(row: AuditEvent, last: AuditEvent | None, known: Mapping[str, bytes]) -> list[Break]:
    reasons = []
    if row.position != (last.position if last else 0) + 1:
        reasons.append("events before this one are missing")
    elif row.previous_hash != (last.hash if last else ""):
        reasons.append("this event does not follow the one before it")
    key = known.get(row.key_id)
    if key is None:
        reasons.append(f"sealed with the key {row.key_id}, which is not known here")
    elif row.hash != seal(vars(row), key):
        reasons.append("this event was changed")
    return [Break(row.chain, row.position, reason) for reason in reasons]


def _end(last: AuditEvent, end: AuditChain | None) -> list[Break]:
    if end is None:
        return [Break(last.chain, last.position, "the end of this chain is missing")]
    if (end.position, end.hash) != (last.position, last.hash):
        return [Break(last.chain, last.position, "events after this one are missing")]
    return []
