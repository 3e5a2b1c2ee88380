"""The lists of the inbox: what is in which, narrowed, searched, sorted, paged."""

import re
from collections.abc import Callable
from datetime import timedelta

import time_machine
from sqlalchemy import update

from app import clock as now
from app.db import reading, transaction
from app.identity.models import User
from app.runtime.models import NEVER, Task
from app.tasks.sign_off import Answer
from tests.support.factories import make_user
from tests.support.reading_pages import rows, words
from tests.support.scenario_doing import sign
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story, begin

Browse = Callable[[User], SiteClient]


def _set(task_id: int, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Task).where(Task.id == task_id).values(**values))


def _due(task_id: int, **span: float) -> None:
    at = now.now() + timedelta(**span)
    _set(task_id, due_at=at, due_sort=at)


def test_the_tabs_tell_mine_from_the_teams_and_from_others(
    browse: Browse, cast: Cast, worker: User, colleague: User, concern: Story
) -> None:
    free = begin(cast, by=worker).task("record_concern")
    _set(free.id, assignee_id=None)
    with_colleague = begin(cast, by=worker).task("record_concern")
    _set(with_colleague.id, assignee_id=colleague.id)
    client = browse(worker)
    lists = {
        tab: re.findall(r'href="/tasks/(\d+)"', client.get(f"/tasks?tab={tab}").text)
        for tab in ("mine", "team", "waiting")
    }
    assert set(lists["mine"]) == {str(concern.task("record_concern").id)}
    assert set(lists["team"]) == {str(free.id)}
    assert set(lists["waiting"]) == {str(with_colleague.id)}
    assert f"{colleague.name}" in rows(client.get("/tasks?tab=waiting").text)[0]


def test_whoever_holds_nothing_starts_with_what_the_team_could_take_on(
    browse: Browse, cast: Cast, worker: User, colleague: User
) -> None:
    free = begin(cast, by=worker).task("record_concern")
    _set(free.id, assignee_id=None)
    page = browse(colleague).get("/tasks").text
    assert 'aria-current="page">My team’s' in re.sub(r"\s+", " ", page)
    assert f'href="/tasks/{free.id}"' in page
    assert "you hold no task" in words(page)
    own = browse(colleague).get("/tasks?tab=mine").text
    assert "1 task waits in your team’s list. See what you could take on" in words(own)
    _set(free.id, assignee_id=colleague.id)
    assert f'href="/tasks/{free.id}"' in browse(colleague).get("/tasks").text
    team = browse(colleague).get("/tasks?tab=team").text
    assert "Go to your own 1 task" in words(team)


def test_what_waits_for_others_says_since_when_and_for_whom(
    browse: Browse, cast: Cast, worker: User, clock: time_machine.Traveller
) -> None:
    begin(cast, family="Alder", by=worker).up_to("decide_help")
    clock.shift(timedelta(days=2))
    found = rows(browse(worker).get("/tasks?tab=waiting").text)
    (row,) = [each for each in found if "What help does this family need?" in each]
    assert "Open for 2 days" in row
    assert row.count("upervisor") == 1


def test_what_is_coming_up_names_the_clock_with_what_it_belongs_to(
    browse: Browse, cast: Cast, worker: User
) -> None:
    story = begin(cast, family="Alder", by=worker)
    story.up_to("agree_plan")
    story.do("agree_plan")
    page = words(browse(worker).get("/tasks?tab=coming").text)
    assert "Review progress: Review date" in page


def test_overdue_work_is_on_top_and_says_so_in_words(
    browse: Browse, cast: Cast, worker: User
) -> None:
    late, soon, never = (begin(cast, by=worker).task("record_concern") for _ in range(3))
    _due(soon.id, days=1)
    _due(late.id, days=-2)
    _set(never.id, due_at=None, due_sort=NEVER)
    page = browse(worker).get("/tasks").text
    found = rows(page)
    assert ["2 days overdue" in found[0], "Due tomorrow" in found[1], "No date" in found[2]] == [
        True,
        True,
        True,
    ]
    assert page.index('class="is-overdue"') < page.index('class="is-soon"')
    assert "1 overdue" in words(page)


def test_each_row_says_why_it_is_there(
    browse: Browse, cast: Cast, worker: User, colleague: User, concern: Story
) -> None:
    client = browse(worker)
    assert "You raised this" in rows(client.get("/tasks").text)[0]
    _set(concern.task("record_concern").id, assignee_id=None)
    assert "For any practitioner" in rows(browse(colleague).get("/tasks?tab=team").text)[0]


def test_filters_narrow_and_stay_while_sorting(browse: Browse, cast: Cast, worker: User) -> None:
    first = begin(cast, family="Bramble", by=worker)
    second = begin(cast, family="Alder", by=worker)
    _due(first.task("weigh_first_signs").id, days=-1)
    client = browse(worker)
    assert len(rows(client.get("/tasks?due=overdue").text)) == 1
    assert len(rows(client.get("/tasks?stage=identify").text)) == 2
    assert rows(client.get("/tasks?stage=review").text) == []
    assert "Nothing matches these filters" in client.get("/tasks?kind=sign_off").text
    page = client.get("/tasks?stage=identify&sort=family").text
    assert ["Alder" in rows(page)[0], "Bramble" in rows(page)[1]] == [True, True]
    assert re.search(r'href="/tasks\?[^"]*stage=identify[^"]*sort=due', page)
    down = client.get("/tasks?sort=family&down=1").text
    assert "Bramble" in rows(down)[0]
    assert second.case_id


def test_what_is_searched_for_never_stands_in_an_address(
    browse: Browse, cast: Cast, worker: User
) -> None:
    begin(cast, family="Quince", by=worker)
    story = begin(cast, family="Rowan", by=worker)
    client = browse(worker)
    answer = client.post("/tasks/narrow?tab=mine", data={"text": "quin", "stage": "identify"})
    assert answer.location == "/tasks?tab=mine&stage=identify"
    found = rows(client.get(answer.location).text)
    assert len(found) == 1
    assert "Quince" in found[0]
    assert "quin" not in re.sub(r'value="quin"', "", client.get(answer.location).text)
    client.post("/tasks/narrow", data={"text": f"EH-{story.case_id:05d}"})
    assert "Rowan" in rows(client.get("/tasks").text)[0]
    assert rows(browse(worker).get("/tasks").text)[1:], "another browser is not narrowed"
    assert client.get("/tasks/clear").location == "/tasks?tab=mine"
    assert len(rows(client.get("/tasks").text)) == 2


def test_odd_filters_are_harmless(browse: Browse, worker: User, concern: Story) -> None:
    client = browse(worker)
    for odd in ("tab=nothing", "sort=password", "after=%%%", "after=WzEsMl0", "due=x&kind=x"):
        assert client.get(f"/tasks?{odd}").status_code == 200, odd
    for pattern in ("%", "_", "' OR 1=1 --", "x" * 5000):
        client.post("/tasks/narrow", data={"text": pattern})
        assert rows(client.get("/tasks").text) == [], pattern


def test_pages_follow_each_other_without_gap_or_repeat(
    browse: Browse, cast: Cast, worker: User, clock: time_machine.Traveller
) -> None:
    story = begin(cast, by=worker)
    task = story.task("record_concern")
    with transaction() as session:
        columns = {c.key: getattr(task, c.key) for c in Task.__table__.columns if c.key != "id"}
        for number in range(59):
            due = now.now() + timedelta(hours=number // 4)
            session.add(
                Task(**{**columns, "engine_task_id": f"x{number}", "due_at": due, "due_sort": due})
            )
    client = browse(worker)
    for way in ("", "&down=1", "&sort=opened", "&sort=family", "&sort=family&down=1"):
        seen: list[str] = []
        address = f"/tasks?tab=mine{way}"
        for _ in range(4):
            page = client.get(address).text
            seen += [
                m
                for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)
                for m in re.findall(r'app-strong"\s+href="/tasks/(\d+)"', row)
            ]
            following = re.search(r'rel="next"\s+href="([^"]+)"', page)
            if following is None:
                break
            address = following[1].replace("&amp;", "&")
        assert len(seen) == 60, way
        assert len(set(seen)) == 60, way


def test_somebody_elses_work_is_in_no_list(browse: Browse, cast: Cast, concern: Story) -> None:
    stranger = make_user("Sibyl Stranger", area="elsewhere")
    process_owner = cast.one("process_owner")
    _set(concern.task("record_concern").id, assignee_id=None)
    for user in (stranger, process_owner):
        for tab in ("mine", "team", "waiting", "coming"):
            page = browse(user).get(f"/tasks?tab={tab}").text
            assert f"EH-{concern.case_id:05d}" not in page


def test_counts_stop_at_a_hundred(browse: Browse, cast: Cast, worker: User) -> None:
    task = begin(cast, by=worker).task("record_concern")
    columns = {c.key: getattr(task, c.key) for c in Task.__table__.columns if c.key != "id"}
    with transaction() as session:
        session.add_all(Task(**{**columns, "engine_task_id": f"x{n}"}) for n in range(120))
    assert "99+" in words(browse(worker).get("/tasks").text)
    with reading() as session:
        assert session.query(Task).count() == 121


def test_what_was_sent_back_stands_above_everything(
    browse: Browse, cast: Cast, worker: User, supervisor: User
) -> None:
    urgent = begin(cast, family="Bramble", by=worker)
    _due(urgent.task("weigh_first_signs").id, days=-3)
    story = begin(cast, family="Alder", by=worker)
    decision = story.up_to("decide_help")
    said = Answer("send_back", comment="More, please.", send_back_to="recommend_level")
    sign(decision.id, supervisor.id, said)
    page = browse(worker).get("/tasks").text
    above = words(page.split("<table")[0])
    assert "Sent back to you with a comment Recommend the level of help , Alder" in above
    assert "Bramble" not in above
    assert "Sent back to you" not in words(browse(worker).get("/tasks?due=overdue").text)
