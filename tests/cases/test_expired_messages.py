"""A message that reached nobody in time, on the case's page and where administrators look."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from sqlalchemy import select

from app.cases.models import Case
from app.db import reading, transaction
from app.identity.models import User
from app.runtime.actor import MESSAGES
from app.runtime.messages import expire_old, send_message
from app.runtime.records import MessageRow
from tests.support.reading_pages import words
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story

Browse = Callable[[User], SiteClient]
BOX = "The message “nobody knows” reached nobody in time"


def lose_a_message(case_id: int, clock: time_machine.Traveller) -> int:
    with transaction() as session:
        row = send_message(session, "nobody_knows", "1", {}, actor=MESSAGES, case_id=case_id)
        number = row.id
    clock.shift(timedelta(days=29))
    assert expire_old() == 1
    return number


def still_expired(number: int) -> bool:
    with reading() as session:
        return session.get_one(MessageRow, number).expired_at is not None


def test_a_supervisor_sees_it_on_the_case_and_sends_it_again(
    browse: Browse, cast: Cast, concern: Story, clock: time_machine.Traveller
) -> None:
    number = lose_a_message(concern.case_id, clock)
    client = browse(cast.one("supervisor"))
    address = f"/cases/{concern.case_id}"
    page = words(client.get(address).text)
    assert BOX in page
    assert "not taken by anybody in time; it is no longer sent" in page
    again = f"{address}/messages/{number}/again"
    assert client.post(again, data={"idempotency_key": "k"}).location == address
    assert not still_expired(number)
    assert BOX not in words(client.get(address).text)


def test_a_practitioner_sees_it_and_has_no_button_for_it(
    browse: Browse, worker: User, concern: Story, clock: time_machine.Traveller
) -> None:
    number = lose_a_message(concern.case_id, clock)
    client = browse(worker)
    page = client.get(f"/cases/{concern.case_id}").text
    assert BOX in words(page)
    again = f"/cases/{concern.case_id}/messages/{number}/again"
    assert again not in page
    assert client.post(again, data={"idempotency_key": "k"}).status_code == 403
    assert still_expired(number)


def test_a_message_of_another_case_is_not_found(
    browse: Browse, cast: Cast, concern: Story, clock: time_machine.Traveller
) -> None:
    number = lose_a_message(concern.case_id + 1, clock)
    client = browse(cast.one("supervisor"))
    again = f"/cases/{concern.case_id}/messages/{number}/again"
    assert client.post(again, data={"idempotency_key": "k"}).status_code == 404


def test_an_administrator_sees_the_reference_and_no_name_and_sends_it_again(
    browse: Browse, cast: Cast, concern: Story, clock: time_machine.Traveller
) -> None:
    number = lose_a_message(concern.case_id, clock)
    client = browse(cast.one("administrator"))
    page = words(client.get("/administration/messages").text)
    with reading() as session:
        case = session.scalars(select(Case)).one()
    assert "Nobody knows" in page
    assert case.reference in page
    assert "Expired on" in page
    assert "Marlowe" not in page
    again = f"/administration/messages/processes/{number}/again"
    client.post(again, data={"idempotency_key": "k"})
    assert not still_expired(number)
