"""Messages: to who waits, to who begins with them, and early ones."""

import pytest
from sqlalchemy import select

from app.db import reading
from app.runtime import hooks
from app.runtime.actions import CancelInstance
from app.runtime.hooks import CaseScope
from app.runtime.incidents import open_incidents
from app.runtime.messages import retry_early, undelivered
from app.runtime.models import ProcessInstance
from app.runtime.one_at_a_time import RunsAlready
from app.runtime.records import MessageRow, WaitingFor
from app.runtime.rounds import DEEPEST
from tests.support.diagrams import (
    boundary,
    bpmn,
    catch,
    end,
    extensions,
    flow,
    message,
    process,
    race,
    start,
    throw,
    timer,
    user,
)
from tests.support.factories import make_locality
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

FORMS = {"ask": ("text",), "after": ("fine",)}
KEY = {"answer_came": "=case_id"}

WAITS = bpmn(
    process(
        "waits",
        start(),
        catch("for_answer", message("answer_came")),
        user("after", form="after", groups="practitioner"),
        end(),
        flow("start > for_answer > after > end"),
    ),
    messages=KEY,
)
ASKS_FIRST = bpmn(
    process(
        "asks_first",
        start(),
        user("ask", form="ask", groups="practitioner"),
        catch("for_answer_later", message("answer_came")),
        end(),
        flow("start > ask > for_answer_later > end"),
    ),
    messages=KEY,
)
SENDS = bpmn(
    process(
        "sends",
        start(),
        throw("give_answer", message("answer_came"), inputs={"text": '="hello"'}),
        end(),
        flow("start > give_answer > end"),
    ),
    messages=KEY,
)
BEGINS = bpmn(
    process(
        "begins",
        start(inside=message("answer_came")),
        user("ask", form="ask", groups="practitioner", name="Ask", due="=date(review_on)"),
        end(),
        flow("start > ask > end"),
    ),
    messages={"answer_came": None},
)


def test_a_message_reaches_the_instance_that_waits_for_its_key(driver: ProcessDriver) -> None:
    publish(WAITS, forms=FORMS)
    first = driver.start("waits", case_id=1)
    driver.start("waits", case_id=2)

    assert driver.send("answer_came", 1)
    assert driver.open_tasks() == {"after": "practitioner"}
    with reading() as session:
        row = session.scalars(select(MessageRow)).one()
        assert row.delivered_to_id == first
        assert [wait.key for wait in session.scalars(select(WaitingFor))] == ["2"]


def test_a_process_sends_to_another_in_the_same_step(driver: ProcessDriver) -> None:
    publish(WAITS, SENDS, forms=FORMS)
    driver.start("waits", case_id=1)
    driver.start("sends", case_id=1)

    assert driver.open_tasks() == {"after": "practitioner"}
    with reading() as session:
        row = session.scalars(select(MessageRow)).one()
    assert row.from_element_id == "give_answer"
    assert row.case_id == 1
    assert row.payload == {"text": "hello", "case_id": 1, "area": "starter"}


def test_an_early_message_is_kept_seen_and_taken_as_soon_as_somebody_waits(
    driver: ProcessDriver,
) -> None:
    publish(ASKS_FIRST, forms=FORMS)
    instance_id = driver.start("asks_first", case_id=1)
    assert not driver.send("answer_came", 1)
    with reading() as session:
        assert [row.name for row in undelivered(session)] == ["answer_came"]
    driver.complete("ask")

    assert driver.instance(instance_id).status == "finished"
    with reading() as session:
        assert undelivered(session) == []


def test_a_message_that_crossed_with_its_receiver_is_delivered_by_the_tick(
    driver: ProcessDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(ASKS_FIRST, forms=FORMS)
    instance_id = driver.start("asks_first", case_id=1)
    driver.send("answer_came", 1)
    with monkeypatch.context() as crossed:
        crossed.setattr("app.runtime.post.early_for", lambda *_: [])
        driver.complete("ask")
    assert driver.instance(instance_id).status == "running"

    assert retry_early() == 1
    assert retry_early() == 0
    assert driver.instance(instance_id).status == "finished"


def test_each_process_that_waits_gets_it_once(driver: ProcessDriver) -> None:
    publish(WAITS, ASKS_FIRST, forms=FORMS)
    first, second = driver.start("waits", case_id=1), driver.start("waits", case_id=1)
    other = driver.start("asks_first", case_id=1)
    driver.complete("ask")
    driver.send("answer_came", 1)

    assert driver.instance(other).status == "finished"
    assert driver.task("after").instance_id == first
    driver.send("answer_came", 1)
    driver.complete("after")
    assert driver.task("after").instance_id == second


def test_a_message_starts_a_process_in_the_cases_place_with_its_payload(
    driver: ProcessDriver,
) -> None:
    make_locality("starter-north")
    scope = CaseScope(area_id="starter", locality_id="starter-north")
    hooks.register(case_role=lambda *_: None, case_scope=lambda _session, _case: scope)
    publish(BEGINS, forms=FORMS)
    assert driver.send("answer_came", 5, case_id=5, review_on="2026-02-02")

    with reading() as session:
        instance = session.scalars(select(ProcessInstance)).one()
    assert (instance.process_id, instance.case_id) == ("begins", 5)
    assert instance.locality_id == "starter-north"
    due = driver.task("ask").due_at
    assert due is not None
    assert due.isoformat() == "2026-02-02T17:00:00+00:00"


def test_a_message_that_nobody_knows_waits_in_sight(driver: ProcessDriver) -> None:
    publish(WAITS, forms=FORMS)
    assert not driver.send("nobody_knows", 1, case_id=1)
    driver.wait(days=3)

    with reading() as session:
        assert len(undelivered(session, area_ids={"starter"})) == 1
        assert len(undelivered(session, case_id=1)) == 1
        assert undelivered(session, case_id=2) == []


def test_two_processes_that_answer_each_other_for_ever_are_stopped(driver: ProcessDriver) -> None:
    def echo(name: str, hears: str, says: str) -> bytes:
        return bpmn(
            process(
                name,
                start(inside=message(hears)),
                throw(f"{name}_answers", message(says)),
                end(),
                flow(f"start > {name}_answers > end"),
            ),
            messages={hears: None, says: "=case_id"},
        )

    publish(echo("ping", "pong_said", "ping_said"), echo("pong", "ping_said", "pong_said"))
    driver.send("ping_said", 1, case_id=1)

    with reading() as session:
        assert len(session.scalars(select(ProcessInstance)).all()) == DEEPEST
        assert undelivered(session) == []
        [incident] = open_incidents(session, case_id=1)
    assert "a loop that nobody works on: ping_answers, pong_answers" in incident.message


def test_a_message_beats_a_timer_and_the_timer_row_goes(driver: ProcessDriver) -> None:
    publish(
        bpmn(
            process(
                "races",
                start(),
                race("what_first"),
                catch("for_answer", message("answer_came")),
                catch("too_late", timer("duration", "P5D")),
                end("answered"),
                end("late"),
                flow("start > what_first > for_answer > answered"),
                flow("what_first > too_late > late"),
            ),
            messages=KEY,
        )
    )
    instance_id = driver.start("races", case_id=1)
    assert set(driver.timers()) == {"too_late"}
    driver.send("answer_came", 1)

    assert driver.timers() == {}
    assert driver.instance(instance_id).wake_at is None
    with reading() as session:
        assert session.scalars(select(WaitingFor)).all() == []


def alone(listens: bool = True) -> bytes:
    """One run a case: a second message is taken by the run there is, if it ``listens``."""
    heard = (
        boundary("heard", "work", message("help_wanted"), interrupting=False),
        user("listen", form="after", groups="practitioner"),
        end("heard_end"),
        flow("heard > listen > heard_end"),
    )
    said = extensions(properties={"start.oneAtATime": "case"})
    return bpmn(
        process(
            "alone",
            start(inside=said + message("help_wanted")),
            user("work", form="ask", groups="practitioner"),
            end(),
            flow("start > work > end"),
            *(heard if listens else ()),
        ),
        messages={"help_wanted": "=case_id"},
    )


def runs(case_id: int) -> list[str]:
    with reading() as session:
        query = select(ProcessInstance.status).where(ProcessInstance.case_id == case_id)
        return list(session.scalars(query.order_by(ProcessInstance.id)))


def test_a_case_has_one_run_of_a_process_that_says_so_and_that_run_takes_the_message(
    driver: ProcessDriver,
) -> None:
    publish(alone(), forms=FORMS)
    assert driver.send("help_wanted", 1, case_id=1)
    assert driver.send("help_wanted", 2, case_id=2)
    assert driver.send("help_wanted", 1, case_id=1)
    assert (runs(1), runs(2)) == (["running"], ["running"])
    assert sorted(driver.open_tasks()) == ["listen", "work"]


def test_a_message_that_the_only_run_cannot_take_begins_the_next_when_it_ends(
    driver: ProcessDriver,
) -> None:
    publish(alone(listens=False), forms=FORMS)
    driver.send("help_wanted", 1, case_id=1)
    assert not driver.send("help_wanted", 1, case_id=1)
    with reading() as session:
        assert [row.name for row in undelivered(session, case_id=1)] == ["help_wanted"]
    driver.complete("work")
    assert runs(1) == ["finished", "running"]
    with reading() as session:
        assert undelivered(session, case_id=1) == []


def test_a_cancelled_run_lets_the_next_one_begin(driver: ProcessDriver) -> None:
    publish(alone(listens=False), forms=FORMS)
    driver.send("help_wanted", 1, case_id=1)
    driver.send("help_wanted", 1, case_id=1)
    driver.act(driver.task("work").instance_id, CancelInstance(reason="Drawn by mistake"))
    assert runs(1) == ["cancelled", "running"]


def test_nobody_starts_a_second_run_by_hand_either(driver: ProcessDriver) -> None:
    publish(alone(), forms=FORMS)
    driver.start("alone", case_id=1)
    with pytest.raises(RunsAlready):
        driver.start("alone", case_id=1)
    assert runs(1) == ["running"]
    driver.start("alone")
    driver.start("alone")  # without a case there is nobody to have two
