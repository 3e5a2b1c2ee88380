"""Plays the stories: moves the clock from step to step and does what people did, as they do it.

Nothing is inserted. Cases open, forms are checked, tasks are handed in and decisions taken through
the functions the pages use; clocks of the processes fire at the moment they were set for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, db
from app.cases.models import Case, PlanAction
from app.cases.notes import add_note
from app.cases.open_case import open_case
from app.cases.starting import report_harm, start_beside
from app.demo.days import Days
from app.demo.fill import StoryRefused, Teller
from app.demo.phrases import Phrases, in_words
from app.demo.stories import Step, Story
from app.forms import BoundForm
from app.identity.models import User
from app.identity.people import by_sign_in_name
from app.runtime.actions import FireDueTimers
from app.runtime.actor import TIMERS
from app.runtime.drafts import save_draft
from app.runtime.models import ProcessInstance, Task
from app.runtime.records import TimerStart
from app.runtime.step import take_step
from app.runtime.timer_starts import start, sync_starts
from app.tasks.assignment import reassign
from app.tasks.complete import complete_task
from app.tasks.page import bind
from app.tasks.policy import refusal_to_complete, refusal_to_decide
from app.tasks.sign_off import Answer, decide


class StoryBroken(StoryRefused):
    """A story cannot go on as it is told."""


class Player:
    """Plays stories into the database ``app.db`` is connected to. ``cases`` are their case ids."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self.phrases = Phrases.read()
        self.cases: dict[str, int] = {}
        self.guessed: set[tuple[str, str]] = set()

    def play(self, stories: Sequence[Story]) -> None:
        """Play everything in the order of time, each step in a transaction of its own."""
        timeline = [(step.moment, story, step) for story in stories for step in story.steps]
        for moment, story, step in sorted(timeline, key=lambda each: each[0]):
            self._fire_until(moment)
            with clock.at(moment), db.transaction() as session:
                _Scene(self, session, story, step).play()
        self._fire_until(self.days.now)

    def start_calendar(self, moment: datetime) -> None:
        """From this moment on, processes begin by the calendar, such as the weekly panel."""
        with clock.at(moment), db.transaction() as session:
            sync_starts(session)

    def _fire_until(self, moment: datetime) -> None:
        while self._fire_next(moment):
            pass

    def _fire_next(self, moment: datetime) -> bool:
        """Whatever is due first, at its own moment: a clock of a process, or the calendar."""
        with db.reading() as session:
            due = session.scalar(
                select(ProcessInstance)
                .where(ProcessInstance.wake_at <= moment)
                .order_by(ProcessInstance.wake_at, ProcessInstance.id)
                .limit(1)
            )
            begins = session.scalar(
                select(TimerStart)
                .where(TimerStart.next_at <= moment)
                .order_by(TimerStart.next_at)
                .limit(1)
            )
        wakes = due.wake_at if due else None
        starts = begins.next_at if begins else None
        if begins and starts and (wakes is None or starts <= wakes):
            with clock.at(starts), db.transaction() as session:
                row = session.get_one(TimerStart, (begins.process_id, begins.area_id))
                start(session, row)
            return True
        if due and wakes:
            with clock.at(wakes), db.transaction() as session:
                take_step(session, due.id, FireDueTimers(), actor=TIMERS)
        return due is not None


class _Scene:
    """One step, while its moment is now."""

    def __init__(self, player: Player, session: Session, story: Story, step: Step) -> None:
        self.player, self.session, self.story, self.step = player, session, story, step

    def play(self) -> None:
        getattr(self, f"_{self.step.verb}")()

    # ---------------------------------------------------------------- verbs

    def _open(self) -> None:
        case, _ = open_case(
            self.session,
            user=self._person(self.step.by or self.story.cast[0]),
            area_id=self.story.area,
            locality_id=self.story.locality,
            entry=self.step.what,
        )
        self.player.cases[self.story.key] = case.id

    def _do(self) -> None:
        task = self._task()
        user = self._actor(task)
        bound = self._teller(task, user).fill_in(self._form(task))
        complete_task(self.session, task, bound.answers, user=user)

    def _draft(self) -> None:
        task = self._task()
        user = self._actor(task)
        typed = self._teller(task, user).draft(self._form(task))
        save_draft(self.session, task.id, user.id, typed)

    def _sign(self) -> None:
        task = self._task()
        user = self._actor(task)
        more = self.step.more
        said = {
            name: self._words(more.get(name, "")) for name in ("comment", "reason", "send_back_to")
        }
        decide(
            self.session,
            task,
            Answer(
                answer=more.get("answer", "approve"),
                flow_id=self._flow(task) if "branch" in more else "",
                changes=self._words(more.get("changes", {})),
                **said,
            ),
            user=user,
        )

    def _start(self) -> None:
        start_beside(self.session, self._case(), self.step.what, self._person(self.step.by))

    def _harm(self) -> None:
        report_harm(self.session, self._case(), self._person(self.step.what))

    def _note(self) -> None:
        add_note(
            self.session,
            self._case(),
            self._person(self.step.by or self.story.cast[0]),
            kind=self.step.what,
            text=self._words(self.step.more["text"]),
            happened_on=clock.today(),
        )

    def _hand_to(self) -> None:
        task = self._task(self.step.more["task"])
        receiver = self._person(self.step.what)
        reassign(self.session, task, self._person(self.step.by), receiver.id)

    # ---------------------------------------------------------------- people and things

    def _person(self, sign_in_name: str) -> User:
        user = by_sign_in_name(self.session, sign_in_name)
        if user is None:
            raise StoryBroken(f"{self.story.key}: nobody signs in as {sign_in_name!r}")
        return user

    def _case(self) -> Case:
        return self.session.get_one(Case, self.player.cases[self.story.key])

    def _task(self, element_id: str = "") -> Task:
        wanted = element_id or self.step.what
        query = select(Task).where(Task.element_id == wanted, Task.done_at.is_(None))
        if self.story.key in self.player.cases:
            query = query.where(Task.case_id == self.player.cases[self.story.key])
        else:
            query = query.where(Task.case_id.is_(None), Task.area_id == self.story.area)
        found = [task for task in self.session.scalars(query.order_by(Task.id)) if self._is(task)]
        if not found:
            raise StoryBroken(
                f"{self.story.key}, {clock.now():%d %B %Y}: “{wanted}” is not open, but {self._open_now()}"
            )
        return found[0]

    def _is(self, task: Task) -> bool:
        """Whether this is the one of several equal tasks: of an action, by how it begins."""
        wanted = self.step.more.get("of")
        if wanted is None:
            return True
        action = self.session.get(PlanAction, task.item)
        return action is not None and action.action.startswith(wanted)

    def _open_now(self) -> list[str]:
        query = select(Task.element_id).where(Task.done_at.is_(None))
        if self.story.key in self.player.cases:
            query = query.where(Task.case_id == self.player.cases[self.story.key])
        return list(self.session.scalars(query))

    def _actor(self, task: Task) -> User:
        """Whom the story names, who holds it, or the first of its people who may do it."""
        if self.step.by:
            return self._person(self.step.by)
        if task.assignee_id is not None:
            return self.session.get_one(User, task.assignee_id)
        refused = refusal_to_decide if task.kind == "sign_off" else refusal_to_complete
        for name in self.story.cast:
            person = self._person(name)
            if refused(self.session, person, task) is None:
                return person
        raise StoryBroken(f"{self.story.key}: none of its people may do “{task.element_id}”")

    def _flow(self, task: Task) -> str:
        """The branch that leads where the story says."""
        branches = (task.recommendation or {}).get("branches", ())
        wanted = self.step.more["branch"]
        ids = [branch["flow_id"] for branch in branches if branch["flow_id"].endswith(wanted)]
        if len(ids) != 1:
            known = [branch["flow_id"] for branch in branches]
            raise StoryBroken(f"{self.story.key}: {wanted!r} is not one of {known}")
        return str(ids[0])

    # ---------------------------------------------------------------- words

    def _form(self, task: Task) -> BoundForm:
        """The form as the page shows it."""
        case = self.session.get(Case, task.case_id) if task.case_id is not None else None
        return bind(self.session, task, case)

    def _teller(self, task: Task, user: User) -> Teller:
        return Teller(
            story=self.story,
            task=task.element_id,
            said=self._said(task.element_id),
            names=self._names(user),
            phrases=self.player.phrases,
            days=self.player.days,
            today=clock.today(),
            guessed=self.player.guessed,
        )

    def _said(self, element_id: str) -> Mapping[str, Any]:
        """The story's answers here: in general, at this task, at this step."""
        said = self.story.said
        general = {key: value for key, value in said.items() if not isinstance(value, Mapping)}
        more = self.step.more
        return {
            **general,
            **(_concern(self.story) if element_id == "record_concern" else {}),
            **said.get(element_id, {}),
            **(said[more["say"]] if "say" in more else {}),
            **more.get("with", {}),
        }

    def _names(self, user: User | None = None) -> dict[str, str]:
        first = [child.name.split()[0] for child in self.story.children]
        together = " and ".join(filter(None, [", ".join(first[:-1]), *first[-1:]]))
        parent = str(self.story.about["parent"]).split()
        return {
            "family": self.story.family,
            "parent": parent[0] if parent else "the parent",
            "child": first[0] if first else "the child",
            "children": together,
            "me": user.name if user else "",
        }

    def _words(self, value: Any) -> Any:
        return in_words(value, self._names())


def _concern(story: Story) -> dict[str, Any]:
    """What the first form asks about a family."""
    return {
        "family_name": story.family,
        "parent_name": story.about["parent"],
        "parent_contact": story.about["phone"],
        "home_address": story.about["address"],
        "children": [
            {
                "name": f"{child.name} {story.family}",
                "unborn": child.expected is not None,
                "date_of_birth": child.born.isoformat() if child.born else None,
                "expected_date": child.expected.isoformat() if child.expected else None,
                "setting": child.setting,
            }
            for child in story.children
        ],
    }
