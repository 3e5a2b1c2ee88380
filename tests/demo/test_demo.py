"""The demonstration as it is after loading: what every page needs is there, and it is true."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

import app.tasks.automatic  # noqa: F401  registers the automatic steps
from app import clock
from app.audit.verify import verify
from app.cases.models import Case, FrontDoorContact, PanelItem
from app.cases.registration import register_with_runtime
from app.cases.visible import Viewer
from app.config import ROOT
from app.db import reading, transaction, write_engine
from app.definitions.areas import lay_out_areas
from app.definitions.live import pack_of_area
from app.definitions.versions import publish_folder
from app.demo.days import Days
from app.demo.load import is_wanted, play
from app.demo.people import add_people, person
from app.demo.player import Player
from app.demo.stories import Story, read_stories
from app.runtime import hooks
from app.runtime.automatic import registered
from app.runtime.models import DecisionRecord, ProcessInstance, Task, TaskDraft
from app.runtime.records import Incident, MessageRow, Timer
from app.tasks.inbox import counts
from app.tasks.waiting_decisions import waiting_decisions
from tests.support.schema import empty_tables
from tests.support.site import client_for

pytestmark = pytest.mark.slow

#: A Thursday late in the morning: yesterday’s panel is over, the next one still collects its items.
NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)


@dataclass(frozen=True)
class Demo:
    """The stories as played, the player that knows their cases, and the site that shows them."""

    site: Flask
    stories: list[Story]
    player: Player


@pytest.fixture(scope="module")
def demo(_one_app: Flask) -> Iterator[Demo]:
    """Everything played once; the tests of this file only read it, at the moment of loading."""
    with time_machine.travel(NOW, tick=False):
        register_with_runtime()
        with transaction() as session:
            publish_folder(session, ROOT / "processes", task_types=registered())
            lay_out_areas(session)
        with transaction() as session:
            add_people(session)
            calendar = pack_of_area(session, "starter").calendar
        days = Days(clock.now().astimezone(clock.LONDON), calendar)
        stories = read_stories(days)
        yield Demo(_one_app, stories, play(stories, days))
    hooks.forget()
    empty_tables(write_engine())


def test_every_story_ends_where_it_is_parked(demo: Demo) -> None:
    with reading() as session:
        for story in demo.stories:
            query = select(Task.element_id).where(Task.done_at.is_(None))
            if story.family:
                case = session.get_one(Case, demo.player.cases[story.key])
                assert (case.stage, case.status) == (story.stage, story.status), story.key
                query = query.where(Task.case_id == case.id)
            else:
                query = query.where(Task.case_id.is_(None), Task.area_id == story.area)
            assert sorted(session.scalars(query)) == sorted(story.parked), story.key


def test_every_answer_is_told_by_its_story_or_usual(demo: Demo) -> None:
    assert demo.player.guessed == set()


def test_nothing_broke_and_every_message_arrived(demo: Demo) -> None:
    with reading() as session:
        assert session.scalars(select(Incident)).all() == []
        lost = select(MessageRow.name).where(MessageRow.delivered_at.is_(None))
        assert session.scalars(lost).all() == []


def test_there_is_work_that_is_overdue_due_today_and_to_come(demo: Demo) -> None:
    with reading() as session:
        due = session.scalars(
            select(Task.due_at).where(Task.done_at.is_(None), Task.due_at.is_not(None))
        ).all()
    days = Counter(
        (moment.astimezone(clock.LONDON).date() > NOW.date())
        - (moment.astimezone(clock.LONDON).date() < NOW.date())
        for moment in due
        if moment is not None
    )
    assert min(days[-1], days[0], days[1]) >= 5


def test_nothing_happened_in_the_future(demo: Demo) -> None:
    with reading() as session:
        for moment in (ProcessInstance.started_at, Task.opened_at, Task.done_at):
            latest = session.scalar(select(func.max(moment)))
            assert latest is not None
            assert latest <= NOW


@pytest.mark.parametrize("name", ["viv", "xanthe", "yusuf", "zoe", "will", "adam", "jonah"])
def test_those_who_decide_have_something_to_decide(demo: Demo, name: str) -> None:
    with reading() as session:
        assert waiting_decisions(session, Viewer.of(person(session, name)))


def test_all_four_answers_were_given(demo: Demo) -> None:
    with reading() as session:
        given = set(session.scalars(select(DecisionRecord.answer)))
    assert given == {"approve", "approve_with_changes", "send_back", "decide_differently"}


def test_what_was_sent_back_waits_with_its_comment(demo: Demo) -> None:
    with reading() as session:
        query = select(Task).where(Task.done_at.is_(None), Task.send_back_comment.is_not(None))
        assert {task.element_id for task in session.scalars(query)} == {
            "recommend_level",
            "weigh_up_needs",
        }


def test_two_drafts_are_half_written(demo: Demo) -> None:
    with reading() as session:
        query = select(Task.element_id).join(TaskDraft, TaskDraft.task_id == Task.id)
        assert set(session.scalars(query)) == {"record_concern", "write_closing_summary"}


def test_a_worker_on_leave_has_open_tasks_and_a_deputy(demo: Demo) -> None:
    with reading() as session:
        amira, adam = person(session, "amira"), person(session, "adam")
        mine = select(Task).where(Task.assignee_id == amira.id, Task.done_at.is_(None))
        tasks = session.scalars(mine).all()
    assert len(tasks) >= 6
    assert {task.deputy_id for task in tasks} <= {None, adam.id}


def test_two_requests_to_lead_wait_for_an_answer_too_long(demo: Demo) -> None:
    with reading() as session:
        leo = person(session, "leo")
        waiting = session.scalars(
            select(Task).where(
                Task.assignee_id == leo.id,
                Task.element_id == "accept_lead_role",
                Task.done_at.is_(None),
            )
        ).all()
    assert len(waiting) == 2
    assert all(task.due_at is not None and task.due_at < NOW for task in waiting)


def test_the_clock_of_a_written_confirmation_runs(demo: Demo) -> None:
    with reading() as session:
        due = session.scalars(
            select(Task.due_at).where(
                Task.element_id == "confirm_harm_in_writing", Task.done_at.is_(None)
            )
        ).all()
    assert due
    assert all(moment is not None and NOW < moment < NOW + timedelta(hours=48) for moment in due)


def test_contacts_and_panel_items_are_at_every_stage(demo: Demo) -> None:
    with reading() as session:
        outcomes = set(session.scalars(select(FrontDoorContact.outcome)))
        assert {"", "statutory"} <= outcomes
        assert set(session.scalars(select(PanelItem.status))) == {
            "decided",
            "on_agenda",
            "waiting",
        }
        timers = set(session.scalars(select(Timer.element_id)))
        assert "review_day" in timers


def test_the_audit_trail_holds(demo: Demo) -> None:
    with reading() as session:
        assert verify(session) == []


@pytest.mark.parametrize(
    "name", ["hal", "amira", "jonah", "leo", "tess", "uma", "quinn", "viv", "xanthe", "carys"]
)
def test_start_pages_are_worth_opening(demo: Demo, name: str) -> None:
    with transaction() as session:
        user = person(session, name)
        seen = counts(session, Viewer.of(user))
    assert seen.mine + seen.team > 0
    page = client_for(demo.site, user).get("/tasks")
    assert page.status_code == 200, page.headers.get("Location")


def test_every_open_case_can_be_opened_by_its_supervisor(demo: Demo) -> None:
    supervisor = {
        "starter": "viv",
        "hull": "yusuf",
        "hampshire": "xanthe",
        "southampton": "will",
        "worcestershire": "zoe",
    }
    with reading() as session:
        users = {area: person(session, name) for area, name in supervisor.items()}
    browsers = {area: client_for(demo.site, user) for area, user in users.items()}
    for story in demo.stories:
        if case_id := demo.player.cases.get(story.key):
            for page in ("", "/record", "/plan", "/chronology"):
                found = browsers[story.area].get(f"/cases/{case_id}{page}")
                assert found.status_code == 200, f"{story.key}{page}"


def test_a_database_with_people_is_left_alone(demo: Demo) -> None:
    assert not is_wanted()
