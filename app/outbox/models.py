"""Messages waiting to go out. Written only by ``app.outbox``."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class State(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    #: Given up after many attempts; shown to administrators until somebody tries again.
    DEAD = "dead"


class OutboxMessage(Base):
    """One e-mail to one address. Holds references, not what a family told us."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_due",
            "next_try_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Only ``email`` so far.
    channel: Mapped[str] = mapped_column(default="email")
    #: Makes queueing the same message twice harmless; also its Message-ID.
    key: Mapped[str] = mapped_column(unique=True)
    to: Mapped[str]
    #: A file in ``app/outbox/templates``.
    template: Mapped[str]
    #: What the template fills in: references, dates, addresses of pages.
    payload: Mapped[dict[str, Any]]
    case_id: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=10, values_callable=lambda s: [x.value for x in s]),
        default=State.WAITING,
    )
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    #: The kind of the last failure; not the server's words, which can quote addresses.
    last_error: Mapped[str] = mapped_column(default="")
