"""Leads a family through the pathway up to where a test begins: real forms, real engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select

from app import clock
from app.cases.models import Case
from app.cases.open_case import open_case
from app.db import reading, transaction
from app.definitions.live import pack_of_area
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.models import Task, TaskKind
from app.tasks.page import bind, form_of
from app.tasks.policy import open_task
from app.tasks.sign_off import Answer
from tests.support.answering import Typed, fill_in
from tests.support.scenario_doing import doer, hand_in, sign
from tests.support.scenario_files import all_scenarios, worked_out
from tests.support.shipped import Cast

STORY = "From a concern to the end of the plan"
#: The day of the story's first scenario; here everything happens today.
TOLD_ON = "2026-03-02"
MOST_STEPS = 40


@cache
def _said() -> Mapping[str, Mapping[str, Any]]:
    """What the scenario of the whole pathway says at each task."""
    scenario = next(each for each in all_scenarios() if each.name == STORY)
    return {
        step["complete"]: step.get("answers") or {} for step in scenario.steps if "complete" in step
    }


def answers_for(element_id: str) -> dict[str, Any]:
    """What is said at a task of the pathway, with today's date where it matters."""
    today = clock.today().isoformat()
    said = _said().get(element_id, {}).items()
    found: dict[str, Any] = worked_out({k: today if v == TOLD_ON else v for k, v in said})
    return found


def typed_for(task_id: int, user: User, said: Mapping[str, Any]) -> Typed:
    """What a browser would send for a task, filled in completely.

    The same for the same task whatever its id: ids begin anew on SQLite and go on on PostgreSQL.
    """
    with reading() as session:
        task = open_task(session, user, task_id)
        case = session.get(Case, task.case_id) if task.case_id is not None else None
        form = form_of(session, task, pack_of_area(session, task.area_id))
        answers = {**answers_for(task.element_id), **said}
        return fill_in(form, bind(session, task, case), answers, task.element_id)


@dataclass(frozen=True)
class Story:
    """A case, and the people who work in it."""

    cast: Cast
    case_id: int
    instance_id: int

    def up_to(self, element_id: str, **said: Mapping[str, Any]) -> Task:
        """Do every task until this one is open; ``said`` are other answers by task."""
        for _ in range(MOST_STEPS):
            tasks = self.open_tasks()
            if element_id in tasks:
                return tasks[element_id]
            assert tasks, f"nothing is open before {element_id}"
            self.do(next(iter(tasks)), **said.get(next(iter(tasks)), {}))
        raise AssertionError(f"{element_id} was never reached; open: {list(self.open_tasks())}")

    def do(self, element_id: str, *, by: User | None = None, **said: Any) -> None:
        """Complete one open task, or agree with what is recommended at a sign-off."""
        task = self.task(element_id)
        user = by or doer(self.cast, task.id, task.role)
        if task.kind == TaskKind.SIGN_OFF:
            sign(task.id, user.id, Answer("approve"))
        else:
            answers = answers_for(element_id) | said
            hand_in(task.id, user.id, answers, element_id)

    def typed(self, element_id: str, *, by: User | None = None, **said: Any) -> Typed:
        """What a browser would send for an open task, filled in completely."""
        task = self.task(element_id)
        return typed_for(task.id, by or doer(self.cast, task.id, task.role), said)

    def task(self, element_id: str) -> Task:
        tasks = self.open_tasks()
        assert element_id in tasks, f"{element_id} is not open, but {list(tasks)}"
        return tasks[element_id]

    def open_tasks(self) -> dict[str, Task]:
        """By element, oldest first."""
        with reading() as session:
            query = select(Task).where(Task.case_id == self.case_id, Task.done_at.is_(None))
            return {task.element_id: task for task in session.scalars(query.order_by(Task.id))}


def begin(cast: Cast, *, family: str = "", by: User | None = None) -> Story:
    """Open a case; with ``family`` the concern about it is recorded too."""
    user = by or cast.one(Role.PRACTITIONER)
    with transaction() as session:
        case, instance = open_case(session, user=user, area_id=cast.area, locality_id=cast.locality)
        story = Story(cast, case.id, instance.id)
    if family:
        child = {"name": f"Mia {family}", "date_of_birth": "2019-04-02"}
        story.do("record_concern", by=user, family_name=family, children=[child])
    return story
