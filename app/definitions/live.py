"""What is live now: an area's own files over those of the packs it extends."""

from dataclasses import dataclass, field
from typing import cast
from uuid import uuid4

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, undefer

from app.db import Base
from app.definitions import parsed
from app.definitions.library import Library, SourceFile
from app.definitions.models import DefinitionVersion, Kind, Publication, Status
from app.definitions.packs import Pack
from app.engine.parse import Diagram
from app.errors import NotFound
from app.identity.models import Area

VERSIONS = Base.metadata.tables[DefinitionVersion.__tablename__]
LIVE_IDS = select(VERSIONS.c.id, VERSIONS.c.pack).where(
    VERSIONS.c.kind == bindparam("kind"),
    VERSIONS.c.key == bindparam("key"),
    VERSIONS.c.pack.in_(bindparam("packs", expanding=True)),
    VERSIONS.c.status == Status.LIVE,
)
LIVE_PACKS = select(VERSIONS.c.sha256).where(
    VERSIONS.c.kind == Kind.PACK, VERSIONS.c.status == Status.LIVE
)
#: As a column, for statements that ask for something else as well.
REVISION = select(Base.metadata.tables[Publication.__tablename__].c.revision).scalar_subquery()
#: All live packs together, by the hashes of their contents.
_libraries: dict[tuple[str, ...], Library] = {}
KEPT_LIBRARIES = 50


@dataclass(frozen=True)
class _Published:
    """What was asked about one revision of what is published."""

    library: Library
    ids: dict[tuple[Kind, str, tuple[str, ...]], int | None] = field(default_factory=dict)


_published: dict[str, _Published] = {}


class AreaNotFound(NotFound):
    """There is no such area."""


def pack_of_area(session: Session, area_id: str) -> Pack:
    """The pack an area works by.

    Raises:
        AreaNotFound: no such area.
        PackRefused: its pack was never published.
    """
    area = session.get(Area, area_id)
    if area is None:
        raise AreaNotFound
    return live_pack(session, area.pack)


def live_pack(session: Session, pack_id: str) -> Pack:
    """A pack as published, laid over what it extends.

    Raises:
        PackRefused: it was never published.
    """
    return _now_published(session).library.pack(pack_id)


def knows_revision(session: Session, revision: str | None) -> None:
    """For a unit of work that has read ``REVISION`` already: it is not asked for again."""
    session.info["revision"] = revision


def published_anew(session: Session) -> None:
    """Something was published in this unit of work: caches ask again."""
    values = {"id": 1, "revision": uuid4().hex}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(Publication)
        .values(values)
        .on_conflict_do_update(index_elements=["id"], set_={"revision": values["revision"]})
    )
    session.info.pop("revision", None)
    session.info.pop("published", None)


def _now_published(session: Session) -> _Published:
    """What is live, asked once for each unit of work: things are published rarely, steps are many.

    Where nothing was ever published there is no revision, and nothing is kept.
    """
    found = cast("_Published | None", session.info.get("published"))
    if found is not None:
        return found
    if "revision" not in session.info:
        session.info["revision"] = session.scalar(select(REVISION))
    revision = session.info["revision"]
    found = _published.get(revision)
    if found is None:
        found = _Published(_pack_library(session))
        if revision is not None:
            if len(_published) >= KEPT_LIBRARIES:
                _published.clear()
            _published[revision] = found
    session.info["published"] = found
    return found


def _pack_library(session: Session) -> Library:
    key = tuple(sorted(session.scalars(LIVE_PACKS)))
    if key not in _libraries:
        rows = session.scalars(_live(Kind.PACK).options(undefer(DefinitionVersion.content)))
        if len(_libraries) >= KEPT_LIBRARIES:
            _libraries.clear()
        _libraries[key] = Library([source_file(row) for row in rows])
    return _libraries[key]


def effective(session: Session, kind: Kind, pack: Pack) -> dict[str, DefinitionVersion]:
    """All that ``pack`` can use, by the names that others ask for: process, decision, form ids."""
    rows = session.scalars(_live(kind).where(DefinitionVersion.pack.in_(pack.chain))).all()
    rank = {pack_id: place for place, pack_id in enumerate(reversed(pack.chain))}
    found: dict[str, DefinitionVersion] = {}
    for row in sorted(rows, key=lambda row: rank[row.pack]):
        found.update(dict.fromkeys(row.provides, row))
    return found


def effective_processes(session: Session, area_pack: str) -> dict[str, DefinitionVersion]:
    """Process id → the live version that cases of this pack would start with."""
    return effective(session, Kind.BPMN, live_pack(session, area_pack))


def live(session: Session, kind: Kind, key: str, area_pack: str) -> DefinitionVersion | None:
    """The live version of one file for this pack, its own before an inherited one."""
    chain = live_pack(session, area_pack).chain
    rows = session.scalars(
        _live(kind).where(DefinitionVersion.key == key, DefinitionVersion.pack.in_(chain))
    ).all()
    return min(rows, key=lambda row: chain.index(row.pack), default=None)


def live_id(session: Session, kind: Kind, key: str, pack: Pack) -> int | None:
    """Only the id of what ``live`` finds; for every task that opens."""
    ids, wanted = _now_published(session).ids, (kind, key, pack.chain)
    if wanted not in ids:
        rows = session.execute(LIVE_IDS, {"kind": kind, "key": key, "packs": pack.chain}).all()
        found = min(rows, key=lambda row: pack.chain.index(row.pack), default=None)
        ids[wanted] = found.id if found is not None else None
    return ids[wanted]


def live_library(session: Session) -> Library:
    """Everything that is live, contents included; for checks."""
    rows = session.scalars(
        select(DefinitionVersion)
        .where(DefinitionVersion.status == Status.LIVE)
        .options(undefer(DefinitionVersion.content))
    )
    return Library([source_file(row) for row in rows])


def diagram_of(version: DefinitionVersion) -> Diagram:
    return parsed.diagram(version.content)


def source_file(row: DefinitionVersion) -> SourceFile:
    return SourceFile(
        Kind(row.kind), row.pack, row.key, row.content, f"{row.pack}/{row.key}.{row.kind}"
    )


def _live(kind: Kind) -> Select[DefinitionVersion]:
    return select(DefinitionVersion).where(
        DefinitionVersion.kind == kind, DefinitionVersion.status == Status.LIVE
    )
