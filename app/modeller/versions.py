"""Published versions as a process owner sees them: what, when, by whom, why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.definitions.models import DefinitionVersion, Kind, Status
from app.definitions.versions import SHIPPED
from app.errors import NotFound
from app.identity.people import names_of
from app.modeller.running import running_by_version

PERSON = "user:"


class ProcessNotFound(NotFound):
    """We cannot find that process. It may have been withdrawn, or it belongs to another area."""


@dataclass(frozen=True)
class Version:
    """One line of a process's history."""

    id: int
    number: int
    published_at: datetime
    author: str
    note: str
    is_live: bool
    running: int


def author_names(session: Session, authors: Iterable[str]) -> dict[str, str]:
    """``definition_version.author`` in words."""
    wanted = set(authors)
    ids = {
        int(author.removeprefix(PERSON))
        for author in wanted
        if author.startswith(PERSON) and author.removeprefix(PERSON).isdigit()
    }
    names = names_of(session, ids)
    found = {f"{PERSON}{user_id}": name for user_id, name in names.items()}
    return {each: found.get(each, "Came with the software") for each in wanted} | {
        SHIPPED: "Came with the software"
    }


def history(session: Session, pack: str, process_id: str) -> list[Version]:
    """All versions of a process in one pack, the newest first."""
    rows = session.scalars(
        select(DefinitionVersion)
        .where(
            DefinitionVersion.kind == Kind.BPMN,
            DefinitionVersion.pack == pack,
            DefinitionVersion.key == process_id,
        )
        .order_by(DefinitionVersion.number.desc())
    ).all()
    names = author_names(session, {row.author for row in rows})
    running = running_by_version(session)
    return [
        Version(
            id=row.id,
            number=row.number,
            published_at=row.published_at,
            author=names[row.author],
            note=row.note,
            is_live=row.status == Status.LIVE,
            running=running[row.id],
        )
        for row in rows
    ]


def version_of(
    session: Session, pack: str, process_id: str, number: int | None = None
) -> DefinitionVersion:
    """One version with its content: the live one unless ``number`` says which.

    Raises:
        ProcessNotFound: there is no such version.
    """
    query = select(DefinitionVersion).where(
        DefinitionVersion.kind == Kind.BPMN,
        DefinitionVersion.pack == pack,
        DefinitionVersion.key == process_id,
        DefinitionVersion.status == Status.LIVE
        if number is None
        else DefinitionVersion.number == number,
    )
    found = session.scalar(query.options(undefer(DefinitionVersion.content)))
    if found is None:
        raise ProcessNotFound
    return found
