"""What happened in a case, in order: built from what was done, never typed twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.cases.happenings import NOWHERE, Mark, settings_of
from app.cases.models import Case, CaseNote, Concern
from app.cases.moved_reviews import moved_reviews
from app.identity.people import names_of
from app.runtime.messages import has_expired
from app.runtime.models import DecisionRecord, Outcome, ProcessInstance, Submission, Task
from app.runtime.reasons import rulings
from app.runtime.records import Incident, MessageRow, StepHistory

#: Elements whose passing means something to a reader: what came from outside, a clock or a message.
#: Gateways, steps of code, and where a diagram begins and ends do not.
TOLD_KINDS = frozenset({"catch", "boundary", "receive"})

#: Events of one and the same moment that a page still shows.
MOST_AT_ONCE = 5000

ANSWERS = {
    "approve": "agreed",
    "approve_with_changes": "agreed with changes",
    "send_back": "sent back",
    "decide_differently": "decided differently",
}
NOTE_KINDS = {
    "visit": "Visit",
    "call": "Call",
    "message": "Message",
    "meeting": "Meeting",
    "other": "Note",
}


@dataclass(frozen=True)
class Event:
    """One line of the chronology. ``kind`` is for filtering and for the marker beside it."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    by_id: int | None = None
    by: str = ""
    task_id: int | None = None


@dataclass(frozen=True)
class Chronology:
    """Newest first; ``earlier`` is where the next page begins, if there is one."""

    events: tuple[Event, ...]
    earlier: datetime | None


def chronology(
    session: Session,
    case: Case,
    *,
    kinds: frozenset[str] = frozenset(),
    before: datetime | None = None,
    size: int = 50,
) -> Chronology:
    """One page of a case's events. ``kinds`` empty means all of them."""
    found = _newest(session, case, kinds, before, size)
    shown = found[:size]
    if len(found) > size:
        # what happened in one moment stays on one page: the next begins before it
        boundary = found[size].at
        shown = [event for event in found if event.at > boundary]
        if not shown:
            found = _newest(session, case, kinds, before, MOST_AT_ONCE)
            shown = [event for event in found if event.at == boundary]
    names = names_of(session, {e.by_id for e in shown if e.by_id is not None})
    named = tuple(
        replace(event, by=names.get(event.by_id, "")) if event.by_id is not None else event
        for event in shown
    )
    return Chronology(named, shown[-1].at if len(found) > len(shown) else None)


def _newest(
    session: Session, case: Case, kinds: frozenset[str], before: datetime | None, size: int
) -> list[Event]:
    """The newest events, at least ``size`` and one more where there are so many."""
    found = [
        event
        for source in SOURCES
        for event in source(session, case, before, size)
        if not kinds or event.kind in kinds
    ]
    # what tables worked out is for whoever asks why, and would crowd out the rest
    if "rule" in kinds:
        found += _rulings(session, case, before, size)
    return sorted(found, key=lambda event: event.at, reverse=True)


def _until(
    column: ColumnElement[datetime], before: datetime | None
) -> Sequence[ColumnElement[bool]]:
    return () if before is None else (column < before,)


def _opened(_: Session, case: Case, before: datetime | None, __: int) -> Iterator[Event]:
    if before is None or case.opened_at < before:
        yield Event(case.opened_at, "case", "Case opened", by_id=case.opened_by_id)
    if case.closed_at is not None and (before is None or case.closed_at < before):
        yield Event(case.closed_at, "case", "Case closed", case.closing_reason)


def _tasks(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    query = (
        select(Task.name, Task.id, Submission.at, Submission.by_id)
        .join(Task, Task.id == Submission.task_id)
        .where(Submission.case_id == case.id, *_until(Submission.at.expression, before))
        .where(Task.outcome == Outcome.COMPLETED)
        .order_by(Submission.at.desc(), Submission.id.desc())
        .limit(size + 1)
    )
    for name, task_id, at, by_id in session.execute(query):
        yield Event(at, "task", name, by_id=by_id, task_id=task_id)


def _decisions(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    decided = DecisionRecord.decided_at
    query = (
        select(DecisionRecord)
        .where(DecisionRecord.case_id == case.id, *_until(decided.expression, before))
        .order_by(decided.desc(), DecisionRecord.id.desc())
        .limit(size + 1)
    )
    for row in session.scalars(query):
        chosen = f": {row.chosen_name}" if row.chosen_name else ""
        yield Event(
            row.decided_at,
            "decision",
            f"{row.question} – {ANSWERS[row.answer]}{chosen}",
            row.reason or row.comment,
            by_id=row.decider_id,
            task_id=row.task_id,
        )


def _notes(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    query = (
        select(CaseNote)
        .where(CaseNote.case_id == case.id, *_until(CaseNote.written_at.expression, before))
        .order_by(CaseNote.written_at.desc(), CaseNote.id.desc())
        .limit(size + 1)
    )
    for note in session.scalars(query):
        title = f"{NOTE_KINDS[note.kind]} on {note.happened_on.strftime('%-d %B %Y')}"
        yield Event(note.written_at, "note", title, note.text, by_id=note.written_by_id)


def _concerns(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    query = (
        select(Concern)
        .where(Concern.case_id == case.id, *_until(Concern.raised_at.expression, before))
        .order_by(Concern.raised_at.desc(), Concern.id.desc())
        .limit(size + 1)
    )
    for row in session.scalars(query):
        yield Event(row.raised_at, "concern", "Concern raised", row.summary, by_id=row.raised_by_id)


def _messages(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    """Events that came from outside a person's task: timers that fired, messages that arrived."""
    query = (
        select(StepHistory)
        .join(ProcessInstance, ProcessInstance.id == StepHistory.instance_id)
        .where(
            ProcessInstance.case_id == case.id,
            StepHistory.what == "completed",
            StepHistory.kind.in_(TOLD_KINDS),
            StepHistory.name != "",
            *_until(StepHistory.at.expression, before),
        )
        .order_by(StepHistory.at.desc(), StepHistory.id.desc())
        .limit(size + 1)
    )
    rows = session.scalars(query).all()
    marks = {row.id: Mark(row.instance_id, row.process_id, row.element_id) for row in rows}
    settings = settings_of(session, set(marks.values()))
    for row in rows:
        setting = settings.get(marks[row.id], NOWHERE)
        by = "the clock" if setting.by_clock else ""
        yield Event(row.at, "step", setting.title(row.name), by=by)
    undelivered = (
        select(MessageRow)
        .where(
            MessageRow.case_id == case.id,
            MessageRow.delivered_at.is_(None),
            *_until(MessageRow.sent_at.expression, before),
        )
        .order_by(MessageRow.sent_at.desc(), MessageRow.id.desc())
    )
    for message in session.scalars(undelivered.limit(size + 1)):
        when = "in time; it is no longer sent" if has_expired(message) else "yet"
        title = f"Message “{message.name.replace('_', ' ')}” not taken by anybody {when}"
        yield Event(message.sent_at, "problem", title)


def _rulings(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    for ruling in rulings(session, case.id, before=before, size=size + 1):
        name = ruling.name or "A step"
        yield Event(ruling.at, "rule", f"{name}, from a table", "\n".join(ruling.rows))


def _incidents(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    query = (
        select(Incident)
        .where(Incident.case_id == case.id, *_until(Incident.happened_at.expression, before))
        .order_by(Incident.happened_at.desc(), Incident.id.desc())
        .limit(size + 1)
    )
    for row in session.scalars(query):
        settled = " (mended since)" if row.resolved_at else ""
        yield Event(row.happened_at, "problem", f"“{row.name}” did not work{settled}", row.message)


def _moves(session: Session, case: Case, before: datetime | None, size: int) -> Iterator[Event]:
    for moved in moved_reviews(session, case, before, size + 1):
        title = f"Review moved to {moved.to:%-d %B %Y}"
        yield Event(moved.at, "step", title, moved.words, by_id=moved.by_id)


SOURCES = (_moves, _incidents, _decisions, _notes, _tasks, _concerns, _messages, _opened)
