"""Keeping what was drawn: begin, save, throw away. A draft is stored as it is, never judged here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app import clock
from app.definitions.live import effective_processes
from app.definitions.models import DefinitionVersion
from app.engine.xml import MAX_BYTES
from app.errors import InvalidInput, NotFound
from app.identity.models import User
from app.identity.people import names_of
from app.modeller.ended import discarded, end_of
from app.modeller.models import Draft
from app.modeller.reach import Reach
from app.modeller.versions import ProcessNotFound


class DraftNotFound(NotFound):
    """We cannot find that draft."""


class DrawingRefused(InvalidInput):
    """This drawing cannot be stored."""


@dataclass(frozen=True)
class Saved:
    """``clash`` is set when somebody saved before: then ``draft`` is a draft of its own."""

    draft: Draft
    clash: "Clash | None" = None


@dataclass(frozen=True)
class Clash:
    """Who saved the same draft meanwhile, and when."""

    who: str
    at: datetime


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list."""

    id: int
    pack: str
    process_id: str
    saved_at: datetime
    saved_by: str


def checked(xml: object) -> str:
    """The text of a drawing, if it is one that a database can keep.

    Raises:
        DrawingRefused: it is empty, too large, or contains what no text file contains.
    """
    if not isinstance(xml, str) or not xml.strip():
        raise DrawingRefused("There was no drawing in what was sent, so nothing was saved.")
    try:
        size = len(xml.encode())
    except UnicodeEncodeError:
        size = -1
    if size < 0 or "\x00" in xml:
        raise DrawingRefused("The drawing contains characters that no text may contain.")
    if size > MAX_BYTES:
        raise DrawingRefused(
            f"The drawing is larger than {MAX_BYTES // 1_000_000} MB, so it was not saved. "
            "Split it into several processes that call each other."
        )
    return xml


def begin(session: Session, reach: Reach, user: User, *, pack: str, process_id: str) -> Draft:
    """The person's draft of a live process: a new one, or the one they have from this version.

    Raises:
        ProcessNotFound: nothing of that name is live for this pack.
    """
    live = effective_processes(session, pack).get(process_id) if reach.sees(pack) else None
    if live is None:
        raise ProcessNotFound
    mine = session.scalar(
        select(Draft).where(
            Draft.pack == pack,
            Draft.process_id == process_id,
            Draft.started_by_id == user.id,
            Draft.based_on_id == live.id,
        )
    )
    return mine or add(
        session, user, pack=pack, process_id=process_id, based_on=live, xml=live.content
    )


def add(
    session: Session,
    user: User,
    *,
    pack: str,
    process_id: str,
    based_on: DefinitionVersion | None,
    xml: str,
) -> Draft:
    """A new draft, whose ``xml`` must have passed ``checked``."""
    now = clock.now()
    draft = Draft(
        pack=pack,
        process_id=process_id,
        based_on_id=based_on.id if based_on else None,
        xml=xml,
        started_at=now,
        started_by_id=user.id,
        saved_at=now,
        saved_by_id=user.id,
    )
    session.add(draft)
    session.flush()
    return draft


def find(session: Session, reach: Reach, draft_id: int, *, to_change: bool = False) -> Draft:
    """One draft with its drawing; locked when it is going to be changed.

    Raises:
        DraftEnded: somebody published or discarded it meanwhile.
        DraftNotFound: there is none, or it belongs to an area where the person does not work.
    """
    query = (
        select(Draft).where(Draft.id == draft_id).options(undefer(Draft.xml), undefer(Draft.origin))
    )
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = session.scalar(query)
    if draft is None:
        raise end_of(session, reach, draft_id) or DraftNotFound
    if not reach.sees(draft.pack):
        raise DraftNotFound
    return draft


def save(session: Session, draft: Draft, user: User, xml: str, *, seen: int | None) -> Saved:
    """Keep a drawing, whatever its state.

    Args:
        draft: locked, see ``find``.
        xml: has passed ``checked``.
        seen: the ``lock_version`` the person's drawing began from. When somebody saved after
            that, the drawing becomes a draft of its own, and both are kept.
    """
    if xml == draft.xml:
        return Saved(draft)
    if seen == draft.lock_version:
        draft.xml = xml
        draft.lock_version += 1
        draft.saved_at, draft.saved_by_id = clock.now(), user.id
        session.flush()
        return Saved(draft)
    clash = Clash(names_of(session, [draft.saved_by_id])[draft.saved_by_id], draft.saved_at)
    return Saved(_copy(session, draft, user, xml), clash)


def discard(session: Session, draft: Draft, user: User) -> None:
    discarded(session, draft, user)
    session.delete(draft)


def lines(session: Session, packs: list[str], process_id: str | None = None) -> list[DraftLine]:
    """Drafts in these packs, the latest first."""
    query = select(Draft).where(Draft.pack.in_(packs))
    if process_id is not None:
        query = query.where(Draft.process_id == process_id)
    rows = session.scalars(query.order_by(Draft.saved_at.desc(), Draft.id.desc())).all()
    names = names_of(session, {row.saved_by_id for row in rows})
    return [
        DraftLine(row.id, row.pack, row.process_id, row.saved_at, names[row.saved_by_id])
        for row in rows
    ]


def _copy(session: Session, draft: Draft, user: User, xml: str) -> Draft:
    """The same drawing sent twice makes one copy."""
    same = session.scalar(
        select(Draft).where(
            Draft.pack == draft.pack,
            Draft.process_id == draft.process_id,
            Draft.saved_by_id == user.id,
            Draft.xml == xml,
        )
    )
    if same is not None:
        return same
    based_on = session.get(DefinitionVersion, draft.based_on_id) if draft.based_on_id else None
    return add(
        session,
        user,
        pack=draft.pack,
        process_id=draft.process_id,
        based_on=based_on,
        xml=xml,
    )
