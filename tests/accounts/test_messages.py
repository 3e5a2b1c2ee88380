"""E-mail that did not get through, as administrators see it."""

from collections.abc import Callable

from sqlalchemy import select

from app.db import reading, transaction
from app.identity.models import User
from app.identity.permissions import Role
from app.outbox.models import OutboxMessage, State
from app.outbox.queue import queue_email
from tests.support.factories import make_user
from tests.support.site import SiteClient


def test_a_dead_message_is_shown_without_its_address_and_can_be_tried_again(
    sign_in: Callable[[User], SiteClient],
) -> None:
    client = sign_in(make_user(role=Role.ADMINISTRATOR))
    page = client.get("/administration/messages").text
    assert "No message has failed" in page
    assert "No mail server is set up here" in page
    with transaction() as session:
        queue_email(
            session,
            to="tia.marlowe@example.org",
            template="something_to_do",
            payload={"reference": "EH-1", "what": "x", "link": "y"},
            key="k",
        )
        message = session.scalars(select(OutboxMessage)).one()
        message.state, message.attempts, message.last_error = State.DEAD, 8, "SMTPDataError"
    page = client.get("/administration/messages").text
    assert "Given up" in page
    assert "marlowe" not in page
    client.post(f"/administration/messages/{message.id}/again")
    with reading() as session:
        assert session.scalars(select(OutboxMessage)).one().state is State.WAITING
