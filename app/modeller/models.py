"""Drawings that are being worked on. Nothing runs on a draft."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Draft(Base):
    """One drawing not yet published. Written only by app.modeller.

    ``xml`` is kept as it was drawn, whether or not it can run, or even be read. Several people may
    have drafts of one process; all who may edit the pack may go on with any of them.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_process", "pack", "process_id"),)

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
