"""What people handed in, in the words of the form they handed it in on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.options import options
from app.definitions.live import pack_of_area
from app.forms import Field, Form, Kind
from app.identity.people import names_of
from app.runtime.models import Submission, Task
from app.tasks.page import form_of
from app.web.dates import long_date

#: Fields that only repeat what was known already say nothing new to a reader.
YES_NO = {True: "Yes", False: "No"}


@dataclass(frozen=True)
class Answer:
    """One question with its answer in words; ``rows`` for a list of answers."""

    label: str
    text: str
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True)
class Document:
    """A form somebody handed in."""

    task_id: int
    name: str
    by: str
    at: datetime
    answers: tuple[Answer, ...]
    superseded: bool
    changed: tuple[str, ...]


def documents(session: Session, tasks: Sequence[Task]) -> list[Document]:
    """Everything handed in for these tasks, latest first, replaced ones too."""
    by_id = {task.id: task for task in tasks}
    rows = session.scalars(
        select(Submission).where(Submission.task_id.in_(by_id)).order_by(Submission.id.desc())
    ).all()
    names = names_of(session, {row.by_id for row in rows if row.by_id is not None})
    return [
        _document(session, by_id[row.task_id], row, names.get(row.by_id or 0, "")) for row in rows
    ]


def _document(session: Session, task: Task, row: Submission, by: str) -> Document:
    form = form_of(session, task, pack_of_area(session, task.area_id))
    labels = _labels(session, task, form)
    return Document(
        task_id=task.id,
        name=task.name,
        by=by,
        at=row.at,
        answers=tuple(_answers(form, row.answers, labels)),
        superseded=row.superseded,
        changed=tuple(field.label for field in form.fields if field.key in set(row.changed or ())),
    )


Labels = Mapping[str, Mapping[str, str]]


def _labels(session: Session, task: Task, form: Form) -> Labels:
    case = session.get(Case, task.case_id) if task.case_id is not None else None
    return {
        name: {
            each.value: each.label
            for each in options(session, name, area_id=task.area_id, case=case)
        }
        for name in form.option_lists
    }


def _answers(form: Form, given: Mapping[str, Any], labels: Labels) -> Iterator[Answer]:
    for field in form.fields:
        if field.key in given and (text := in_words(field, given[field.key], labels)):
            yield Answer(field.label, text)
    for repeat in form.lists:
        rows = given.get(repeat.key) or []
        if rows:
            shown = tuple(
                tuple(
                    (field.label, text)
                    for field in repeat.fields
                    if (text := in_words(field, row.get(field.key), labels))
                )
                for row in rows
            )
            yield Answer(repeat.label, "", shown)


def in_words(field: Field, value: object, labels: Labels) -> str:
    """An answer as a person would say it; empty for no answer."""
    if value is None or value in ("", []):
        return ""
    words = {choice.value: choice.label for choice in field.choices}
    words.update(labels.get(field.options_from or "", {}))
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, list):
        return ", ".join(words.get(str(each), str(each)) for each in value)
    if field.kind is Kind.MOMENT and isinstance(value, str):
        return _date_in_words(value)
    return words.get(str(value), str(value))


def _date_in_words(text: str) -> str:
    try:
        return long_date(date.fromisoformat(text))
    except ValueError:
        return text
