"""Sends what is due. Called again and again; any number of workers may do it at once."""

import logging
import smtplib
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage

from jinja2 import TemplateError
from sqlalchemy import select

from app import clock
from app.config import Settings
from app.db import transaction
from app.outbox.letters import as_email
from app.outbox.models import OutboxMessage, State

logger = logging.getLogger(__name__)

#: A worker that dies while sending leaves the message to the others after this time.
LEASE = timedelta(minutes=5)
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
MOST_ATTEMPTS = len(WAITS) + 1
PATIENCE_SECONDS = 20


def deliver_due(settings: Settings, *, most: int = 50) -> int:
    """Send the messages that are due, longest first; returns how many went out.

    At least once: a message is claimed, sent, and only then marked as sent. If the worker
    dies in between it goes out again, under the same Message-ID. Without an SMTP server in
    the settings nothing is sent and everything waits.
    """
    if not settings.smtp_host:
        return 0
    sent = 0
    for _ in range(most):
        message = _claim()
        if message is None:
            break
        sent += _send(message, settings)
    return sent


def _claim() -> OutboxMessage | None:
    with transaction() as session:
        message = session.scalar(
            select(OutboxMessage)
            .where(OutboxMessage.state == State.WAITING, OutboxMessage.next_try_at <= clock.now())
            .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if message is not None:
            message.attempts += 1
            message.next_try_at = clock.now() + LEASE
        return message


def _send(message: OutboxMessage, settings: Settings) -> bool:
    try:
        email = as_email(message, sender=settings.mail_from, site=settings.public_url)
        _hand_over(email, settings)
    except (OSError, TemplateError, ValueError) as error:
        # SMTPException is an OSError; the kind says enough, its words may hold the address
        logger.warning("message %s not sent: %s", message.id, type(error).__name__)
        _failed(message.id, type(error).__name__)
        return False
    with transaction() as session:
        row = session.get_one(OutboxMessage, message.id, with_for_update=True)
        row.state, row.sent_at, row.last_error = State.SENT, clock.now(), ""
    return True


def _hand_over(email: EmailMessage, settings: Settings) -> None:
    """Once the server has taken the letter, nothing it says at parting makes that undone."""
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=PATIENCE_SECONDS)
    try:
        server.send_message(email)
        with suppress(OSError):
            server.quit()
    finally:
        server.close()


def _failed(message_id: int, reason: str) -> None:
    with transaction() as session:
        row = session.get_one(OutboxMessage, message_id, with_for_update=True)
        if row.state is not State.WAITING:
            return  # we were so slow that somebody else has sent it
        row.last_error = reason
        if row.attempts >= MOST_ATTEMPTS:
            row.state = State.DEAD
        else:
            row.next_try_at = (
                clock.now() + WAITS[max(row.attempts, 1) - 1]
            )  # none: it was put back meanwhile
