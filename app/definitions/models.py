"""What was published, word for word. Rows of these tables are never changed in content."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Kind(StrEnum):
    BPMN = "bpmn"
    DMN = "dmn"
    FORM = "form"
    PACK = "pack"


class Status(StrEnum):
    LIVE = "live"
    RETIRED = "retired"


class DefinitionVersion(Base):
    """One published file. Only ``status`` ever changes. Written only by app.definitions.versions.

    ``key`` is the process id of a diagram, the file name of a table, the id of a form or a pack.
    ``provides`` lists what others may ask for by name: the process, decision or form ids in it.
    """

    __tablename__ = "definition_version"
    __table_args__ = (
        UniqueConstraint("kind", "key", "pack", "number"),
        Index(
            "uq_definition_version_live",
            "kind",
            "key",
            "pack",
            unique=True,
            sqlite_where=text("status = 'live'"),
            postgresql_where=text("status = 'live'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(120))
    pack: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    provides: Mapped[list[Any]]
    #: Of a diagram: the messages that start it, and the timer that does (as written).
    start_messages: Mapped[list[Any]] = mapped_column(default=list)
    start_timer: Mapped[str | None] = mapped_column(String(300), default=None)
    author: Mapped[str] = mapped_column(String(200))
    approver: Mapped[str | None] = mapped_column(String(200), default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(10), default=Status.LIVE)
    published_at: Mapped[datetime]

    @property
    def place(self) -> tuple[Kind, str, str]:
        """Which file this is a version of."""
        return Kind(self.kind), self.pack, self.key


class Publication(Base):
    """One row: ``revision`` is new whenever something is published, so caches know when to ask.

    It is random, so that what was read from one database is never taken for another's.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[str] = mapped_column(String(32))


class DefinitionSet(Base):
    """The exact versions that a running process is pinned to; shared by all that started alike.

    ``processes`` maps process ids, ``decisions`` decision ids, to ``definition_version.id``.
    ``key`` is the hash of the rest, so the same choice is stored once.
    """

    __tablename__ = "definition_set"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    process_id: Mapped[str] = mapped_column(String(120))
    pack: Mapped[str] = mapped_column(String(60))
    processes: Mapped[dict[str, Any]]
    decisions: Mapped[dict[str, Any]]
