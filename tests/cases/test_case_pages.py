"""The pages of one case: where it is, its record, its chronology, notes, reviews, further processes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app import clock as now
from app.cases.chronology import chronology
from app.cases.journey import journeys
from app.cases.models import Case, CaseNote, Plan
from app.cases.review_dates import review_timer
from app.db import reading, transaction
from app.identity.models import User
from app.runtime.models import ProcessInstance, Task
from app.scheduler.timers import fire_all_due
from tests.support.reading_pages import rows, title, words
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story, begin

Browse = Callable[[User], SiteClient]


@pytest.fixture
def planned(cast: Cast, worker: User) -> Story:
    """A family with a plan; its review waits for its date."""
    story = begin(cast, family="Hartley", by=worker)
    story.up_to("agree_plan")
    story.do("agree_plan")
    return story


def _review_on(story: Story) -> tuple[date, date | None]:
    with reading() as session:
        case = session.get_one(Case, story.case_id)
        timer = review_timer(session, case)
        plan = session.scalar(select(Plan).where(Plan.case_id == case.id))
    assert timer is not None
    assert plan is not None
    return timer.due_at.astimezone(now.LONDON).date(), plan.review_on


def _move(client: SiteClient, story: Story, to: date | None, reason: str = "Asked for.") -> Any:
    parts = {} if to is None else {"to-day": to.day, "to-month": to.month, "to-year": to.year}
    data = {**parts, "reason": reason, "idempotency_key": f"{to} {reason}"}
    return client.post(f"/cases/{story.case_id}/review-date", data=data)


# ------------------------------------------------------------------ where it is


def test_the_page_shows_what_is_open_with_whom_and_where_the_case_is(
    browse: Browse, worker: User, planned: Story
) -> None:
    page = browse(worker).get(f"/cases/{planned.case_id}").text
    assert title(page) == "Hartley"
    found = rows(page)
    assert any("Carry out your action" in row and "Breakfast club" in row for row in found)
    assert 'aria-current="step"' in page
    assert "Mia Hartley" in words(page)
    assert f'href="/cases/{planned.case_id}/harm"' in page


def test_the_journey_leads_from_the_whole_to_the_place_where_it_waits(
    cast: Cast, worker: User
) -> None:
    story = begin(cast, family="Hartley", by=worker)
    story.up_to("hear_the_family")
    with reading() as session:
        first = journeys(session, story.case_id)[0]
    assert [level.process_id for level in first.levels] == [
        "early_help_pathway",
        "early_help_assessment",
    ]
    states = {step.element_id: step.state for step in first.levels[1].steps}
    assert states["prepare_assessment"] == "done"
    assert states["hear_the_family"] == "current"
    assert states["recommend_level"] == "ahead"
    around = {step.element_id: step for step in first.levels[0].steps}
    assert around["assess_stage"].holdings[0].who == worker.name
    choices = {step.element_id: step.choices for step in first.levels[1].steps}
    assert {choice.name for choice in choices["decide_help"]} >= {"Agencies together", "One agency"}


def test_late_work_shows_as_overdue_in_the_drawing_too(
    cast: Cast, worker: User, clock: time_machine.Traveller
) -> None:
    story = begin(cast, family="Hartley", by=worker)
    clock.shift(timedelta(days=60))
    with reading() as session:
        level = journeys(session, story.case_id)[0].levels[-1]
    assert level.marks["weigh_first_signs"] == {"state": "overdue", "badge": worker.name}


def test_other_work_of_the_family_is_not_what_comes_next(
    browse: Browse, worker: User, planned: Story, clock: time_machine.Traveller
) -> None:
    """The action goes on for weeks; after the last step of a review it is a supervisor's turn."""
    clock.shift(timedelta(weeks=9))
    fire_all_due()
    client = browse(worker)
    for element_id in ("choose_review_method", "note_review_conversation", "score_progress"):
        clock.shift(timedelta(minutes=1))
        planned.do(element_id)
    clock.shift(timedelta(minutes=1))
    assert planned.task("do_action").assignee_id == worker.id
    typed = planned.typed("recommend_next_step")
    there = client.post(
        f"/tasks/{planned.task('recommend_next_step').id}",
        data={**typed, "idempotency_key": "recommended"},
    ).location
    assert there == f"/cases/{planned.case_id}"


def test_only_diagrams_the_case_runs_on_are_given_out(
    browse: Browse, worker: User, planned: Story
) -> None:
    client = browse(worker)
    with reading() as session:
        shown = [level for j in journeys(session, planned.case_id) for level in j.levels]
    for level in shown:
        answer = client.get(f"/cases/{planned.case_id}/diagram/{level.version_id}.bpmn")
        assert answer.status_code == 200
        assert level.process_id in answer.text
        assert "${" not in answer.text
    assert client.get(f"/cases/{planned.case_id}/diagram/99999.bpmn").status_code == 404


def test_record_and_plan_say_who_agreed_to_what(
    browse: Browse, worker: User, supervisor: User, planned: Story
) -> None:
    client = browse(worker)
    record = words(client.get(f"/cases/{planned.case_id}/record").text)
    for said in ("Mia Hartley", "Agreed", "What help does this family need?", supervisor.name):
        assert said in record
    assert f"{worker.name} Raised the concern, did the assessment, leads the plan" in record
    plan = words(client.get(f"/cases/{planned.case_id}/plan").text)
    for said in ("Breakfast club, with a lift from an aunt", worker.name, "If worries rise again"):
        assert said in plan


# ------------------------------------------------------------------ chronology


def test_the_chronology_is_newest_first_and_complete_over_pages(
    cast: Cast, worker: User, clock: time_machine.Traveller
) -> None:
    story = begin(cast, family="Hartley", by=worker)
    with transaction() as session:
        for number in range(40):
            moment = now.now() + timedelta(minutes=number // 7)
            session.add(
                CaseNote(
                    case_id=story.case_id,
                    kind="call",
                    text=f"Call {number}",
                    happened_on=now.today(),
                    written_at=moment,
                    written_by_id=worker.id,
                )
            )
    clock.shift(timedelta(hours=1))
    seen: list[str] = []
    before = None
    with reading() as session:
        case = session.get_one(Case, story.case_id)
        for _ in range(30):
            page = chronology(session, case, before=before, size=5)
            moments = [event.at for event in page.events]
            assert moments == sorted(moments, reverse=True)
            seen += [event.text or event.title for event in page.events]
            before = page.earlier
            if before is None:
                break
        whole = chronology(session, case, size=1000).events
    assert before is None
    assert sorted(seen) == sorted(event.text or event.title for event in whole)
    assert whole[-1].title == "Case opened"


def test_it_tells_of_steps_decisions_concerns_and_clocks_but_not_of_joints(
    browse: Browse, worker: User, planned: Story, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(weeks=9))
    fire_all_due()
    client = browse(worker)
    page = client.get(f"/cases/{planned.case_id}/chronology").text
    said = words(page)
    for event in ("Write the plan", "agreed: Agencies together", "Concern raised"):
        assert event in said
    assert "Review progress: Review date by the clock" in said
    assert "Wait for the review: Time to invite by the clock" in said
    for joint in ("Work begins", "Way chosen", "Go on to ask for agreement"):
        assert joint not in said
    only = words(client.get(f"/cases/{planned.case_id}/chronology?kind=decision").text)
    assert "agreed: Agencies together" in only
    assert "Write the plan by" not in only
    task_id = client.get(f"/cases/{planned.case_id}/chronology?kind=task").text
    assert 'href="/tasks/' in task_id


def test_whoever_asks_reads_what_tables_worked_out_and_why(
    browse: Browse, worker: User, planned: Story
) -> None:
    client = browse(worker)
    path = f"/cases/{planned.case_id}/chronology"
    assert "from a table" not in words(client.get(path).text)
    page = words(client.get(f"{path}?kind=rule").text)
    assert "Suggest a level, from a table" in page
    assert "A targeted indicator for the child." in page
    assert "Write the plan by" not in page


def test_odd_addresses_of_the_chronology_are_harmless(
    browse: Browse, worker: User, planned: Story
) -> None:
    for odd in (
        "kind=x",
        "before=yesterday",
        "before=2026-01-01",
        "before=2026-01-01T00:00%2B00:00",
    ):
        answer = browse(worker).get(f"/cases/{planned.case_id}/chronology?{odd}")
        assert answer.status_code == 200, odd


# ------------------------------------------------------------------ notes


def _note(**said: object) -> dict[str, object]:
    today = now.today()
    day = {
        "happened_on-day": today.day,
        "happened_on-month": today.month,
        "happened_on-year": today.year,
    }
    return {"kind": "visit", "text": "All three were in.", **day, **said}


def test_a_note_lands_in_the_chronology_once_escaped(
    browse: Browse, worker: User, planned: Story
) -> None:
    client = browse(worker)
    client.post(f"/cases/{planned.case_id}/notes", data=_note(text="<b>Bold</b>\nsecond line"))
    page = client.get(f"/cases/{planned.case_id}/chronology").text
    assert "&lt;b&gt;Bold&lt;/b&gt;<br>second line" in page


@pytest.mark.parametrize(
    ("said", "words_on_page"),
    [
        ({"text": "  "}, "Enter what happened"),
        ({"text": "x" * 5001}, "5,000 characters or fewer"),
        ({"kind": "gossip"}, "Select what the note is about"),
        ({"happened_on-day": "32"}, "Enter the day it happened"),
        ({"happened_on-year": "2050"}, "today or earlier"),
    ],
)
def test_a_note_with_something_missing_comes_back_as_typed(
    browse: Browse,
    worker: User,
    planned: Story,
    said: dict[str, object],
    words_on_page: str,
) -> None:
    answer = browse(worker).post(f"/cases/{planned.case_id}/notes", data=_note(**said))
    assert answer.status_code == 422
    assert words_on_page in words(answer.text)
    if "text" not in said:
        assert "All three were in." in answer.text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseNote)) == 0


# ------------------------------------------------------------------ reviews


def test_a_review_moves_with_its_clock_and_opens_on_the_new_day(
    browse: Browse, worker: User, planned: Story, clock: time_machine.Traveller
) -> None:
    to = now.today() + timedelta(days=10)
    assert _move(browse(worker), planned, to).status_code == 302
    assert _review_on(planned) == (to, to)
    clock.shift(timedelta(days=9))
    fire_all_due()
    assert "choose_review_method" not in planned.open_tasks()
    clock.shift(timedelta(days=1))
    fire_all_due()
    assert "choose_review_method" in planned.open_tasks()


def test_a_review_cannot_move_anywhere(browse: Browse, worker: User, planned: Story) -> None:
    before, client = _review_on(planned), browse(worker)
    today = now.today()
    for to, reason, said in (
        (None, "x", "Enter a day after today."),
        (today, "x", "Enter a day after today."),
        (today + timedelta(weeks=30), "x", "at the latest."),
        (today + timedelta(days=10), " ", "Enter why the review moves."),
    ):
        answer = _move(client, planned, to, reason)
        assert answer.status_code == 422, said
        assert said in words(answer.text)
    assert _review_on(planned) == before
    none = begin(planned.cast, family="Nobody", by=worker)
    answer = _move(client, none, today + timedelta(days=10))
    assert "No review is waiting" in words(answer.text)


# ------------------------------------------------------------------ further processes


def _running(story: Story) -> list[str]:
    with reading() as session:
        query = select(ProcessInstance.process_id).where(ProcessInstance.case_id == story.case_id)
        return sorted(session.scalars(query))


def test_a_further_process_starts_once(browse: Browse, worker: User, planned: Story) -> None:
    client = browse(worker)
    start = f"/cases/{planned.case_id}/start"
    data = {"process": "slot_front_door", "idempotency_key": "one"}
    first, again = client.post(start, data=data), client.post(start, data=data)
    assert first.location == again.location
    assert first.location == f"/tasks/{planned.task('make_front_door_contact').id}"
    third = client.post(start, data={**data, "idempotency_key": "two"})
    assert third.status_code == 409
    assert "already running" in words(third.text)
    assert _running(planned).count("slot_front_door") == 1


def test_what_is_not_offered_cannot_be_started(
    browse: Browse, worker: User, planned: Story
) -> None:
    before = _running(planned)
    for process in ("early_help_pathway", "end_plan", "", "x' OR 1=1"):
        data = {"process": process, "idempotency_key": f"k {process}"}
        answer = browse(worker).post(f"/cases/{planned.case_id}/start", data=data)
        assert answer.status_code == 422, process
    assert _running(planned) == before


def test_every_worry_about_harm_counts(browse: Browse, worker: User, planned: Story) -> None:
    client = browse(worker)
    for key in ("one", "one", "two"):
        client.post(f"/cases/{planned.case_id}/harm", data={"idempotency_key": key})
    assert _running(planned).count("urgent_safeguarding") == 2


def test_a_sub_process_with_open_work_is_not_shown_as_done(planned: Story) -> None:
    planned.do("do_action")
    with reading() as session:
        found = [j for j in journeys(session, planned.case_id) if j.name == "Meet needs"]
    states = {step.element_id: step for step in found[0].levels[0].steps}
    outer = next(step for step in states.values() if step.kind == "subprocess")
    assert (outer.state, states["do_action"].state) == ("current", "current")


def test_a_note_that_could_not_be_sent_comes_back_in_the_words_of_its_form(
    browse: Browse, worker: User, planned: Story
) -> None:
    day = {"happened_on-day": "3", "happened_on-month": "4", "happened_on-year": "2026"}
    typed = {"kind": "visit", **day, "text": "Tia laughed.", "csrf_token": "of another session"}
    page = browse(worker).post(f"/cases/{planned.case_id}/notes", data=typed, csrf=False).text
    said = words(page)
    assert "What was it? Visit When? 3 4 2026 What happened? Tia laughed." in said


def test_a_social_worker_steps_down_a_family_nobody_here_knows(browse: Browse, cast: Cast) -> None:
    """SOTON-28, HULL-113: the social worker proposes, also where early help has no case."""
    social_worker = cast.one("social_worker")
    client = browse(social_worker)
    assert "Step a family down" in client.get("/concern").text
    assert "Step a family down" not in browse(cast.one("practitioner")).get("/concern").text
    data = {"area": cast.area, "idempotency_key": "one"}
    begun = client.post("/step-down", data=data)
    with reading() as session:
        task = session.scalars(select(Task).where(Task.done_at.is_(None))).one()
        assert (task.element_id, task.assignee_id) == ("name_stepping_family", social_worker.id)
        assert session.get_one(Case, task.case_id).stage == "step_down"
    assert begun.location == f"/tasks/{task.id}"
    assert client.post("/step-down", data=data).location == begun.location


def test_whoever_may_not_propose_a_step_down_is_told(browse: Browse, worker: User) -> None:
    client = browse(worker)
    answers = [client.get("/step-down"), client.post("/step-down", data={"idempotency_key": "one"})]
    for answer in answers:
        assert answer.status_code == 403
        assert title(answer.text) == "You cannot open this page"
        assert "A step-down is proposed by a social worker or a supervisor." in words(answer.text)
    with reading() as session:
        assert session.scalars(select(Case)).all() == []


def test_a_step_down_of_a_family_with_work_open_goes_on_there(
    browse: Browse, cast: Cast, planned: Story
) -> None:
    social_worker = cast.one("social_worker")
    client = browse(social_worker)
    begun = client.post("/step-down", data={"area": cast.area, "idempotency_key": "one"})
    with reading() as session:
        found = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert found is not None
    story = Story(cast, found.id, 0)
    child = {"name": "Mia Hartley", "date_of_birth": "2019-04-02"}
    typed = story.typed("name_stepping_family", family_name="Hartley", children=[child])
    there = client.post(begun.location, data={**typed, "idempotency_key": "two"}).location
    typed = story.typed("confirm_stepping_family", same_family="yes")
    there = client.post(there, data={**typed, "idempotency_key": "three"}).location
    proposal = planned.task("propose_step_down")
    assert there == f"/tasks/{proposal.id}"
    assert proposal.assignee_id == social_worker.id
    assert "Work with this family is open already." in words(client.get(there).text)


def test_what_a_note_lacks_is_told_beside_its_field(
    browse: Browse, worker: User, planned: Story
) -> None:
    client = browse(worker)
    address = f"/cases/{planned.case_id}/notes"
    day = {"happened_on-day": "3", "happened_on-month": "4", "happened_on-year": "2026"}
    page = client.post(address, data={"kind": "visit", **day, "text": " "}).text
    assert 'aria-describedby="text-error"' in page
    assert "Enter what happened" in page.split('id="text-error"')[1].split("</p>")[0]
    page = client.post(address, data={"kind": "visit", "text": "Tia laughed."}).text
    assert "Enter the day it happened" in page.split('id="happened_on-error"')[1].split("</p>")[0]
    assert "Tia laughed." in page
