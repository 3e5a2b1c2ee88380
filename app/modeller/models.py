"""Drawings that are being worked on, and decisions to move running cases to a new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Draft(Base):
    """One drawing not yet published. Written only by app.modeller.

    ``xml`` is kept as it was drawn, whether or not it can run, or even be read. Several people may
    have drafts of one process; all who may edit the pack may go on with any of them.
    """

    __tablename__ = "draft"
    #: A number is never used twice: the audit trail says by it how a draft ended.
    __table_args__ = (
        Index("ix_draft_process", "pack", "process_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Where it would be published; a pack may take over a process that it inherits.
    pack: Mapped[str] = mapped_column(String(60))
    process_id: Mapped[str] = mapped_column(String(120))
    #: What was live when the draft began, or when somebody agreed to go on top of it; None when
    #: nothing was.
    based_on_id: Mapped[int | None] = mapped_column(
        ForeignKey("definition_version.id"), default=None
    )
    xml: Mapped[str] = mapped_column(Text, deferred=True)
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: Counts the saves, so that two people at once do not overwrite each other.
    lock_version: Mapped[int] = mapped_column(default=1)
    #: What the import of a file changed, as ``app.modeller.origin`` writes it; None when the draft
    #: did not come from a file.
    origin: Mapped[str | None] = mapped_column(Text, default=None, deferred=True)


class MoveBatch(Base):
    """A process owner's decision to move running cases to a version, and where open steps go.

    ``places`` maps the id of an older version to {element: element of the new version}; an element
    is written as its process and its id with a space between. Written only by app.modeller.
    """

    __tablename__ = "move_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    places: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]


class MoveCase(Base):
    """One running process in such a batch: what came of trying it, and of moving it.

    ``problem`` says why it cannot be moved; ``move_id`` names the move once it is done;
    ``tried_version`` is the lock version of the instance that was tried.
    """

    __tablename__ = "move_case"
    __table_args__ = (
        UniqueConstraint("batch_id", "instance_id"),
        Index("ix_move_case_instance", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("move_batch.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    to_set_key: Mapped[str] = mapped_column(ForeignKey("definition_set.key"))
    tried_version: Mapped[int]
    notes: Mapped[list[Any]]
    problem: Mapped[str | None] = mapped_column(Text, default=None)
    move_id: Mapped[int | None] = mapped_column(ForeignKey("instance_move.id"), default=None)
