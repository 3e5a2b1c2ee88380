"""What a running process leaves behind: history, timers, messages, incidents, keys already used."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class StepHistory(Base):
    """One thing that happened to one element. Append-only; the order is the id."""

    __tablename__ = "step_history"
    __table_args__ = (
        Index("ix_step_history_instance", "instance_id", "id"),
        Index(
            "ix_step_history_problems",
            "process_id",
            "at",
            sqlite_where=text("problems IS NOT NULL"),
            postgresql_where=text("problems IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    lock_version: Mapped[int]
    engine_task_id: Mapped[str] = mapped_column(String(40))
    process_id: Mapped[str] = mapped_column(String(120))
    element_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(12))
    flow_id: Mapped[str | None] = mapped_column(String(120), default=None)
    path: Mapped[list[Any]]
    detail: Mapped[str] = mapped_column(Text, default="")
    fired: Mapped[list[Any]]
    #: Which expressions gave no answer, and why; null where all did.
    problems: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)


class Timer(Base):
    """A waiting timer, for pages and moves. The scheduler looks at the instance's wake_at only."""

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_instance", "instance_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    engine_task_id: Mapped[str] = mapped_column(String(40), unique=True)
    process_id: Mapped[str] = mapped_column(String(120))
    element_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(300))
    host_element_id: Mapped[str | None] = mapped_column(String(120), default=None)
    due_at: Mapped[datetime]


class WaitingFor(Base):
    """An instance waits for this message. Kept by every step, so a sender finds it without loading."""

    __tablename__ = "message_wait"
    __table_args__ = (
        Index("ix_message_wait_name", "name", "key"),
        Index("ix_message_wait_instance", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    engine_task_id: Mapped[str] = mapped_column(String(40))
    process_id: Mapped[str] = mapped_column(String(120))
    element_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(200))


class MessageRow(Base):
    """A message from one process to others; ``delivered_at`` empty means nobody took it yet.

    From ``expires_at`` on nobody gets it. ``expired_at`` is when that was noticed and told.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_early",
            "name",
            "key",
            sqlite_where=text("delivered_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
        Index("ix_message_case", "case_id"),
        Index(
            "ix_message_expires",
            "expires_at",
            sqlite_where=text("delivered_at IS NULL AND expired_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND expired_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]]
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"), default=None)
    case_id: Mapped[int | None] = mapped_column(default=None)
    from_instance_id: Mapped[int | None] = mapped_column(
        ForeignKey("process_instance.id"), default=None
    )
    from_element_id: Mapped[str | None] = mapped_column(String(120), default=None)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    expired_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("process_instance.id"), default=None
    )


class Incident(Base):
    """Something automatic did not work; the token waits in front of it until somebody retries.

    ``engine_task_id`` is empty when timers of the instance keep failing as a whole.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index(
            "ix_incident_open",
            "instance_id",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    case_id: Mapped[int | None] = mapped_column(default=None)
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"))
    engine_task_id: Mapped[str | None] = mapped_column(String(40), default=None)
    process_id: Mapped[str] = mapped_column(String(120))
    element_id: Mapped[str] = mapped_column(String(120), default="")
    name: Mapped[str] = mapped_column(String(300))
    message: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=1)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)


class IdempotencyKey(Base):
    """A request already carried out, and what was answered. The same key again changes nothing."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    used_at: Mapped[datetime]
    response: Mapped[dict[str, Any] | None] = mapped_column(default=None)


class TimerStart(Base):
    """When a process with a timer start begins next in one area. Claimed under its row lock.

    ``next_at`` is the moment it is for, ``try_at`` when to try: later, after a failure.
    """

    __tablename__ = "timer_start"
    __table_args__ = (Index("ix_timer_start_due", "try_at"),)

    process_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"), primary_key=True)
    timer: Mapped[str] = mapped_column(String(300))
    next_at: Mapped[datetime | None] = mapped_column(default=None)
    try_at: Mapped[datetime | None] = mapped_column(default=None)
    last_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")


class InstanceMove(Base):
    """One process moved from one choice of versions to another. Written only by app.runtime.

    ``from_version`` and ``to_version`` are the instance's lock version before and after;
    ``places`` says for each token where it was and where it went; ``changes`` which rows changed,
    with what they held before and after.
    """

    __tablename__ = "instance_move"
    __table_args__ = (Index("ix_instance_move_instance", "instance_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    from_set_key: Mapped[str] = mapped_column(ForeignKey("definition_set.key"))
    to_set_key: Mapped[str] = mapped_column(ForeignKey("definition_set.key"))
    from_version: Mapped[int]
    to_version: Mapped[int]
    places: Mapped[list[Any]]
    changes: Mapped[dict[str, Any]]
    state_before: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    moved_at: Mapped[datetime]
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
