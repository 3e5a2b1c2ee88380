"""A message that nobody takes in time: told, kept in sight, never delivered by surprise."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.audit.models import AuditEvent
from app.db import reading, transaction
from app.runtime.actor import Actor
from app.runtime.messages import (
    MessageNotFound,
    MessageTaken,
    expire_old,
    expired,
    retry_early,
    send_again,
    undelivered,
)
from app.runtime.post import KEPT
from app.runtime.records import MessageRow
from tests.runtime.test_messages import ASKS_FIRST, BEGINS, FORMS, KEY, WAITS
from tests.support.diagrams import bpmn, end, extensions, flow, message, node, process, start, throw
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

SOMEBODY = Actor.system("test")


def sends_for(expires: str) -> bytes:
    return bpmn(
        process(
            "sends",
            start(),
            throw("give_answer", message("answer_came"), properties={"message.expires": expires}),
            end(),
            flow("start > give_answer > end"),
        ),
        messages=KEY,
    )


def the_message() -> MessageRow:
    with reading() as session:
        return session.scalars(select(MessageRow)).one()


def told() -> list[str]:
    with reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.action.startswith("message."))
        return list(session.scalars(query.order_by(AuditEvent.id)))


def test_where_a_diagram_says_nothing_a_message_waits_four_weeks(driver: ProcessDriver) -> None:
    publish(WAITS, forms=FORMS)
    assert not driver.send("nobody_knows", 1)
    assert the_message().expires_at == clock.now() + timedelta(days=28)


@pytest.mark.parametrize(
    ("expires", "when"),
    [
        ("P3D", "2026-01-08T09:00:00+00:00"),
        ('=duration("PT6H")', "2026-01-05T15:00:00+00:00"),
        ("=last_day", "2026-01-09T17:00:00+00:00"),
        ("=nobody_said", "2026-02-02T09:00:00+00:00"),
    ],
    ids=["written", "worked out", "a day", "nothing: the default"],
)
def test_a_diagram_can_say_how_long_a_message_waits(
    driver: ProcessDriver, expires: str, when: str
) -> None:
    publish(sends_for(expires))
    driver.start("sends", case_id=1, last_day="2026-01-09")
    assert the_message().expires_at.isoformat() == when


@pytest.mark.parametrize("tag", ["sendTask", "endEvent"])
def test_send_tasks_and_message_ends_say_it_too(driver: ProcessDriver, tag: str) -> None:
    said = extensions(properties={"message.expires": "P3D"})
    inside, attributes = said + message("answer_came"), {}
    if tag == "sendTask":
        inside, attributes = said, {"messageRef": "answer_came"}
    after = [] if tag == "endEvent" else [end("finish"), flow("x > finish")]
    file = process(
        "sends", start(), node(tag, "x", inside, **attributes), flow("start > x"), *after
    )
    publish(bpmn(file, messages=KEY))
    driver.start("sends", case_id=1)
    assert the_message().expires_at == clock.now() + timedelta(days=3)


def test_an_early_message_is_taken_until_it_expires(driver: ProcessDriver) -> None:
    publish(ASKS_FIRST, forms=FORMS)
    instance_id = driver.start("asks_first", case_id=1)
    driver.send("answer_came", 1)
    driver.wait(days=27, hours=23)
    driver.complete("ask")
    assert driver.instance(instance_id).status == "finished"


@pytest.mark.parametrize("noticed", [True, False], ids=["noticed", "nobody looked"])
def test_one_that_expired_is_not_delivered_to_a_process_that_comes_later(
    driver: ProcessDriver, noticed: bool
) -> None:
    publish(ASKS_FIRST, WAITS, forms=FORMS)
    instance_id = driver.start("asks_first", case_id=1)
    driver.send("answer_came", 1)
    driver.wait(days=28)
    assert expire_old() == 1 if noticed else True
    driver.complete("ask")
    later = driver.start("waits", case_id=1)

    assert retry_early() == 0
    assert [driver.instance(i).status for i in (instance_id, later)] == ["running", "running"]
    assert the_message().delivered_at is None


def test_the_scheduler_notes_it_once_on_the_cases_record(driver: ProcessDriver) -> None:
    publish(WAITS, forms=FORMS)
    driver.send("nobody_knows", 1, case_id=7)
    driver.send("nobody_knows_either", 1, case_id=7)
    assert expire_old() == 0
    driver.wait(days=28)
    assert (expire_old(most=1), expire_old(), expire_old()) == (1, 1, 0)
    assert told() == ["message.expired", "message.expired"]
    assert the_expired(7) == ["nobody_knows", "nobody_knows_either"]
    driver.wait(days=29)
    assert the_expired(7) == []
    with reading() as session:
        assert len(undelivered(session, case_id=7)) == 2


def the_expired(case_id: int) -> list[str]:
    with reading() as session:
        return [row.name for row in expired(session, case_id=case_id)]


def test_an_expired_message_can_be_sent_again_to_who_waits_now(driver: ProcessDriver) -> None:
    publish(ASKS_FIRST, forms=FORMS)
    instance_id = driver.start("asks_first", case_id=1)
    driver.send("answer_came", 1)
    driver.wait(days=30)
    expire_old()
    driver.complete("ask")
    with transaction() as session:
        assert send_again(session, the_message().id, actor=SOMEBODY)
    assert driver.instance(instance_id).status == "finished"
    assert {"message.expired", "message.sent_again", "message.delivered"} == set(told())


def test_sent_again_it_waits_again_and_a_process_may_begin_with_it(driver: ProcessDriver) -> None:
    publish(WAITS, forms=FORMS)
    driver.send("answer_came", 5, case_id=5, review_on="2026-02-02")
    driver.wait(days=30)
    expire_old()
    with transaction() as session:
        assert not send_again(session, the_message().id, actor=SOMEBODY)
    assert the_message().expires_at == clock.now() + KEPT
    publish(BEGINS, forms=FORMS)
    with transaction() as session:
        assert send_again(session, the_message().id, actor=SOMEBODY)
    assert driver.open_tasks() == {"ask": "practitioner"}


def test_what_was_taken_or_never_sent_is_not_sent_again(driver: ProcessDriver) -> None:
    publish(WAITS, forms=FORMS)
    driver.start("waits", case_id=1)
    driver.send("answer_came", 1)
    with transaction() as session:
        with pytest.raises(MessageTaken):
            send_again(session, the_message().id, actor=SOMEBODY)
        with pytest.raises(MessageNotFound):
            send_again(session, 99, actor=SOMEBODY)


def test_a_message_that_has_expired_when_it_is_sent_reaches_nobody(driver: ProcessDriver) -> None:
    publish(WAITS, sends_for("2026-01-01"), forms=FORMS)
    waiting = driver.start("waits", case_id=1)
    driver.start("sends", case_id=1)
    assert driver.instance(waiting).status == "running"
    assert driver.open_tasks() == {}
