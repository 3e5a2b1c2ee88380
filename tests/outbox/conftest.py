"""A real mail server that keeps what it gets, or refuses it."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from app.config import Settings


@dataclass
class MailServer:
    """What arrived; ``answer`` is what it says to each message, ``farewell`` when somebody leaves."""

    received: list[Message] = field(default_factory=list)
    answer: str = "250 OK"
    farewell: str = "221 Bye"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.received.append(message_from_bytes(envelope.content))
        return self.answer

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.farewell


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer()


@pytest.fixture
def with_mail(settings: Settings, mail_server: MailServer) -> Iterator[Settings]:
    """Settings that lead to the mail server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mail_server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield replace(
            settings, smtp_host="127.0.0.1", smtp_port=port, mail_from="early-help@example.org"
        )
    finally:
        controller.stop()
