"""The processes, tables and forms that the person's areas work by."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.definitions import parsed
from app.definitions.models import DefinitionVersion, Kind, Status
from app.engine.errors import DiagramRefused
from app.modeller.drafts import DraftLine, lines
from app.modeller.reach import Reach
from app.modeller.running import running_by_version
from app.modeller.versions import author_names


@dataclass(frozen=True)
class ProcessLine:
    """``taken_over_by`` names the packs of the person's areas that use their own version."""

    process_id: str
    name: str
    pack: str
    pack_name: str
    number: int
    published_at: datetime
    author: str
    running: int
    drafts: int
    taken_over_by: tuple[str, ...]


@dataclass(frozen=True)
class FileLine:
    """A table or a form: only looked at here."""

    key: str
    name: str
    pack_name: str
    number: int
    published_at: datetime


@dataclass(frozen=True)
class Listing:
    processes: tuple[ProcessLine, ...]
    tables: tuple[FileLine, ...]
    forms: tuple[FileLine, ...]
    drafts: tuple[DraftLine, ...]


def listing(session: Session, reach: Reach, pack: str = "") -> Listing:
    """Everything live in the packs the person works with, or in one of them."""
    packs = [pack] if pack else sorted(reach.packs)
    rows = list(
        session.scalars(
            select(DefinitionVersion)
            .where(DefinitionVersion.status == Status.LIVE, DefinitionVersion.pack.in_(packs))
            .options(undefer(DefinitionVersion.content))
        )
    )
    open_drafts = lines(session, packs)
    return Listing(
        processes=tuple(sorted(_processes(session, reach, rows, open_drafts), key=_by_name)),
        tables=tuple(sorted(_files(reach, rows, Kind.DMN), key=_by_name)),
        forms=tuple(sorted(_files(reach, rows, Kind.FORM), key=_by_name)),
        drafts=tuple(open_drafts),
    )


def _by_name(line: ProcessLine | FileLine) -> tuple[str, str]:
    return line.name.lower(), line.pack_name


def _processes(
    session: Session, reach: Reach, rows: list[DefinitionVersion], open_drafts: list[DraftLine]
) -> Iterator[ProcessLine]:
    names = author_names(session, {row.author for row in rows})
    running = running_by_version(session)
    drafted = Counter((draft.pack, draft.process_id) for draft in open_drafts)
    places = {row.place for row in rows}
    for row in rows:
        if row.kind != Kind.BPMN:
            continue
        over = [
            reach.packs[own].name
            for own in sorted(reach.own - {row.pack})
            if row.pack in reach.packs[own].chain and (Kind.BPMN, own, row.key) in places
        ]
        yield ProcessLine(
            process_id=row.key,
            name=process_name(row, reach),
            pack=row.pack,
            pack_name=reach.packs[row.pack].name,
            number=row.number,
            published_at=row.published_at,
            author=names[row.author],
            running=running[row.id],
            drafts=drafted[row.pack, row.key],
            taken_over_by=tuple(over),
        )


def process_name(row: DefinitionVersion, reach: Reach) -> str:
    """What the process is called, in the words of its pack."""
    try:
        processes = parsed.diagram(row.content).processes
    except DiagramRefused:  # published by an older version of the software
        return row.key
    return reach.packs[row.pack].in_words(processes[0].name)


def _files(reach: Reach, rows: list[DefinitionVersion], kind: Kind) -> Iterator[FileLine]:
    for row in rows:
        if row.kind == kind:
            name = row.key.replace("_", " ").replace("-", " ").capitalize()
            yield FileLine(row.key, name, reach.packs[row.pack].name, row.number, row.published_at)
