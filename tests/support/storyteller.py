"""Tells a family's story: who does what, through the pages' own rules, with the forms filled in.

    story.concern("Mia Hartley")
    story.does("weigh_first_signs")
    story.decides("decide_help")

What a task is answered with, if a story does not say, comes from the first scenario that does it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import select

from app import clock
from app.cases.models import Case, CaseMember, Consent, Plan, PlanAction, Review
from app.cases.open_case import open_case
from app.cases.review_dates import move_review
from app.cases.starting import report_harm, start_beside
from app.cases.withdrawing import withdraw_consent
from app.db import reading, transaction
from app.identity.models import User
from app.identity.people import get_user
from app.identity.permissions import Role
from app.outbox.models import OutboxMessage
from app.runtime.models import DecisionRecord, ProcessInstance, Task
from app.runtime.records import Incident, Timer
from app.tasks.sign_off import Answer
from tests.support.scenario_doing import first_who_may, hand_in, sign
from tests.support.scenario_files import all_scenarios, worked_out
from tests.support.shipped import Cast
from tests.support.story_driver import StoryDriver

#: The scenario whose answers count first.
MAIN = "From a concern to the end of the plan"


@cache
def usual_answers() -> Mapping[str, Mapping[str, Any]]:
    """Element → what is usually answered there."""
    found: dict[str, Mapping[str, Any]] = {}
    for scenario in sorted(all_scenarios(), key=lambda scenario: scenario.name != MAIN):
        for step in scenario.steps:
            if "complete" in step:
                found.setdefault(step["complete"], step.get("answers") or {})
    return found


class Story:
    """One family's case, and the people of its area."""

    def __init__(self, cast: Cast, driver: StoryDriver) -> None:
        self.cast = cast
        self.driver = driver
        driver.area = cast.area
        self.case_id = 0

    # ---------------------------------------------------------------- doing

    def opens(self, by: User | None = None, entry: str = "concern") -> None:
        """A practitioner begins; the first task of the pathway is theirs."""
        user = by or self.cast.one(Role.PRACTITIONER)
        self.case_id = self.driver.run(
            partial(_open, user.id, self.cast.area, self.cast.locality, entry)
        )

    def concern(self, by: User | None = None, **answers: Any) -> None:
        """Somebody is worried and says so."""
        self.opens(by)
        self.does("record_concern", **answers)

    def does(self, element_id: str, by: User | None = None, **answers: Any) -> None:
        """The person whose task it is does it; what is not said is answered as usual."""
        task = self.task(element_id)
        user = by or first_who_may(self.cast, task.id)
        said = {**usual_answers().get(element_id, {}), **answers}
        seed = f"{element_id} {task.id}"
        self.driver.run(partial(hand_in, task.id, user.id, worked_out(said), seed))
        assert self.incidents() == []

    def does_all(self, *element_ids: str) -> None:
        for element_id in element_ids:
            self.does(element_id)

    def decides(
        self, element_id: str, answer: str = "approve", by: User | None = None, **more: Any
    ) -> User:
        """Somebody who may signs off; returns who it was."""
        task = self.task(element_id)
        user = by or first_who_may(self.cast, task.id)
        self.driver.run(partial(sign, task.id, user.id, Answer(answer=answer, **more)))
        assert self.incidents() == []
        return user

    def starts(self, process_id: str, by: User) -> None:
        """From the case page, beside the pathway."""
        self.driver.run(partial(_start_beside, self.case_id, process_id, by.id))

    def harm(self, by: User) -> None:
        """“Worried about harm”, from any page."""
        self.driver.run(partial(_report_harm, self.case_id, by.id))

    def withdraws(self, by: User, said: str) -> None:
        self.driver.run(partial(_withdraw, self.case_id, by.id, said))

    def moves_review(self, to: date, by: User, reason: str = "The family asked for it") -> datetime:
        moved = self.driver.run(partial(_move_review, self.case_id, by.id, to, reason))
        assert isinstance(moved, datetime)
        return moved

    def waits(self, *, working_days: int = 0, **span: float) -> None:
        self.driver.wait(working_days=working_days, **span)
        assert self.incidents() == []

    def waits_until(self, moment: datetime) -> None:
        self.waits(seconds=(moment - clock.now()) / timedelta(seconds=1))

    # ---------------------------------------------------------------- looking

    def task(self, element_id: str) -> Task:
        """The oldest open task of this element in this case, else in a process without a case."""
        with reading() as session:
            found = session.scalars(
                select(Task)
                .where(Task.element_id == element_id, Task.done_at.is_(None))
                .where((Task.case_id == self.case_id) | Task.case_id.is_(None))
                .order_by(Task.id)
            ).first()
        assert found is not None, f"“{element_id}” is not open; open: {self.open()}"
        return found

    def open(self) -> list[str]:
        """What waits for somebody in this case."""
        with reading() as session:
            query = select(Task.element_id).where(
                Task.case_id == self.case_id, Task.done_at.is_(None)
            )
            return sorted(session.scalars(query))

    def case(self) -> Case:
        with reading() as session:
            return session.get_one(Case, self.case_id)

    def holder(self, element_id: str) -> str:
        """The name of whoever holds a task; empty while nobody does."""
        task = self.task(element_id)
        with reading() as session:
            return get_user(session, task.assignee_id).name if task.assignee_id else ""

    def lead(self) -> int | None:
        with reading() as session:
            query = select(CaseMember.user_id).where(
                CaseMember.case_id == self.case_id,
                CaseMember.role == "lead",
                CaseMember.until.is_(None),
            )
            return session.scalar(query)

    def plan(self) -> Plan:
        """The newest version of the plan."""
        with reading() as session:
            query = select(Plan).where(Plan.case_id == self.case_id).order_by(Plan.number.desc())
            plan = session.scalars(query).first()
            assert plan is not None, "there is no plan"
            return plan

    def actions(self) -> dict[str, str]:
        """What is in the plans → what became of it."""
        with reading() as session:
            query = select(PlanAction.action, PlanAction.status).where(
                PlanAction.case_id == self.case_id
            )
            return {action: status for action, status in session.execute(query)}  # noqa: C416  rows

    def reviews(self) -> list[Review]:
        with reading() as session:
            query = select(Review).where(Review.case_id == self.case_id).order_by(Review.id)
            return list(session.scalars(query))

    def consents(self) -> set[str]:
        with reading() as session:
            return set(
                session.scalars(select(Consent.status).where(Consent.case_id == self.case_id))
            )

    def decisions(self) -> list[DecisionRecord]:
        with reading() as session:
            query = select(DecisionRecord).where(DecisionRecord.case_id == self.case_id)
            return list(session.scalars(query.order_by(DecisionRecord.id)))

    def processes(self) -> dict[str, str]:
        """Process → status, of everything of this case; the latest where there are several."""
        with reading() as session:
            query = (
                select(ProcessInstance.process_id, ProcessInstance.status)
                .where(ProcessInstance.case_id == self.case_id)
                .order_by(ProcessInstance.id)
            )
            return {process: status for process, status in session.execute(query)}  # noqa: C416  rows

    def timer(self, element_id: str) -> datetime | None:
        """When a clock of this case strikes."""
        with reading() as session:
            return session.scalar(
                select(Timer.due_at)
                .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
                .where(ProcessInstance.case_id == self.case_id, Timer.element_id == element_id)
            )

    def told(self, what: str) -> list[str]:
        """E-mail addresses that were told something about this case, by its first words."""
        with reading() as session:
            rows = session.execute(
                select(OutboxMessage.to, OutboxMessage.payload)
                .where(OutboxMessage.case_id == str(self.case_id))
                .order_by(OutboxMessage.id)
            )
            return [to for to, said in rows if str(said.get("what", "")).startswith(what)]

    def incidents(self) -> list[str]:
        with reading() as session:
            rows = session.scalars(select(Incident).where(Incident.resolved_at.is_(None)))
            return [f"{row.element_id}: {row.message}" for row in rows]


def _open(user_id: int, area: str, locality: str | None, entry: str) -> int:
    with transaction() as session:
        user = get_user(session, user_id)
        case, _ = open_case(session, user=user, area_id=area, locality_id=locality, entry=entry)
        return case.id


def _start_beside(case_id: int, process_id: str, user_id: int) -> None:
    with transaction() as session:
        case = session.get_one(Case, case_id)
        start_beside(session, case, process_id, get_user(session, user_id))


def _report_harm(case_id: int, user_id: int) -> None:
    with transaction() as session:
        report_harm(session, session.get_one(Case, case_id), get_user(session, user_id))


def _withdraw(case_id: int, user_id: int, said: str) -> None:
    with transaction() as session:
        case = session.get_one(Case, case_id)
        withdraw_consent(session, case, get_user(session, user_id), said=said)


def _move_review(case_id: int, user_id: int, to: date, reason: str) -> datetime:
    with transaction() as session:
        case = session.get_one(Case, case_id)
        return move_review(session, case, get_user(session, user_id), to=to, reason=reason)
