"""Moving running cases in the modeller: the plan, the trial, the move, the way back."""

import re

from sqlalchemy import select

from app.db import reading, transaction
from app.identity.models import User
from app.modeller.models import MoveCase
from app.runtime.actions import CancelInstance
from tests.modeller.conftest import NOTE, Workshop, visit
from tests.support.diagrams import bpmn, end, flow, process, start, user
from tests.support.factories import make_area, make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish
from tests.support.site import client_for

PLAN = "/processes/core/visit/move"


def published(workshop: Workshop, xml: bytes) -> None:
    answer = workshop.publish(workshop.draft(xml), NOTE, key=str(hash(xml)))
    assert answer.status_code == 302, answer.text


def tried(workshop: Workshop, **choices: str) -> str:
    """Press “Try it on copies”; where the results are."""
    data = {"idempotency_key": f"try{len(choices)}{choices}", **choices}
    answer = workshop.client.post(PLAN, data=data)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def press(workshop: Workshop, address: str, **data: str) -> str:
    answer = workshop.client.post(address, data={"idempotency_key": "k", **data})
    assert answer.status_code == 302, answer.text
    return workshop.client.get(answer.location).text


def field_of(page: str) -> str:
    found = re.search(r'name="(at-[^"]+)"', page)
    assert found is not None
    return found[1]


def test_from_the_version_page_to_the_moved_case_and_back(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    instance = driver.start("visit")
    published(workshop, visit(ask="Ask everybody"))
    page = workshop.client.get("/processes/core/visit").text
    assert "1 case runs on an older version" in page
    plan = workshop.client.get(PLAN).text
    assert "Move running cases to version 2" in plan
    assert "Ask the family" in plan
    assert "The same step" in plan
    results = tried(workshop)
    page = workshop.client.get(results).text
    assert "1 can be moved" in page
    assert driver.task("ask").name == "Ask the family"
    page = press(workshop, f"{results}/apply")
    assert "1 case was moved." in page
    assert driver.task("ask").name == "Ask everybody"
    assert "There is nothing to move" in workshop.client.get(PLAN).text
    page = press(workshop, f"{results}/undo")
    assert "exactly as before the move" in page
    assert driver.task("ask").name == "Ask the family"
    assert driver.task("ask").instance_id == instance


def test_a_step_drawn_anew_is_proposed_by_its_name_and_can_be_mapped_by_hand(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    driver.start("visit")
    renamed = visit().replace(b'id="ask"', b'id="talk"')
    for old, new in ((b'Ref="ask"', b'Ref="talk"'), (b'"ask_enough"', b'"talk_enough"')):
        renamed = renamed.replace(old, new)
    renamed = renamed.replace(b'"start_ask"', b'"start_talk"')
    published(workshop, renamed)
    plan = workshop.client.get(PLAN).text
    assert "found by its name and its neighbours" in plan
    press(workshop, f"{tried(workshop, **{field_of(plan): 'visit visit_again'})}/apply")
    assert driver.open_tasks() == {"visit_again": "practitioner"}


def test_cases_at_a_step_that_is_gone_stay_and_the_page_says_why(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    driver.start("visit")
    driver.complete("ask", more="yes")
    published(workshop, _without_second())
    plan = workshop.client.get(PLAN).text
    assert "does not have this step" in plan
    results = tried(workshop, **{field_of(plan): "leave"})
    page = workshop.client.get(results).text
    assert "You chose to leave cases at “Visit again” as they are." in page
    assert "/apply" not in page
    assert "does not have this step" in workshop.client.get(tried(workshop)).text
    assert driver.open_tasks() == {"visit_again": "practitioner"}


def _without_second() -> bytes:
    ask = user("ask", name="Ask the family", form="ask", groups="practitioner")
    parts = (start(), ask, end(), flow("start > ask > end"))
    return bpmn(process("visit", *parts, name="Visit a family"))


def test_what_happens_between_the_trial_and_the_move_is_said_for_each_case(
    workshop: Workshop, driver: ProcessDriver, colleague: User
) -> None:
    went_on, ended, stays = (driver.start("visit") for _ in range(3))
    published(workshop, visit(ask="Ask everybody"))
    results, other = tried(workshop), tried(workshop, once="more")
    driver.complete("ask", more="yes")
    driver.act(ended, CancelInstance(reason="A mistake"))
    page = press(workshop, f"{results}/apply")
    assert "1 case was moved." in page
    assert "Somebody worked on this case after it was tried. Try it again." in page
    assert "This process has already ended." in page
    theirs = Workshop(workshop.app, colleague, client_for(workshop.app, colleague))
    assert "This case is on that version already." in press(theirs, f"{other}/apply")
    page = press(workshop, f"{results}/try", again="1")
    assert "1 can be moved" in page
    assert driver.instance(went_on).definition_set_key != driver.instance(stays).definition_set_key


def test_a_case_that_has_gone_on_is_not_taken_back_and_the_page_says_by_what(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    driver.start("visit")
    published(workshop, visit(ask="Ask everybody"))
    results = tried(workshop)
    press(workshop, f"{results}/apply")
    driver.complete("ask", more="yes")
    page = press(workshop, f"{results}/undo")
    assert "“Ask everybody” was finished on 5 January" in page
    with reading() as session:
        line = session.scalars(select(MoveCase)).one()
    again = press(workshop, f"{results}/undo", case=str(line.id))
    assert "0 cases were taken back" in again


def test_pressed_twice_a_case_is_moved_once(workshop: Workshop, driver: ProcessDriver) -> None:
    instance = driver.start("visit")
    published(workshop, visit(ask="Ask everybody"))
    assert tried(workshop) == tried(workshop)
    results = tried(workshop)
    press(workshop, f"{results}/apply")
    version = driver.instance(instance).lock_version
    assert "0 cases were moved." in press(workshop, f"{results}/apply")
    assert driver.instance(instance).lock_version == version


def test_who_may_not_publish_may_look_and_not_move(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    driver.start("visit")
    published(workshop, visit(ask="Ask everybody"))
    results = tried(workshop)
    make_area("other", name="Other area")
    publish(area="other")
    assert "shared with Other area" in workshop.client.get(PLAN).text
    for address in (PLAN, f"{results}/try", f"{results}/apply", f"{results}/undo"):
        answer = workshop.client.post(address, data={"idempotency_key": "x"})
        assert answer.status_code == 403, address
    practitioner = client_for(workshop.app, make_user(role="practitioner"))
    assert practitioner.get(results).status_code == 403
    assert workshop.client.get("/processes/moves/999").status_code == 404


def test_nothing_is_written_by_looking(workshop: Workshop, driver: ProcessDriver) -> None:
    driver.start("visit")
    published(workshop, visit(ask="Ask everybody"))
    results = tried(workshop)
    with transaction() as session:
        before = session.scalars(select(MoveCase.id)).all()
    for address in (PLAN, results, f"{results}?page=7"):
        assert workshop.client.get(address).status_code == 200
    with reading() as session:
        assert session.scalars(select(MoveCase.id)).all() == before
