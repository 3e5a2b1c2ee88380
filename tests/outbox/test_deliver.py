"""E-mail is queued with the change that causes it, sent at least once, and never lost silently."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from jinja2 import TemplateError
from sqlalchemy import select

from app import clock as present
from app.config import Settings
from app.db import reading, transaction
from app.outbox import deliver
from app.outbox.deliver import MOST_ATTEMPTS, deliver_due
from app.outbox.models import OutboxMessage, State
from app.outbox.queue import queue_email, try_again, undelivered, waiting_count
from tests.outbox.conftest import MailServer

PAYLOAD = {
    "reference": "EH-00042",
    "what": "A review is due on 12 January 2026.",
    "link": "https://early-help.example.org/tasks/17",
}


def _queue(key: str = "task:17", **more: Any) -> bool:
    given: dict[str, Any] = {
        "to": "amira@example.org",
        "template": "something_to_do",
        "payload": PAYLOAD,
        "key": key,
        "case_id": 42,
    }
    with transaction() as session:
        return queue_email(session, **{**given, **more})


def _only() -> OutboxMessage:
    with reading() as session:
        return session.scalars(select(OutboxMessage)).one()


def test_a_message_is_sent_once_it_is_queued(with_mail: Settings, mail_server: MailServer) -> None:
    _queue()
    assert deliver_due(with_mail) == 1
    assert deliver_due(with_mail) == 0
    (email,) = mail_server.received
    assert email["To"] == "amira@example.org"
    assert email["From"] == "early-help@example.org"
    assert email["Subject"] == "Something for you to do in early help (EH-00042)"
    assert PAYLOAD["link"] in str(email.get_payload(decode=True))
    assert _only().state is State.SENT


def test_it_is_not_queued_when_the_change_is_undone() -> None:
    with suppress(LookupError), transaction() as session:
        queue_email(
            session, to="a@example.org", template="something_to_do", payload=PAYLOAD, key="k"
        )
        raise LookupError
    with reading() as session:
        assert waiting_count(session) == 0


def test_the_same_message_twice_is_one(with_mail: Settings, mail_server: MailServer) -> None:
    assert _queue() is True
    assert _queue() is False
    assert _queue("task:18") is True
    deliver_due(with_mail)
    assert len({email["Message-ID"] for email in mail_server.received}) == 2


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(
    with_mail: Settings,
    mail_server: MailServer,
    clock: time_machine.Traveller,
) -> None:
    _queue()
    deliver_due(with_mail)
    with transaction() as session:  # as if the worker had died before it could note the success
        row = session.scalars(select(OutboxMessage)).one()
        row.state, row.next_try_at = State.WAITING, present.now() + deliver.LEASE
    assert deliver_due(with_mail) == 0
    clock.shift(deliver.LEASE)
    assert deliver_due(with_mail) == 1
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]


def test_a_refusing_server_is_asked_less_and_less_often_and_given_up_visibly(
    with_mail: Settings, mail_server: MailServer, clock: time_machine.Traveller
) -> None:
    mail_server.answer = "451 try later"
    _queue()
    waits = []
    for _ in range(MOST_ATTEMPTS):
        deliver_due(with_mail)
        waits.append(_only().next_try_at - present.now())
        clock.shift(max(waits[-1], timedelta(0)))
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    assert _only().state is State.DEAD
    clock.shift(timedelta(days=30))
    assert deliver_due(with_mail) == 0
    with reading() as session:
        (given_up,) = undelivered(session)
    assert given_up.last_error == "SMTPDataError"
    assert "@" not in given_up.last_error

    mail_server.answer = "250 OK"
    with transaction() as session:
        assert try_again(session, given_up.id)
    assert deliver_due(with_mail) == 1
    with transaction() as session:
        assert not try_again(session, given_up.id)


def test_a_server_that_is_not_there_costs_nothing_but_time(
    settings: Settings, with_mail: Settings
) -> None:
    _queue()
    assert deliver_due(replace(with_mail, smtp_port=1)) == 0
    assert _only().last_error == "ConnectionRefusedError"
    assert deliver_due(settings) == 0


def test_one_broken_message_does_not_hold_up_the_others(
    with_mail: Settings, mail_server: MailServer
) -> None:
    _queue("first")
    _queue("second")
    with transaction() as session:
        first = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
        assert first is not None
        first.payload = {}
    assert deliver_due(with_mail) == 1
    assert len(mail_server.received) == 1


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "address", ["a@example.org\nBcc: b@example.org", "a@example.org, b@example.org", "nobody"]
)
def test_an_address_is_one_address(address: str) -> None:
    with pytest.raises(ValueError, match="not one"):
        _queue(to=address)


def test_line_breaks_in_a_value_do_not_become_headers(
    with_mail: Settings, mail_server: MailServer
) -> None:
    _queue(payload={**PAYLOAD, "reference": "EH-1\r\nBcc: b@example.org"})
    deliver_due(with_mail)
    (email,) = mail_server.received
    assert email["Bcc"] is None


@pytest.mark.usefixtures("database")
def test_a_letter_that_cannot_be_written_is_refused_when_it_is_queued() -> None:
    with pytest.raises(TemplateError):
        _queue(template="no_such_letter")
    with pytest.raises(TemplateError):
        _queue(payload={"reference": "EH-1"})


def test_a_link_inside_this_site_arrives_with_the_whole_address(
    with_mail: Settings, mail_server: MailServer
) -> None:
    _queue("inside:17", payload={**PAYLOAD, "link": "/tasks/17"})
    deliver_due(replace(with_mail, public_url="https://help.example.org/"))
    (email,) = mail_server.received
    assert "https://help.example.org/tasks/17" in str(email.get_payload(decode=True))


def test_a_server_that_took_the_letter_may_be_rude_at_parting(
    with_mail: Settings, mail_server: MailServer
) -> None:
    mail_server.farewell = "421 Too many of you"
    _queue()
    assert deliver_due(with_mail) == 1
    assert _only().state is State.SENT
    assert len(mail_server.received) == 1


def test_a_message_put_back_while_it_was_failing_is_tried_soon(
    with_mail: Settings, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(email: EmailMessage, settings: Settings) -> None:
        with transaction() as session:
            assert try_again(session, _only().id)
        raise TimeoutError

    _queue()
    monkeypatch.setattr(deliver, "_hand_over", fail)
    deliver_due(with_mail, most=1)
    assert _only().next_try_at - present.now() == deliver.WAITS[0]


def test_a_slow_failure_does_not_undo_what_another_worker_sent(
    with_mail: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(email: EmailMessage, settings: Settings) -> None:
        with transaction() as session:
            session.scalars(select(OutboxMessage)).one().state = State.SENT
        raise TimeoutError

    _queue()
    monkeypatch.setattr(deliver, "_hand_over", fail)
    deliver_due(with_mail, most=1)
    assert _only().last_error == ""
