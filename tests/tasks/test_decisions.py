"""Signing off through the pages: what they say, what they refuse, what they write."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db import reading, transaction
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.models import DecisionRecord, Task
from tests.support.factories import make_user
from tests.support.reading_pages import key_in, rows, title, words
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story, begin

Browse = Callable[[User], SiteClient]


@pytest.fixture
def waiting(cast: Cast, worker: User) -> Story:
    """A case whose assessment waits for a supervisor."""
    story = begin(cast, family="Juniper", by=worker)
    story.up_to("decide_help")
    return story


def _records() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(DecisionRecord)) or 0


def _post(client: SiteClient, task: Task, **said: Any) -> Any:
    data = {"idempotency_key": "k", **{f"sign_off_{name}": value for name, value in said.items()}}
    return client.post(f"/tasks/{task.id}/decide", data=data)


def _another_way(page: str) -> str:
    """A flow that is not the recommended one."""
    ways = page.split('id="sign_off_flow_id"')[1].split("</select>", maxsplit=1)[0]
    found = re.search(r'<option value="(\w+)"', ways)
    assert found is not None
    return found[1]


def test_the_list_says_what_is_recommended_and_by_whom(
    browse: Browse, supervisor: User, worker: User, waiting: Story
) -> None:
    line = rows(browse(supervisor).get("/tasks/decisions").text)[0]
    for said in ("What help does this family need?", "Juniper", "Agencies together", worker.name):
        assert said in line


def test_everything_to_decide_from_is_on_one_page(
    browse: Browse, supervisor: User, worker: User, waiting: Story
) -> None:
    task = waiting.task("decide_help")
    page = browse(supervisor).get(f"/tasks/{task.id}").location
    assert page == f"/tasks/{task.id}/decide"
    text = browse(supervisor).get(page).text
    assert title(text) == "What help does this family need?"
    said = words(text)
    for part in (
        f"By {worker.name}",
        "A plan is made with the family",
        "What each way leads to",
        "One agency",
        "No further need",
        "Why is this right for this family?",
        "Hear each child and the family",
        "Mia Juniper",
    ):
        assert part in said, part


@pytest.mark.parametrize(
    ("said", "anchor", "words_on_page"),
    [
        ({}, "sign_off_answer", "Choose one of the answers"),
        ({"answer": "certainly"}, "sign_off_answer", "Choose one of the answers"),
        ({"answer": "send_back", "send_back_to": "recommend_level"}, "sign_off_comment", ""),
        ({"answer": "send_back", "comment": "Why?", "send_back_to": "record_concern"}, "", ""),
        ({"answer": "decide_differently", "reason": "So."}, "sign_off_flow_id", ""),
        ({"answer": "decide_differently", "flow_id": "no_such_flow", "reason": "So."}, "", ""),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_written(
    browse: Browse,
    supervisor: User,
    waiting: Story,
    said: dict[str, str],
    anchor: str,
    words_on_page: str,
) -> None:
    task = waiting.task("decide_help")
    answer = _post(browse(supervisor), task, **said)
    assert answer.status_code == 422
    assert "There is a problem" in words(answer.text)
    assert words_on_page in words(answer.text)
    if anchor:
        assert f'href="#{anchor}"' in answer.text
        assert f'id="{anchor}"' in answer.text
    for value in said.values():
        assert value in answer.text or value in ("certainly", "no_such_flow", "record_concern")
    assert _records() == 0
    assert waiting.task("decide_help").id == task.id


def test_everything_a_different_decision_needs_is_asked_for_beside_its_field(
    browse: Browse, supervisor: User, waiting: Story
) -> None:
    task = waiting.task("decide_help")
    page = _post(browse(supervisor), task, answer="decide_differently").text
    for field, said in (
        ("flow_id", "Choose what should happen"),
        ("reason", "Give a reason for deciding differently"),
    ):
        assert f'href="#sign_off_{field}"' in page
        beside = page.split(f'id="sign_off_{field}-error"')[1].split("</p>")[0]
        assert said in beside
        assert f'aria-describedby="sign_off_{field}-error"' in page


def test_a_different_decision_needs_its_reason(
    browse: Browse, supervisor: User, waiting: Story
) -> None:
    task, client = waiting.task("decide_help"), browse(supervisor)
    way = _another_way(client.get(f"/tasks/{task.id}/decide").text)
    refused = _post(client, task, answer="decide_differently", flow_id=way, reason="  ")
    assert refused.status_code == 422
    assert 'href="#sign_off_reason"' in refused.text
    done = _post(client, task, answer="decide_differently", flow_id=way, reason="Enough is known.")
    assert done.status_code == 302
    assert _records() == 1


def test_the_next_decision_follows_until_none_is_left(
    browse: Browse, cast: Cast, supervisor: User, worker: User, waiting: Story
) -> None:
    other = begin(cast, family="Sycamore", by=worker)
    second = other.up_to("decide_help")
    client = browse(supervisor)
    first = _post(client, waiting.task("decide_help"), answer="approve")
    assert first.location == f"/tasks/{second.id}/decide"
    page = client.get(first.location).text
    assert "This is the next one." in words(page)
    data = {"idempotency_key": key_in(page), "sign_off_answer": "approve"}
    last = client.post(f"/tasks/{second.id}/decide", data=data)
    assert last.location == "/tasks/decisions"
    assert "No decision waits for you" in words(client.get(last.location).text)


def test_pressed_twice_it_is_decided_once(browse: Browse, supervisor: User, waiting: Story) -> None:
    task, client = waiting.task("decide_help"), browse(supervisor)
    answers = [_post(client, task, answer="approve") for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert _records() == 1


def test_of_two_supervisors_the_second_is_told(
    browse: Browse, cast: Cast, supervisor: User, waiting: Story
) -> None:
    task = waiting.task("decide_help")
    second = browse(cast.one("supervisor", 1))
    _post(browse(supervisor), task, answer="approve")
    late = _post(second, task, answer="send_back", comment="More!", send_back_to="recommend_level")
    page = words(late.text)
    assert late.status_code == 409
    assert f"{supervisor.name} was faster" in page
    assert "More!" in page
    assert "Nothing you chose here was recorded." in page
    assert _records() == 1


def test_who_may_not_decide_or_is_too_late_is_told_so_before_what_is_missing(
    browse: Browse, cast: Cast, supervisor: User, worker: User
) -> None:
    both = make_user(roles=["practitioner", "supervisor"], area=cast.area, team=worker.team_id)
    task = begin(cast, family="Larch", by=both).up_to("decide_help")
    half = {"answer": "decide_differently", "reason": "Her aunt can help."}
    refused = _post(browse(both), task, **half)
    assert refused.status_code == 403
    assert "someone else must decide" in words(refused.text)
    assert "Her aunt can help." in words(refused.text)
    _post(browse(supervisor), task, answer="approve")
    late = _post(browse(cast.one("supervisor", 1)), task, **half)
    assert late.status_code == 409
    assert f"{supervisor.name} was faster" in words(late.text)
    assert "Her aunt can help." in words(late.text)
    assert _records() == 1


def test_whoever_recommended_it_cannot_decide_even_as_a_supervisor(
    browse: Browse, cast: Cast, worker: User
) -> None:
    both = make_user(roles=["practitioner", "supervisor"], area=cast.area, team=worker.team_id)
    story = begin(cast, family="Hawthorn", by=both)
    task = story.up_to("decide_help")
    page = browse(both).get(f"/tasks/{task.id}/decide").text
    assert "so someone else must decide" in words(page)
    assert "Record my decision" not in page
    for user in (both, cast.one("front_door_worker"), worker):
        assert _post(browse(user), task, answer="approve").status_code == 403
    assert _records() == 0


def test_a_gateway_cannot_be_completed_like_a_task_nor_a_task_decided(
    browse: Browse, supervisor: User, worker: User, waiting: Story, concern: Story
) -> None:
    gateway, task = waiting.task("decide_help"), concern.task("record_concern")
    as_task = browse(supervisor).post(f"/tasks/{gateway.id}", data={"idempotency_key": "a"})
    assert as_task.status_code == 409
    as_gateway = _post(browse(supervisor), task, answer="approve")
    assert as_gateway.status_code in (403, 409)
    assert _records() == 0
    assert waiting.task("decide_help").id == gateway.id
    assert concern.task("record_concern").id == task.id


def test_a_decision_that_could_not_be_sent_comes_back_in_the_words_of_its_page(
    browse: Browse, supervisor: User, waiting: Story
) -> None:
    task, client = waiting.task("decide_help"), browse(supervisor)
    way = _another_way(client.get(f"/tasks/{task.id}/decide").text)
    typed = {
        "sign_off_answer": "decide_differently",
        "sign_off_flow_id": way,
        "sign_off_reason": "Enough is known.",
        "sign_off_send_back_to": "recommend_level",
        "csrf_token": "of another session",
    }
    said = words(client.post(f"/tasks/{task.id}/decide", data=typed, csrf=False).text)
    assert "Your decision Decide differently" in said
    assert "Why? Enough is known." in said
    for internal in ("decide_differently", "Sign off", way, "recommend_level"):
        assert internal not in said


def _leaves(cast: Cast, *roles: str) -> None:
    """Nobody with these roles works here any more."""
    with transaction() as session:
        for role in roles:
            for user in cast.people[Role(role)]:
                session.get_one(User, user.id).is_active = False


def test_where_nobody_could_decide_that_is_said_before_and_after(
    cast: Cast, browse: Browse, worker: User
) -> None:
    story = begin(cast, family="Juniper", by=worker)
    task = story.up_to("recommend_level")
    assert "is left who may decide" not in words(browse(worker).get(f"/tasks/{task.id}").text)
    _leaves(cast, "supervisor", "safeguarding_lead")
    said = words(browse(worker).get(f"/tasks/{task.id}").text)
    assert "no supervisor is left who may decide “What help does this family need?”" in said
    assert "Ask a colleague to do this task" in said

    story.do("recommend_level")
    page = words(browse(worker).get(f"/cases/{story.case_id}").text)
    assert "Nobody can decide this." in page


def test_a_stand_in_is_told_whose_decision_it_is(cast: Cast, browse: Browse, worker: User) -> None:
    story = begin(cast, family="Juniper", by=worker)
    story.up_to("recommend_level")
    _leaves(cast, "supervisor")
    story.do("recommend_level")
    task = story.task("decide_help")
    lead = cast.one("safeguarding_lead")
    assert "A supervisor would decide this." in words(
        browse(lead).get(f"/tasks/{task.id}/decide").text
    )
    page = words(browse(worker).get(f"/cases/{story.case_id}").text)
    assert "Nobody can decide this." not in page
