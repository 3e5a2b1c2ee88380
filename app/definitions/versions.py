"""Publishing: files become versions that never change again. All of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.definitions import parsed
from app.definitions.checks import check
from app.definitions.facts import elements_of
from app.definitions.findings import Finding, PublishRefused
from app.definitions.library import SourceFile, read_folder
from app.definitions.live import live_library, published_anew
from app.definitions.models import DefinitionVersion, Kind, Status
from app.definitions.place import Surroundings
from app.identity.models import User, UserRole

#: The author of what came with the software. A council's own version is never replaced by it.
SHIPPED = "shipped"


@dataclass(frozen=True)
class Published:
    """``kept``: names of shipped files not published, because a council's own version is live."""

    versions: tuple[DefinitionVersion, ...]
    kept: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()


def publish(
    session: Session,
    files: Sequence[SourceFile],
    *,
    author: str,
    note: str = "",
    approver: str | None = None,
    task_types: frozenset[str] | None = None,
) -> Published:
    """Check files against each other and everything live, then make them the live versions.

    A file that is live already, word for word, is left alone. New cases take the new versions;
    running ones stay on theirs.

    Args:
        author: ``User.actor``, or ``SHIPPED``.
        task_types: the automatic steps that code offers (``runtime.automatic.registered()``).

    Raises:
        PublishRefused: some file cannot run; nothing was published.
    """
    live = {row.place: row for row in _live_rows(session)}
    changed = [file for file in files if not _is_live(file, live.get(file.place))]
    if not changed:
        return Published(())
    findings = review(session, files, task_types=task_types)
    if any(finding.is_error for finding in findings):
        raise PublishRefused(findings)
    stored = [
        _store(session, file, live.get(file.place), author, note, approver) for file in changed
    ]
    session.flush()
    published_anew(session)
    for version in stored:
        detail = {"version_id": version.id, "sha256": version.sha256}
        record(session, actor=author, action="definition.published", detail=detail)
    return Published(tuple(stored), warnings=tuple(findings))


def review(
    session: Session, files: Sequence[SourceFile], *, task_types: frozenset[str] | None = None
) -> list[Finding]:
    """Everything a check has to say about publishing these files now.

    That includes errors they would cause in diagrams and tables that are live already.
    """
    before = live_library(session)
    places = {file.place for file in files}
    others = [
        file
        for place, file in before.files.items()
        if place not in places and file.kind in {Kind.BPMN, Kind.DMN}
    ]
    members = _members(session)
    around = Surroundings(before.with_files(files), task_types, members)
    known = set(check(others, Surroundings(before, task_types, members)))
    caused = [f for f in check(others, around) if f.is_error and f not in known]
    return check(files, around) + caused


def publish_folder(
    session: Session, processes_dir: Path, *, task_types: frozenset[str] | None = None
) -> Published:
    """Publish what ships with the software; a second run publishes nothing.

    Raises:
        PublishRefused: a shipped file cannot run; nothing was published.
    """
    live = {row.place: row for row in _live_rows(session)}
    files, kept = [], []
    for file in read_folder(processes_dir):
        row = live.get(file.place)
        if row is not None and row.author != SHIPPED:
            kept.append(file.name)
        else:
            files.append(file)
    done = publish(
        session, files, author=SHIPPED, note="Came with the software", task_types=task_types
    )
    return Published(done.versions, tuple(kept), done.warnings)


def _is_live(file: SourceFile, row: DefinitionVersion | None) -> bool:
    return row is not None and row.sha256 == parsed.sha256(file.content)


def _store(
    session: Session,
    file: SourceFile,
    now_live: DefinitionVersion | None,
    author: str,
    note: str,
    approver: str | None,
) -> DefinitionVersion:
    if now_live is not None:
        now_live.status = Status.RETIRED
        session.flush()  # only one may be live, and the index says so at once
    version = DefinitionVersion(
        kind=file.kind,
        key=file.key,
        pack=file.pack,
        number=_last_number(session, file) + 1,
        content=file.content,
        sha256=parsed.sha256(file.content),
        provides=_provides(file),
        **_starts(file),
        author=author,
        approver=approver,
        note=note,
        status=Status.LIVE,
        published_at=clock.now(),
    )
    session.add(version)
    return version


def _provides(file: SourceFile) -> list[str]:
    match file.kind:
        case Kind.BPMN:
            return [process.id for process in parsed.diagram(file.content).processes]
        case Kind.DMN:
            return sorted(parsed.model(file.content).decision_ids)
        case _:
            return [file.key]


def _starts(file: SourceFile) -> dict[str, Any]:
    if file.kind is not Kind.BPMN:
        return {}
    elements = elements_of(parsed.diagram(file.content))
    starts = [element for element in elements if element.kind == "start" and not element.parent]
    return {
        "start_messages": sorted(start.message for start in starts if start.message),
        "start_timer": next((start.timer for start in starts if start.timer), None),
    }


def _last_number(session: Session, file: SourceFile) -> int:
    kind, pack, key = file.place
    return (
        session.scalar(
            select(func.max(DefinitionVersion.number)).where(
                DefinitionVersion.kind == kind,
                DefinitionVersion.pack == pack,
                DefinitionVersion.key == key,
            )
        )
        or 0
    )


def _live_rows(session: Session) -> Sequence[DefinitionVersion]:
    return session.scalars(
        select(DefinitionVersion).where(DefinitionVersion.status == Status.LIVE).with_for_update()
    ).all()


def _members(session: Session) -> dict[str, int] | None:
    """Active people by role; None while there are no people at all."""
    rows = session.execute(
        select(UserRole.role, func.count())
        .join(User, User.id == UserRole.user_id)
        .where(User.is_active)
        .group_by(UserRole.role)
    )
    return {role.value: count for role, count in rows} or None
