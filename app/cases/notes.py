"""Half a minute of writing after a visit or a call."""

from datetime import date

from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.cases.models import Case, CaseNote
from app.errors import InvalidInput
from app.identity.models import User

NOTE_KINDS = {
    "visit": "Visit",
    "call": "Call",
    "message": "Message",
    "meeting": "Meeting",
    "other": "Something else",
}
LONGEST_NOTE = 5000


class NoteRefused(InvalidInput):
    """The note cannot be saved yet. ``field`` is where the page should point."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def add_note(
    session: Session, case: Case, user: User, *, kind: str, text: str, happened_on: date | None
) -> CaseNote:
    """Add a note to the chronology.

    Raises:
        NoteRefused: something is missing; nothing is saved.
    """
    said = text.strip()
    if kind not in NOTE_KINDS:
        raise NoteRefused("kind", "Select what the note is about")
    if not said:
        raise NoteRefused("text", "Enter what happened")
    if len(said) > LONGEST_NOTE:
        raise NoteRefused("text", f"The note must be {LONGEST_NOTE:,} characters or fewer")
    if happened_on is None or happened_on > clock.today():
        raise NoteRefused("happened_on", "Enter the day it happened, today or earlier")
    note = CaseNote(
        case_id=case.id,
        kind=kind,
        text=said,
        happened_on=happened_on,
        written_at=clock.now(),
        written_by_id=user.id,
    )
    session.add(note)
    session.flush()
    record(
        session,
        actor=user.actor,
        action="note.added",
        case_id=case.id,
        detail={"note_id": note.id},
    )
    return note
