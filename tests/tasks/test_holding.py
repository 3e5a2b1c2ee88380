"""Taking on, giving back and handing over, through the pages."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from app.db import reading, transaction
from app.identity.models import User
from app.runtime.models import Task
from tests.support.factories import make_user
from tests.support.reading_pages import words
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story, begin

Browse = Callable[[User], SiteClient]


@pytest.fixture
def free(concern: Story) -> Task:
    """A task nobody holds."""
    task = concern.task("record_concern")
    with transaction() as session:
        session.execute(update(Task).where(Task.id == task.id).values(assignee_id=None))
    return task


def _holder(task: Task) -> int | None:
    with reading() as session:
        return session.get_one(Task, task.id).assignee_id


def test_of_two_who_take_it_on_the_second_hears_of_the_first(
    browse: Browse, worker: User, colleague: User, free: Task
) -> None:
    assert browse(worker).post(f"/tasks/{free.id}/claim").location == f"/tasks/{free.id}"
    answer = browse(colleague).post(f"/tasks/{free.id}/claim")
    assert answer.status_code == 409
    assert f"{worker.name} has taken this on already." in words(answer.text)
    assert browse(worker).post(f"/tasks/{free.id}/claim").status_code == 302
    assert _holder(free) == worker.id


def test_people_of_another_role_cannot_take_it_on(browse: Browse, cast: Cast, free: Task) -> None:
    answer = browse(cast.one("front_door_worker")).post(f"/tasks/{free.id}/claim")
    assert answer.status_code == 409
    assert "This task is for a practitioner." in words(answer.text)
    assert _holder(free) is None


def test_only_its_holder_gives_it_back(
    browse: Browse, worker: User, colleague: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    refused = browse(colleague).post(f"/tasks/{task.id}/release")
    assert refused.status_code == 403
    assert "Only the person who holds a task can give it back." in words(refused.text)
    browse(worker).post(f"/tasks/{task.id}/release")
    assert _holder(task) is None


def test_the_holder_or_a_supervisor_hands_it_over_to_who_does_such_work(
    browse: Browse, cast: Cast, worker: User, colleague: User, supervisor: User, concern: Story
) -> None:
    task = concern.task("record_concern")
    third = cast.one("practitioner", 2)
    refused = browse(colleague).post(f"/tasks/{task.id}/reassign", data={"to": colleague.id})
    assert refused.status_code == 403
    assert "or a supervisor, can hand it over" in words(refused.text)
    browse(worker).post(f"/tasks/{task.id}/reassign", data={"to": colleague.id})
    assert _holder(task) == colleague.id
    answer = browse(supervisor).post(f"/tasks/{task.id}/reassign", data={"to": third.id})
    assert answer.location == "/tasks"
    assert _holder(task) == third.id


def test_it_cannot_go_to_nobody_or_to_people_who_do_not_do_this(
    browse: Browse, cast: Cast, worker: User, concern: Story
) -> None:
    task, client = concern.task("record_concern"), browse(worker)
    elsewhere = make_user("Sibyl Stranger", area="elsewhere")
    for to in ("", "abc", "0", cast.one("administrator").id, elsewhere.id):
        answer = client.post(f"/tasks/{task.id}/reassign", data={"to": to})
        assert answer.status_code == 422, to
        assert "Choose who the task goes to." in words(answer.text)
    assert _holder(task) == worker.id
    page = client.get(f"/tasks/{task.id}").text
    assert "Sibyl Stranger" not in page


def test_finished_work_cannot_be_held(browse: Browse, worker: User, cast: Cast) -> None:
    story = begin(cast, by=worker)
    task = story.task("record_concern")
    story.do("record_concern")
    assert browse(worker).post(f"/tasks/{task.id}/claim").status_code == 409
    released = browse(worker).post(f"/tasks/{task.id}/release")
    assert released.status_code in (403, 409)
    with reading() as session:
        assert session.get_one(Task, task.id).done_by_id == worker.id
