"""One task: its page, its draft, handing it in, and everything that can be wrong with that."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.cases.usual_days import months_later
from app.db import reading, transaction
from app.identity.models import User
from app.runtime.drafts import latest_draft
from app.runtime.models import ProcessInstance, Submission, Task
from tests.support.database_writes import watch_writes
from tests.support.factories import make_user
from tests.support.reading_pages import key_in, title, words
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story, begin

Browse = Callable[[User], SiteClient]
#: What a request may always write: when somebody was last seen.
ALWAYS = {"user_session"}


def _count(table: type[Any]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _version(story: Story) -> int:
    with reading() as session:
        return session.get_one(ProcessInstance, story.instance_id).lock_version


def test_the_next_step_of_the_same_family_follows(
    browse: Browse, worker: User, concern: Story
) -> None:
    client = browse(worker)
    task = concern.task("record_concern")
    page = client.get(f"/tasks/{task.id}").text
    typed = concern.typed("record_concern")
    answer = client.post(f"/tasks/{task.id}", data={**typed, "idempotency_key": key_in(page)})
    following = concern.task("weigh_first_signs")
    assert answer.location == f"/tasks/{following.id}"
    assert "“Record the concern” is done." in words(client.get(answer.location).text)


def test_sent_twice_it_is_done_once(browse: Browse, worker: User, concern: Story) -> None:
    client = browse(worker)
    task = concern.task("record_concern")
    data = {**concern.typed("record_concern"), "idempotency_key": "pressed-twice"}
    answers = [client.post(f"/tasks/{task.id}", data=data) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert _count(Submission) == 1


@pytest.mark.parametrize("key", ["", "k" * 81])
def test_without_a_key_nothing_is_done(
    browse: Browse, worker: User, concern: Story, key: str
) -> None:
    task = concern.task("record_concern")
    data = {**concern.typed("record_concern"), "idempotency_key": key}
    answer = browse(worker).post(f"/tasks/{task.id}", data=data)
    assert answer.status_code == 422
    assert _count(Submission) == 0


def test_refused_answers_come_back_as_typed_and_nothing_is_written(
    browse: Browse, worker: User, concern: Story
) -> None:
    task, client = concern.task("record_concern"), browse(worker)
    typed = concern.typed("record_concern")
    before = _version(concern)
    wrong: dict[str, dict[str, list[str]]] = {
        "missing": {"family_name": [""]},
        "too long": {"family_name": ["x" * 121]},
        "no such choice": {"how_noticed": ["by_magic"]},
        "no such day": {"noticed_on-day": ["31"], "noticed_on-month": ["2"]},
    }
    for what, change in wrong.items():
        data = {**typed, **change, "idempotency_key": f"refused {what}"}
        with watch_writes() as writes:
            answer = client.post(f"/tasks/{task.id}", data=data)
        assert answer.status_code == 422, what
        assert "There is a problem" in words(answer.text), what
        assert "<title>\n  Error: " in answer.text or "<title>Error: " in answer.text, what
        assert typed["what"][0] in words(answer.text), what
        assert set(writes) <= ALWAYS | {"idempotency_key"}, what
    assert (_count(Submission), _version(concern)) == (0, before)
    done = client.post(f"/tasks/{task.id}", data={**typed, "idempotency_key": "refused missing"})
    assert done.status_code == 302, "a refused page can be sent again with the same key"


def test_fields_the_form_does_not_have_are_not_kept(
    browse: Browse, worker: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    data = {
        **concern.typed("record_concern"),
        "idempotency_key": "k",
        "level": "4",
        "case_id": "999",
        "is_admin": "1",
    }
    answer = browse(worker).post(f"/tasks/{task.id}", data=data)
    assert answer.status_code in (302, 422)
    with reading() as session:
        facts = session.get_one(ProcessInstance, concern.instance_id).facts
        kept = [row.answers for row in session.scalars(select(Submission))]
    assert facts["case_id"] == concern.case_id
    assert all(not {"level", "case_id", "is_admin"} & set(answers) for answers in kept)


def test_a_flood_is_refused_as_too_much(browse: Browse, worker: User, concern: Story) -> None:
    task = concern.task("record_concern")
    flood = {**concern.typed("record_concern"), "what": ["x" * 1_100_000], "idempotency_key": "k"}
    answer = browse(worker).post(f"/tasks/{task.id}", data=flood)
    assert answer.status_code == 413
    assert _count(Submission) == 0


def test_a_task_nobody_knows_is_not_found(browse: Browse, worker: User) -> None:
    client = browse(worker)
    for call in (client.get("/tasks/987654"), client.post("/tasks/987654", data=_key())):
        assert call.status_code == 404
        assert "cannot find that task" in words(call.text)


def test_a_foreign_task_looks_like_one_that_does_not_exist(
    browse: Browse, worker: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    stranger = browse(make_user("Sibyl Stranger", area="elsewhere"))
    unknown = words(stranger.get("/tasks/987654").text)
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("POST", "/draft"),
        ("POST", "/claim"),
        ("POST", "/release"),
        ("POST", "/reassign"),
        ("GET", "/decide"),
    ):
        answer = stranger.open(f"/tasks/{task.id}{path}", method=method, data=_key())
        assert answer.status_code == 404, (method, path)
        if method == "GET" and not path:
            assert _without_reference(words(answer.text)) == _without_reference(unknown)


def test_a_finished_task_shows_who_did_it_and_what_they_wrote(
    browse: Browse, worker: User, colleague: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    concern.do("record_concern", family_name="Sorrel", children=[{"name": "Ada Sorrel"}])
    page = browse(colleague).get(f"/tasks/{task.id}").text
    assert title(page) == "Record the concern"
    assert f"Done by {worker.name}" in words(page)
    assert "Ada Sorrel" in words(page)
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


def test_a_finished_task_cannot_be_handed_in_again_but_the_words_are_given_back(
    browse: Browse, worker: User, colleague: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    typed = concern.typed("record_concern")
    concern.do("record_concern", family_name="Sorrel", children=[{"name": "Ada Sorrel"}])
    before = _version(concern)
    late = {**typed, "what": ["Seen at the\nbus stop."], "idempotency_key": "late"}
    answer = browse(colleague).post(f"/tasks/{task.id}", data=late)
    assert answer.status_code == 409
    assert f"{worker.name} was faster" in words(answer.text)
    assert "Seen at the" in words(answer.text)
    assert (_count(Submission), _version(concern)) == (1, before)


def test_wrong_people_are_told_why_in_words(
    browse: Browse, cast: Cast, worker: User, colleague: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    page = words(browse(colleague).get(f"/tasks/{task.id}").text)
    assert f"This task is with {worker.name}. Ask them, or a supervisor, to hand it over." in page
    answer = browse(colleague).post(
        f"/tasks/{task.id}", data={**concern.typed("record_concern"), **_key()}
    )
    assert answer.status_code == 403
    assert f"This task is with {worker.name}" in words(answer.text)
    with transaction() as session:
        session.execute(update(Task).where(Task.id == task.id).values(assignee_id=None))
    front_door = cast.one("front_door_worker")
    assert "This task is for a practitioner." in words(
        browse(front_door).get(f"/tasks/{task.id}").text
    )
    assert _count(Submission) == 0


def test_a_task_that_went_to_somebody_else_meanwhile_does_not_cost_what_was_typed(
    browse: Browse, worker: User, colleague: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    typed = {**concern.typed("record_concern"), "what": ["Seen at the bus stop."], **_key()}
    half = {"what": ["Seen at the bus stop."], **_key()}
    stranger = make_user("Sibyl Stranger", area="elsewhere")
    for person, data, status, why in (
        (colleague, typed, 403, f"This task is with {worker.name}"),
        (colleague, half, 403, f"This task is with {worker.name}"),
        (stranger, typed, 404, "We cannot find that task"),
    ):
        answer = browse(person).post(f"/tasks/{task.id}", data=data)
        assert answer.status_code == status
        assert why in words(answer.text)
        assert "Nothing you typed is lost" in words(answer.text)
        assert "Seen at the bus stop." in words(answer.text)
        assert "a key" not in words(answer.text)
    assert _count(Submission) == 0


def test_drafts_are_kept_unchecked_and_the_older_tab_is_told(
    browse: Browse, worker: User, concern: Story
) -> None:
    client, task = browse(worker), concern.task("record_concern")
    script = {"X-Requested-With": "fetch", "Accept": "application/json"}

    def save(name: str, version: int) -> Any:
        return client.post(
            f"/tasks/{task.id}/draft",
            data={"family_name": name, "noticed_on-day": "99", "draft_version": version},
            headers=script,
        )

    first = save("One", 0)
    assert first.json["version"] == 1
    assert save("Two", 1).json["version"] == 2
    stale = save("Three", 1)
    assert stale.status_code == 409
    assert "another tab" in stale.json["message"]
    with reading() as session:
        draft = latest_draft(session, task.id)
    assert draft is not None
    assert draft.answers["family_name"] == ["Two"]
    assert 'value="99"' in client.get(f"/tasks/{task.id}").text


def test_a_draft_goes_over_with_the_task(
    browse: Browse, worker: User, colleague: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    client = browse(worker)
    client.post(f"/tasks/{task.id}/draft", data={"family_name": "Half written"})
    client.post(f"/tasks/{task.id}/reassign", data={"to": colleague.id})
    page = browse(colleague).get(f"/tasks/{task.id}").text
    assert 'value="Half written"' in page
    assert f"{worker.name} wrote part of this" in words(page)


def test_adding_a_row_without_scripts_shows_the_page_again_and_checks_nothing(
    browse: Browse, worker: User, concern: Story
) -> None:
    task, client = concern.task("record_concern"), browse(worker)
    data = {"children-0-_": "1", "children-0-name": "Ada", "_add": "children", **_key()}
    answer = client.post(f"/tasks/{task.id}", data=data)
    assert answer.status_code == 422
    assert "There is a problem" not in words(answer.text)
    body = re.sub(r"<template.*?</template>", "", answer.text, flags=re.DOTALL)
    assert body.count("children-1-name") > 0
    assert 'value="Ada"' in body


def test_help_known_facts_and_the_way_to_the_harm_page_are_beside_the_form(
    browse: Browse, cast: Cast, worker: User
) -> None:
    story = begin(cast, family="Tansy", by=worker)
    page = browse(worker).get(f"/tasks/{story.task('weigh_first_signs').id}").text
    assert "Mia Tansy" in words(page)
    assert f'href="/cases/{story.case_id}/harm"' in page
    assert story.task("weigh_first_signs").documentation.split("\n")[0] in words(page)


def _key() -> dict[str, str]:
    return {"idempotency_key": "a key"}


def _without_reference(text: str) -> str:
    return re.sub(r"Reference: \w+", "", text)


def test_what_could_not_be_sent_comes_back_in_the_words_of_its_form(
    browse: Browse, worker: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    typed = {**concern.typed("record_concern"), "csrf_token": "of another session"}
    answer = browse(worker).post(f"/tasks/{task.id}", data=typed, csrf=False)
    assert answer.status_code == 400
    said = words(answer.text)
    assert "Family name" in said
    assert typed["what"][0] in said
    for internal in ("Family_name", "how_noticed", "Noticed on-day", "people-0"):
        assert internal not in said


def test_only_the_family_can_be_chosen_as_having_answered(
    browse: Browse, cast: Cast, worker: User
) -> None:
    story = begin(cast, family="Tansy", by=worker)
    story.up_to("record_agreement")
    page = browse(worker).get(f"/tasks/{story.task('record_agreement').id}").text
    offered = re.findall(r"<select[^>]*(?:consent_by|person)\".*?</select>", page, re.DOTALL)
    assert offered
    assert all("Mia Tansy" in each and worker.name not in each for each in offered)


def test_talking_with_the_family_is_somebodys_before_there_is_a_lead(
    cast: Cast, worker: User
) -> None:
    story = begin(cast, family="Tansy", by=worker)
    story.up_to("agree_lead_with_family")
    assert story.task("agree_lead_with_family").assignee_id == worker.id


def test_the_usual_days_of_the_area_are_filled_in(browse: Browse, cast: Cast, worker: User) -> None:
    story = begin(cast, family="Tansy", by=worker)
    story.up_to("record_agreement")
    page = browse(worker).get(f"/tasks/{story.task('record_agreement').id}").text
    then = months_later(clock.today(), 6)
    for part, number in (("day", then.day), ("month", then.month), ("year", then.year)):
        field = re.search(rf'<input[^>]*name="consent_review_on-{part}"[^>]*>', page)
        assert field
        assert f'value="{number}"' in field[0]
