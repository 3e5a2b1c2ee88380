"""What is live now: an area's own files over those of the packs it extends."""

from typing import cast

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, undefer

from app.db import Base
from app.definitions import parsed
from app.definitions.library import Library, SourceFile
from app.definitions.models import DefinitionVersion, Kind, Status
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
#: All live packs together, by the hashes of their contents.
_libraries: dict[tuple[str, ...], Library] = {}
KEPT_LIBRARIES = 50


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

    Asked once for each unit of work, which costs one look at hashes: packs change rarely, steps
    are many. The cache goes by content, so it is right for every database.

    Raises:
        PackRefused: it was never published.
    """
    library = session.info.get("live_packs")
    if library is None:
        library = session.info["live_packs"] = _pack_library(session)
    return cast(Library, library).pack(pack_id)


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
    rows = session.execute(LIVE_IDS, {"kind": kind, "key": key, "packs": pack.chain}).all()
    found = min(rows, key=lambda row: pack.chain.index(row.pack), default=None)
    return found.id if found is not None else None


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
