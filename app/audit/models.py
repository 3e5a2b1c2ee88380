"""The audit trail. Written only by ``app.audit.record``; nothing changes or deletes a row."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class AuditEvent(Base):
    """One thing that happened. Holds opaque ids and codes, no personal data."""

    __tablename__ = "audit_event"
    #: The only index beside the key: this is written in every step, and each index is a page more.
    __table_args__ = (UniqueConstraint("chain", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: ``case:7`` for everything about a case, ``site`` for the rest.
    chain: Mapped[str]
    #: 1, 2, 3 … in its chain, without a gap.
    position: Mapped[int]
    at: Mapped[datetime]
    #: ``user:12`` or, for the machine, ``system:timers`` and the like.
    actor: Mapped[str]
    #: ``<thing>.<verb in the past>``, e.g. ``task.completed``.
    action: Mapped[str]
    case_id: Mapped[str | None]
    detail: Mapped[dict[str, Any]]
    #: Which key made ``hash``, so that a key can be changed.
    key_id: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditChain(Base):
    """The end of a chain: locked while a row is added, and the anchor that shows truncation."""

    __tablename__ = "audit_chain"

    chain: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default="")
