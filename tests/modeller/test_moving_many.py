"""Many cases moved at once: some at a time, by two people, and by a program that is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from app import db
from app.config import ROOT
from app.db import reading
from app.identity.models import User
from app.modeller import move_batch, move_trial
from app.modeller.models import MoveBatch, MoveCase
from app.runtime import rehearse
from app.runtime.copies import Copy
from app.runtime.records import InstanceMove
from tests.modeller.conftest import Workshop, visit
from tests.modeller.test_moving import PLAN, press, published, tried
from tests.support.diagrams import bpmn, call, end, flow, process, start, user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish
from tests.support.site import client_for

KILLED = """
import sys
from app import db
from app.cases.registration import register_with_runtime
from app.db import reading
from app.identity.models import User
from app.modeller import move_batch, move_trial

db.connect(sys.argv[1])
register_with_runtime()
with reading() as session:
    user = session.get_one(User, int(sys.argv[3]))
move_batch.apply_next(int(sys.argv[2]), user)
"""


def started(driver: ProcessDriver, number: int) -> list[int]:
    return [driver.start("visit") for _ in range(number)]


def moves() -> list[int]:
    with reading() as session:
        query = select(InstanceMove.instance_id).where(InstanceMove.undone_at.is_(None))
        return list(session.scalars(query.order_by(InstanceMove.instance_id)))


def test_a_program_killed_half_way_leaves_every_case_moved_or_not_and_the_rest_goes_on(
    workshop: Workshop, driver: ProcessDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_batch, "LONGEST_PRESS", 1_000)
    cases = started(driver, 40)
    published(workshop, visit(ask="Ask everybody"))
    results = tried(workshop)
    batch_id = results.rsplit("/", 1)[-1]
    url = db.write_engine().url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", KILLED, url, batch_id, str(workshop.owner.id)]
    program = subprocess.Popen(command, cwd=ROOT)
    while not moves() and program.poll() is None:
        time.sleep(0.01)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    moved = moves()
    assert 0 < len(moved) < len(cases), "it was killed too early or too late to tell anything"
    with reading() as session:
        noted = session.scalars(
            select(MoveCase.instance_id).where(MoveCase.move_id.is_not(None))
        ).all()
    assert sorted(noted) == moved
    page = press(workshop, f"{results}/apply")
    assert f"{len(cases) - len(moved)} cases were moved." in page
    assert moves() == cases
    assert "40 cases were taken back" in press(workshop, f"{results}/undo")
    assert moves() == []


def test_what_one_press_cannot_do_the_next_does_and_the_buttons_say_so(
    workshop: Workshop, driver: ProcessDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_trial, "MOST_TRIED", 3)
    monkeypatch.setattr(move_batch, "MOST_MOVED", 2)
    monkeypatch.setattr("app.modeller.move_listing.MOST_MOVED", 2)
    started(driver, 4)
    published(workshop, visit(ask="Ask everybody"))
    results = tried(workshop)
    page = workshop.client.get(results).text
    assert "1 not tried yet" in page
    assert "You can close this page in between" in page
    page = press(workshop, f"{results}/try")
    assert "Move the next cases" in page
    assert "2 cases were moved." in press(workshop, f"{results}/apply")
    page = press(workshop, f"{results}/apply")
    assert "Take back the next moves" in page
    driver.complete("ask", more="yes")
    page = press(workshop, f"{results}/undo")
    assert "1 case was taken back, exactly as before the move. 1 case was not; why is" in page
    page = press(workshop, f"{results}/undo")
    assert "2 cases were taken back" in page, "the one that cannot go back must not stand in front"


def test_a_press_that_takes_long_stops_and_the_next_goes_on(
    workshop: Workshop, driver: ProcessDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_batch, "LONGEST_PRESS", -1)
    cases = started(driver, 2)
    published(workshop, visit(ask="Ask everybody"))
    results = tried(workshop)
    assert "1 case was moved." in press(workshop, f"{results}/apply")
    assert moves() == cases[:1]
    assert "1 case was moved." in press(workshop, f"{results}/apply")
    assert moves() == cases


def test_two_owners_who_press_at_once_move_each_case_once(
    workshop: Workshop, driver: ProcessDriver, colleague: User
) -> None:
    cases = started(driver, 3)
    published(workshop, visit(ask="Ask everybody"))
    mine, theirs = tried(workshop), tried(workshop, once="more")
    other = Workshop(workshop.app, colleague, client_for(workshop.app, colleague))
    assert "3 cases were moved." in press(workshop, f"{mine}/apply")
    page = press(other, f"{theirs}/apply")
    assert "0 cases were moved. 3 cases were not; why is said below." in page
    assert moves() == cases
    assert "3 cases were taken back" in press(other, f"{mine}/undo")
    assert "3 cases were moved." in press(workshop, f"{tried(workshop, third='time')}/apply")
    assert "0 cases were taken back" in press(workshop, f"{mine}/undo")
    assert moves() == cases


def test_cases_that_are_at_no_step_of_the_process_are_counted_for_themselves(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    ask = user("begin", name="Begin", form="ask", groups="practitioner")
    chain = flow("start > begin > visit_them > end")
    outer = process("outer", start(), ask, call("visit_them", "visit"), end(), chain)
    publish(bpmn(outer))
    driver.start("outer")
    started(driver, 1)
    published(workshop, visit(ask="Ask everybody"))
    page = workshop.client.get(PLAN).text
    assert "2 cases run on an older version" in page
    assert "1 case is at no step of this process now" in page


def test_a_trial_that_breaks_says_so_and_loses_nothing(
    workshop: Workshop, driver: ProcessDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(driver, 1)
    published(workshop, visit(ask="Ask everybody"))
    monkeypatch.setattr(rehearse, "LONGEST", 0.001)
    answer = workshop.client.post(PLAN, data={"idempotency_key": "k", "csrf_token": ""})
    assert answer.status_code < 500
    assert "did not come to its end" in answer.text
    monkeypatch.undo()
    with reading() as session:
        batch_id = session.scalars(select(func.max(MoveBatch.id))).one()
    page = press(workshop, f"/processes/moves/{batch_id}/try")
    assert "1 can be moved" in page


def test_one_copy_that_cannot_be_read_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(rehearse, "_moved", breaks)
    copies = [Copy(instance_id=each, state=b"", from_key="a", to_key="b") for each in (1, 2)]
    said = {"sets": [], "files": {}, "copies": [copy.to_json() for copy in copies]}
    found = list(rehearse.move(said))
    assert [line["instance_id"] for line in found] == [1, 2]
    assert all("Something unexpected" in line["problem"] for line in found)
