"""Reading what people wrote: documents, dates, ids of people out of form answers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.cases.models import Case
from app.errors import AppError
from app.identity.models import User
from app.runtime.automatic import StepContext
from app.runtime.models import InstanceStatus, ProcessInstance, Submission

Document = dict[str, Any]
#: The process in which people do the actions of a plan.
MEET_NEEDS = "meet_needs"


class CaseMissing(AppError):
    """This step works on a case, and this process has none."""


class DocumentMissing(AppError):
    """Something that should have been written before is not there."""


def case_of(context: StepContext) -> Case:
    """The case this process is about.

    Raises:
        CaseMissing: it is about none.
    """
    case = context.session.get(Case, context.case_id) if context.case_id is not None else None
    if case is None:
        raise CaseMissing
    return case


def document(context: StepContext, *element_ids: str) -> Document:
    """The latest document of the first of these tasks that has one; empty when none has."""
    for element_id in element_ids:
        found = context.latest_submission(element_id)
        if found is not None:
            return dict(found)
    return {}


def needed(context: StepContext, *element_ids: str) -> Document:
    """The latest document of a task that must have been done; of the first that was, of several.

    Raises:
        DocumentMissing: it was not; the message names the task.
    """
    found = document(context, *element_ids)
    if not found:
        raise DocumentMissing(f"Nobody has filled in “{element_ids[0].replace('_', ' ')}” yet.")
    return found


def text(found: Mapping[str, Any], key: str) -> str:
    return str(found.get(key) or "").strip()


def rows(found: Mapping[str, Any], key: str) -> list[Document]:
    return [dict(row) for row in found.get(key) or [] if isinstance(row, Mapping)]


def day(found: Mapping[str, Any], key: str) -> date | None:
    """An ISO date out of an answer; None where there is none."""
    try:
        return date.fromisoformat(text(found, key)[:10])
    except ValueError:
        return None


def user_id(found: Mapping[str, Any], key: str) -> int | None:
    """A person chosen from a list of colleagues (``12`` or ``user:12``)."""
    number = text(found, key).removeprefix("user:")
    return int(number) if number.isdecimal() else None


def who_acts(context: StepContext) -> int:
    """The person behind this step: whoever set it moving, else who opened the case."""
    return context.actor.user_id or case_of(context).opened_by_id


def author(context: StepContext, *element_ids: str) -> int:
    """Who last handed in the first of these tasks that was done; else who acts now."""
    for element_id in element_ids:
        found = context.session.scalar(
            select(Submission.by_id)
            .where(Submission.case_id == context.case_id, Submission.element_id == element_id)
            .where(Submission.changed.is_(None), Submission.by_id.is_not(None))
            .order_by(Submission.id.desc())
            .limit(1)
        )
        if found is not None:
            return found
    return who_acts(context)


def runs(context: StepContext, process_id: str) -> bool:
    """Whether a process of its own is under way for this case."""
    return bool(
        context.session.scalar(
            select(func.count()).where(
                ProcessInstance.case_id == context.case_id,
                ProcessInstance.process_id == process_id,
                ProcessInstance.status == InstanceStatus.RUNNING,
            )
        )
    )


def existing_user(context: StepContext, number: int | None) -> User | None:
    return context.session.get(User, number) if number is not None else None


def today() -> date:
    return clock.today()
