"""Walks a case through its tasks as people do: led on by the page, else found in a list."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.db import reading, transaction
from app.identity.models import User
from app.runtime.actions import MoveTimer
from app.runtime.actor import Actor
from app.runtime.models import Task, TaskKind
from app.runtime.records import Timer
from app.runtime.step import take_step
from tests.browser.hands import finish, task_id
from tests.support.scenario_doing import first_who_may
from tests.support.scenario_files import worked_out
from tests.support.story import Story, answers_for
from tests.support.storyteller import usual_answers

Enter = Callable[..., Page]
MOST_STEPS = 30
MOST_LOOKS = 50


class Walk:
    """One case, and a window for each person who works in it."""

    def __init__(
        self, enter: Enter, story: Story, family: str, windows: Mapping[int, Page] | None = None
    ) -> None:
        self._enter = enter
        self._windows = dict(windows or {})
        self.story, self.family = story, family

    def window(self, user: User) -> Page:
        if user.id not in self._windows:
            self._windows[user.id] = self._enter(user)
        return self._windows[user.id]

    def up_to(self, element_id: str, **said: Mapping[str, Any]) -> None:
        """Do every task and agree with every recommendation until this one is open."""
        for _ in range(MOST_STEPS):
            tasks = self.story.open_tasks()
            if element_id in tasks:
                return
            first = next(iter(tasks))
            self.do(first, **said.get(first, {}))
        raise AssertionError(f"{element_id} was never reached: {list(self.story.open_tasks())}")

    def do(self, element_id: str, **said: Any) -> Page:
        """Complete an open task, or agree at a sign-off, with whoever it lies with."""
        task = self.task(element_id)
        user = first_who_may(self.story.cast, task.id)
        page = self.window(user)
        if task.kind == TaskKind.SIGN_OFF:
            self.open_decision(page, task)
            page.get_by_label("Agree", exact=False).first.check()
            page.get_by_role("button", name="Record my decision").click()
            expect(page.get_by_text("is recorded.")).to_be_visible()
            return page
        if not page.url.endswith(f"/tasks/{task.id}"):
            self._find(page, task, user)
        assert task_id(page) == task.id
        usual = worked_out(usual_answers().get(element_id, {}))
        finish(page, user, **{**usual, **answers_for(element_id), **said})
        expect(page.get_by_text(f"“{task.name}” is done.")).to_be_visible()
        return page

    def do_all(self, *element_ids: str) -> None:
        for element_id in element_ids:
            self.do(element_id)

    def task(self, element_id: str) -> Task:
        """An open task of the case, or of a process without a case; the server may be at it yet."""
        for _ in range(MOST_LOOKS):
            with reading() as session:
                found = session.scalar(
                    select(Task)
                    .where(Task.element_id == element_id, Task.done_at.is_(None))
                    .where((Task.case_id == self.story.case_id) | Task.case_id.is_(None))
                    .order_by(Task.id)
                )
            if found is not None:
                return found
            time.sleep(0.2)
        raise AssertionError(f"{element_id} is not open: {list(self.story.open_tasks())}")

    def open_decision(self, page: Page, task: Task) -> None:
        page.get_by_role("link", name="Decisions").first.click()
        page.locator(f'a[href="/tasks/{task.id}/decide"]').first.click()

    def _find(self, page: Page, task: Task, user: User) -> None:
        page.get_by_role("link", name="My tasks").first.click()
        if task.assignee_id != user.id:
            page.get_by_role("link", name="My team’s").click()
        if task.case_id is not None:
            page.get_by_label("Family or reference").fill(self.family)
            page.get_by_role("button", name="Filter").click()
        row = page.get_by_role("row").filter(has=page.locator(f'a[href="/tasks/{task.id}"]'))
        if task.assignee_id == user.id:
            row.get_by_role("link", name=task.name).first.click()
        else:
            row.get_by_role("button", name="Take this on").click()
        page.wait_for_url(f"**/tasks/{task.id}")


def ring(element_id: str, user: User) -> None:
    """The clock at this element strikes now; the server, which looks every second, sees to it."""
    with transaction() as session:
        for timer in session.scalars(select(Timer).where(Timer.element_id == element_id)):
            action = MoveTimer(engine_task_id=timer.engine_task_id, due_at=clock.now())
            take_step(session, timer.instance_id, action, actor=Actor.person(user))
