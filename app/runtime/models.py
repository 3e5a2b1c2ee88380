"""Running processes, the work they wait for, and what people decided. Only this package writes here.

``case_id`` has no foreign key: cases are a layer above, and a panel runs without one.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

import app.runtime.records  # noqa: F401  registers its tables
from app.db import Base

#: Sorts after every real due moment, so that an index on it needs no NULLS LAST.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class InstanceStatus(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class TaskKind(StrEnum):
    USER = "user"
    SIGN_OFF = "sign_off"


class Outcome(StrEnum):
    """How a task came to its end."""

    COMPLETED = "completed"
    APPROVED = "approve"
    APPROVED_WITH_CHANGES = "approve_with_changes"
    SENT_BACK = "send_back"
    DECIDED_DIFFERENTLY = "decide_differently"
    WITHDRAWN = "withdrawn"  # the process no longer needs it: a timer, a message, a cancellation


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_FREE = "done_at IS NULL AND assignee_id IS NULL"
_IN_DUE_ORDER = ("role", "area_id", "due_sort", "id", "locality_id", "team_id")


class ProcessInstance(Base):
    """One run of a process. ``state`` belongs to the engine; nobody else reads it.

    ``wake_at`` is the earliest moment at which the scheduler must look at it; ``attempts`` how
    often that failed in a row. ``lock_version`` counts the committed steps.
    """

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_wake", "wake_at", "id", **_where("wake_at IS NOT NULL")),
        Index("ix_process_instance_case", "case_id", "process_id"),
        Index("ix_process_instance_set", "definition_set_key", "status"),
        Index("uq_process_instance_alone", "alone", unique=True, **_where("alone IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[str] = mapped_column(String(120))
    definition_set_key: Mapped[str] = mapped_column(ForeignKey("definition_set.key"))
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"))
    locality_id: Mapped[str | None] = mapped_column(ForeignKey("locality.id"), default=None)
    case_id: Mapped[int | None] = mapped_column(default=None)
    started_by_instance_id: Mapped[int | None] = mapped_column(
        ForeignKey("process_instance.id"), default=None
    )
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    #: Random, so that a process kept in memory is never taken for that of another database.
    live_key: Mapped[str] = mapped_column(String(32), default=lambda: uuid4().hex)
    #: Set while it runs, if the case may have only one run of this process at a time.
    alone: Mapped[str | None] = mapped_column(String(150), default=None)
    status: Mapped[str] = mapped_column(String(12), default=InstanceStatus.RUNNING)
    lock_version: Mapped[int] = mapped_column(default=1)
    wake_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    facts: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)


class Task(Base):
    """An inbox row: something a person has to do. Written only by app.runtime.

    ``role`` and ``team_id`` say who may do it while nobody holds it; ``case_role`` the part in
    the case it was meant for. ``due_sort`` is ``due_at`` or the end of time.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(
            "ix_task_mine",
            "assignee_id",
            "due_sort",
            "id",
            **_where("done_at IS NULL AND assignee_id IS NOT NULL"),
        ),
        # These two hold all that decides who may take a task, so that lists find theirs in them.
        Index("ix_task_role", *_IN_DUE_ORDER, **_where(_FREE)),
        Index("ix_task_decision", *_IN_DUE_ORDER, **_where(f"{_FREE} AND kind = 'sign_off'")),
        Index(
            "ix_task_free_case",
            "role",
            "area_id",
            "case_id",
            "locality_id",
            "team_id",
            **_where(_FREE),
        ),
        Index("ix_task_case", "case_id"),
        Index("ix_task_instance", "instance_id", "done_at"),
        UniqueConstraint("engine_task_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    engine_task_id: Mapped[str] = mapped_column(String(40))
    process_id: Mapped[str] = mapped_column(String(120))
    element_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(300))
    documentation: Mapped[str] = mapped_column(Text, default="")
    path: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    item: Mapped[Any] = mapped_column(JSON, default=None)
    role: Mapped[str] = mapped_column(String(60))
    case_role: Mapped[str | None] = mapped_column(String(60), default=None)
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"))
    locality_id: Mapped[str | None] = mapped_column(ForeignKey("locality.id"), default=None)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), default=None)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    #: Stands in for an assignee who was away when the task opened; the task is not moved.
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    case_id: Mapped[int | None] = mapped_column(default=None)
    form_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("definition_version.id"), default=None
    )
    recommendation: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    sign_off: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    send_back_comment: Mapped[str | None] = mapped_column(Text, default=None)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    due_sort: Mapped[datetime] = mapped_column(default=NEVER)
    remind_at: Mapped[datetime | None] = mapped_column(default=None)
    escalate_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    outcome: Mapped[str | None] = mapped_column(String(24), default=None)

    instance: Mapped[ProcessInstance] = relationship(lazy="raise")


class Submission(Base):
    """A form document as somebody handed it in, whole. A later one supersedes, never overwrites."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_task", "task_id"),
        Index("ix_submission_latest", "case_id", "element_id", "id"),
        Index("ix_submission_instance", "instance_id", "element_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    case_id: Mapped[int | None] = mapped_column(default=None)
    element_id: Mapped[str] = mapped_column(String(120))
    form_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("definition_version.id"), default=None
    )
    answers: Mapped[dict[str, Any]]
    #: Only for a supervisor's changes: the names that differ from what was handed in before.
    changed: Mapped[list[Any] | None] = mapped_column(default=None)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    at: Mapped[datetime]
    superseded: Mapped[bool] = mapped_column(default=False)


class TaskDraft(Base):
    """What somebody typed and did not hand in yet. Survives time-out, reassignment, a second tab."""

    __tablename__ = "task_draft"
    __table_args__ = (UniqueConstraint("task_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    answers: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class DecisionRecord(Base):
    """What a supervisor decided at a gateway, and why. Append-only."""

    __tablename__ = "decision_record"
    __table_args__ = (Index("ix_decision_record_case", "case_id", "decided_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    case_id: Mapped[int | None] = mapped_column(default=None)
    process_id: Mapped[str] = mapped_column(String(120))
    element_id: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(String(300))
    answer: Mapped[str] = mapped_column(String(24))
    recommended_flow_id: Mapped[str | None] = mapped_column(String(120), default=None)
    recommended_name: Mapped[str] = mapped_column(String(300), default="")
    chosen_flow_id: Mapped[str | None] = mapped_column(String(120), default=None)
    chosen_name: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    sent_back_to: Mapped[str | None] = mapped_column(String(120), default=None)
    recommender_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    decider_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    evidence: Mapped[list[Any]]
    changed_fields: Mapped[list[Any]]
    decided_at: Mapped[datetime]
