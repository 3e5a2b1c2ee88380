"""What somebody typed and has not handed in: kept by task and person."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db import Base
from app.prepared import Prepared
from app.runtime.models import TaskDraft

DRAFTS = Base.metadata.tables[TaskDraft.__tablename__]
DISCARD = Prepared(
    delete(DRAFTS).where(
        DRAFTS.c.task_id == bindparam("task"), DRAFTS.c.user_id == bindparam("person")
    )
)


def save_draft(session: Session, task_id: int, user_id: int, answers: Mapping[str, Any]) -> int:
    """Keep this person's draft of a task; returns its version, which grows with each save.

    A second tab that saves later wins; it can compare versions to tell that there was another.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"answers": dict(answers), "saved_at": clock.now()}
    version = session.scalar(
        insert(TaskDraft)
        .values(task_id=task_id, user_id=user_id, version=1, **values)
        .on_conflict_do_update(
            index_elements=["task_id", "user_id"],
            set_={**values, "version": TaskDraft.version + 1},
        )
        .returning(TaskDraft.version)
    )
    return int(version or 1)


def draft_of(session: Session, task_id: int, user_id: int) -> TaskDraft | None:
    """What this person typed; after a reassignment see ``latest_draft``."""
    return session.scalar(
        select(TaskDraft).where(TaskDraft.task_id == task_id, TaskDraft.user_id == user_id)
    )


def latest_draft(session: Session, task_id: int) -> TaskDraft | None:
    """The newest draft of anybody: whoever takes a task over goes on from there."""
    return session.scalar(
        select(TaskDraft)
        .where(TaskDraft.task_id == task_id)
        .order_by(TaskDraft.saved_at.desc(), TaskDraft.id.desc())
        .limit(1)
    )


def discard_draft(session: Session, task_id: int, user_id: int) -> None:
    DISCARD.run(session, {"task": task_id, "person": user_id})
