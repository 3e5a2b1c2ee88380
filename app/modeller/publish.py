"""From a draft to the live version."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.definitions.findings import PublishRefused
from app.definitions.live import effective_processes
from app.definitions.models import DefinitionVersion, Kind, Status
from app.definitions.versions import publish
from app.errors import Conflict, InvalidInput
from app.identity.models import User
from app.modeller.ended import published
from app.modeller.findings import Said, look_over, must_not_change, source_file_of
from app.modeller.models import Draft
from app.modeller.reach import MayNotPublish, Reach
from app.modeller.running import running_by_version
from app.runtime.automatic import registered

SHORTEST_NOTE = 10
LONGEST_NOTE = 2000


class Superseded(Conflict):
    """Somebody published another version while this draft was open."""


class NoteMissing(InvalidInput):
    """Say in a sentence what changes and why, so that others understand it later."""


class NothingChanged(InvalidInput):
    """This drawing is live already, letter for letter. There is nothing to publish."""


class NotReady(InvalidInput):
    """This drawing cannot be published yet. ``findings`` says what has to be put right."""

    def __init__(self, findings: list[Said]) -> None:
        self.findings = findings
        super().__init__()


@dataclass(frozen=True)
class Done:
    """``staying`` counts the running processes that stay on the version before."""

    version: DefinitionVersion
    staying: int


def refusal_to_publish(reach: Reach, draft: Draft) -> str | None:
    """Why this person may not publish this draft, in words; None when they may."""
    return reach.refusal_to_publish(draft.pack)


def base_of(session: Session, draft: Draft) -> DefinitionVersion | None:
    """The version the draft began from, with its drawing."""
    if draft.based_on_id is None:
        return None
    return session.get_one(
        DefinitionVersion, draft.based_on_id, options=[undefer(DefinitionVersion.content)]
    )


def live_now(session: Session, draft: Draft) -> DefinitionVersion | None:
    """What cases of the draft's pack would start with now."""
    return effective_processes(session, draft.pack).get(draft.process_id)


def is_superseded(session: Session, draft: Draft) -> bool:
    """Whether another version went live since the draft began."""
    live = live_now(session, draft)
    return (live.id if live else None) != draft.based_on_id


def publish_draft(session: Session, reach: Reach, draft: Draft, user: User, *, note: str) -> Done:
    """Make a draft the live version, and end the draft.

    New cases take it; running ones stay on the version they started with.

    Args:
        draft: locked.

    Raises:
        MayNotPublish: the person's role or areas do not cover it.
        NoteMissing: the note is too short to help anybody.
        Superseded: somebody published meanwhile; nothing is lost.
        NotReady: the checks found errors.
        NothingChanged: it is live already.
    """
    if refusal := refusal_to_publish(reach, draft):
        raise MayNotPublish(refusal)
    if not SHORTEST_NOTE <= len(note.strip()) <= LONGEST_NOTE:
        raise NoteMissing
    _one_at_a_time(session, draft.pack)
    if is_superseded(session, draft):
        raise Superseded
    before = live_now(session, draft)
    staying = running_by_version(session)[before.id] if before else 0
    version = _published(session, draft, user, note.strip())
    published(session, draft, user, version)
    session.delete(draft)
    return Done(version, staying)


def continue_on_top(session: Session, draft: Draft) -> DefinitionVersion | None:
    """Agree that this drawing takes the place of what is live now; returns that version."""
    live = live_now(session, draft)
    draft.based_on_id = live.id if live else None
    draft.lock_version += 1
    return live


def _published(session: Session, draft: Draft, user: User, note: str) -> DefinitionVersion:
    file = source_file_of(draft)
    if must_not_change(file):
        raise NotReady(look_over(session, draft))
    try:
        done = publish(session, [file], author=user.actor, note=note, task_types=registered())
    except PublishRefused as error:
        raise NotReady(look_over(session, draft)) from error
    if not done.versions:
        raise NothingChanged
    return done.versions[0]


def _one_at_a_time(session: Session, pack: str) -> None:
    """Of two who publish into one pack at once, the second waits here and sees the first's version."""
    session.execute(
        select(DefinitionVersion.id)
        .where(
            DefinitionVersion.kind == Kind.PACK,
            DefinitionVersion.key == pack,
            DefinitionVersion.status == Status.LIVE,
        )
        .with_for_update()
    )
