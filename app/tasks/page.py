"""What a task page shows: the form with what is known, the draft, and the family beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session, undefer

from app import clock, feel
from app.cases.families import family_name
from app.cases.known import case_of_item, known
from app.cases.models import Case
from app.cases.options import options
from app.cases.overview import KeyFacts, key_facts
from app.cases.visible import Viewer, sees_case
from app.cases.work import about_tasks
from app.definitions.live import pack_of_area
from app.definitions.models import DefinitionVersion
from app.definitions.packs import Pack
from app.forms import BoundForm, Choice, Form, load
from app.identity.models import User
from app.identity.people import names_of
from app.runtime.drafts import latest_draft
from app.runtime.models import Task
from app.runtime.same_step import answers_before

EMPTY_FORM = '{"type": "default", "id": "empty", "schemaVersion": 18, "components": []}'
Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TaskPage:
    """Everything the template needs, loaded; nothing in it causes a query."""

    task: Task
    case: Case | None
    facts: KeyFacts | None
    #: Which one it is, of several tasks of the same name.
    about: str
    bound: BoundForm
    assignee: str
    area_words: Mapping[str, str]
    draft_version: int
    draft_by: str
    draft_at: datetime | None

    @property
    def family(self) -> str:
        return family_name(self.case) if self.case is not None else ""


def form_of(session: Session, task: Task, pack: Pack) -> Form:
    """The form as it was when the task opened, in the area's words."""
    version = (
        session.get(
            DefinitionVersion, task.form_version_id, options=[undefer(DefinitionVersion.content)]
        )
        if task.form_version_id is not None
        else None
    )
    return _loaded(version.content if version else EMPTY_FORM, pack)


@lru_cache(maxsize=500)
def _loaded(content: str, pack: Pack) -> Form:
    """Forms are immutable, and reading one costs more than showing it."""
    return load(content, in_words=pack.in_words)


def bind(
    session: Session, task: Task, case: Case | None, posted: Posted | None = None
) -> BoundForm:
    """The task's form with what is known, or with what was posted.

    A task that was sent back starts with the answers given the first time.
    """
    pack = pack_of_area(session, task.area_id)
    form = form_of(session, task, pack)
    tree = known(session, case, wanted=form.wanted, facts=task.facts, item=task.item)
    sent_back = task.send_back_comment is not None
    before = answers_before(session, task) if sent_back else {}
    return form.bind(
        posted,
        tree,
        answers=before,
        options={
            name: [
                Choice(each.value, each.label)
                for each in options(session, name, area_id=task.area_id, case=case)
            ]
            for name in form.option_lists
        },
        env=feel.Environment(now=clock.now(), calendar=pack.calendar),
    )


def facts_beside(session: Session, viewer: Viewer, task: Task) -> KeyFacts | None:
    """Of the family a task is about, which may be one that a panel discusses.

    Only for people who may see the case: work on it may be over, or be a panel's.
    """
    own = session.get(Case, task.case_id) if task.case_id is not None else None
    case = own or case_of_item(session, task.item)
    if case is None or not sees_case(session, viewer, case.id):
        return None
    return key_facts(session, case)


def task_page(session: Session, task: Task, user: User, posted: Posted | None = None) -> TaskPage:
    """Load the page; without ``posted`` it goes on from the newest draft of anybody."""
    case = session.get(Case, task.case_id) if task.case_id is not None else None
    draft = latest_draft(session, task.id) if task.done_at is None else None
    names = names_of(
        session, {n for n in (task.assignee_id, draft.user_id if draft else None) if n is not None}
    )
    shown = posted if posted is not None else (draft.answers if draft else None)
    return TaskPage(
        task=task,
        case=case,
        facts=facts_beside(session, Viewer.of(user), task),
        about=about_tasks(session, [task]).get(task.id, ""),
        bound=bind(session, task, case, shown),
        assignee=names.get(task.assignee_id or 0, ""),
        area_words=pack_of_area(session, task.area_id).words,
        draft_version=draft.version if draft else 0,
        draft_by=names.get(draft.user_id, "") if draft and draft.user_id != user.id else "",
        draft_at=draft.saved_at if draft else None,
    )
