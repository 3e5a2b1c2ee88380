"""Signing off a gateway: what is recommended and why, and the four answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.overview import KeyFacts
from app.cases.visible import Viewer, can_take
from app.cases.work import about_tasks
from app.errors import NotAllowed
from app.identity.models import User
from app.identity.people import names_of
from app.runtime import four_eyes
from app.runtime.actions import SignOff, SignOffAnswer
from app.runtime.actor import Actor
from app.runtime.models import Task, TaskKind
from app.runtime.reasons import rows_in_words
from app.runtime.results import StepResult
from app.runtime.same_step import standings
from app.runtime.step import take_step
from app.tasks.changes import Correctable, correctable
from app.tasks.evidence import Document, documents
from app.tasks.page import facts_beside
from app.tasks.policy import refusal_to_decide


@dataclass(frozen=True)
class BranchView:
    """A way out of the gateway, for the page."""

    flow_id: str
    name: str
    leads_to: str
    meaning: str
    is_recommended: bool


@dataclass(frozen=True)
class DecisionPage:
    """Everything on the one screen a supervisor decides from."""

    task: Task
    case: Case | None
    facts: KeyFacts | None
    #: Which one it is, of several decisions of the same name.
    about: str
    branches: tuple[BranchView, ...]
    recommender: str
    reasons: Document | None
    evidence: tuple[Document, ...]
    why: tuple[str, ...]
    correctable: Correctable | None
    send_back_to: tuple[tuple[str, str], ...]
    refusal: str | None

    @property
    def recommended(self) -> BranchView | None:
        return next((branch for branch in self.branches if branch.is_recommended), None)


@dataclass(frozen=True)
class Answer:
    """What the form said; which of the fields matter depends on ``answer``."""

    answer: str = ""
    comment: str = ""
    reason: str = ""
    flow_id: str = ""
    send_back_to: str = ""
    changes: Mapping[str, object] = field(default_factory=dict)


def decision_page(
    session: Session,
    task: Task,
    user: User,
    posted: Mapping[str, Sequence[str]] | None = None,
) -> DecisionPage:
    """Load the page of an open sign-off; ``posted`` shows corrections again as typed."""
    case = session.get(Case, task.case_id) if task.case_id is not None else None
    said = task.recommendation or {}
    judged = four_eyes.judged_tasks(session, task)
    found = documents(session, judged)
    recommender_id = said.get("recommender_id")
    names = names_of(session, [recommender_id] if recommender_id else [])
    recommender = names.get(recommender_id or 0, "")
    reasons = next((d for d in found if not d.superseded and d.by == recommender), None)
    return DecisionPage(
        task=task,
        case=case,
        facts=facts_beside(session, Viewer.of(user), task),
        about=about_tasks(session, [task]).get(task.id, ""),
        branches=tuple(_branches(task)),
        recommender=recommender,
        reasons=reasons,
        evidence=tuple(document for document in found if document is not reasons),
        why=tuple(rows_in_words(said.get("fired", ()))),
        correctable=correctable(session, task, case, judged, posted),
        send_back_to=tuple(_targets(session, task, judged)),
        refusal=refusal_to_decide(session, user, task),
    )


def decide(session: Session, task: Task, answer: Answer, *, user: User) -> StepResult:
    """Answer at a gateway.

    Raises:
        TaskAlreadyDone: somebody decided already; the message says who and when.
        NotAllowed: not this person's to decide, or four eyes; the message says why.
        SignOffIncomplete: a reason, comment or choice is missing.
    """
    if task.done_at is None and (refusal := refusal_to_decide(session, user, task)):
        raise NotAllowed(refusal)
    action = SignOff(
        task_id=task.id,
        answer=SignOffAnswer(answer.answer),
        changes=answer.changes,
        comment=answer.comment,
        reason=answer.reason,
        flow_id=answer.flow_id or None,
        send_back_to=answer.send_back_to or None,
    )
    return take_step(session, task.instance_id, action, actor=Actor.person(user))


def next_decision(session: Session, user: User, after: Task) -> Task | None:
    """The most urgent other decision this person may take."""
    viewer = Viewer.of(user)
    query = (
        select(Task)
        .where(
            Task.kind == TaskKind.SIGN_OFF,
            Task.done_at.is_(None),
            Task.id != after.id,
            (Task.assignee_id == user.id) | can_take(viewer),
        )
        .order_by(Task.due_sort, Task.id)
        .limit(20)
    )
    waiting = session.scalars(query).all()
    return next((t for t in waiting if refusal_to_decide(session, user, t) is None), None)


def _branches(task: Task) -> Iterator[BranchView]:
    said = task.recommendation or {}
    for branch in said.get("branches", ()):
        yield BranchView(
            flow_id=branch["flow_id"],
            name=branch["name"] or branch["leads_to"],
            leads_to=branch["leads_to"],
            meaning=branch["documentation"],
            is_recommended=branch["flow_id"] == said.get("flow_id"),
        )


def _targets(session: Session, task: Task, judged: Sequence[Task]) -> Iterator[tuple[str, str]]:
    """Steps the work can go back to, by the names people know them by."""
    where = standings(session, task.instance_id, judged)
    names = {where[work.id].element_id: work.name for work in judged}
    for element_id in (task.sign_off or {}).get("send_back_to", ()):
        yield element_id, names.get(element_id, element_id.replace("_", " ").capitalize())
