"""Messages that answer each other within one transaction, and when they only go round."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.engine.errors import ElementFailed
from app.engine.results import ThrownMessage
from app.errors import AppError
from app.runtime.records import MessageRow
from app.runtime.turn import Turn

logger = logging.getLogger(__name__)

DEEPEST = 40
"""Deliveries inside each other. A person or a timer comes long before that, or never."""


def _senders(session: Session) -> list[str]:
    """The elements whose messages are being delivered at this moment, the first sender first."""
    found: list[str] = session.info.setdefault("senders", [])
    return found


def is_too_deep(session: Session) -> bool:
    return len(_senders(session)) >= DEEPEST


@contextmanager
def delivering(session: Session, row: MessageRow) -> Iterator[None]:
    """What moves in this block moves because of this message.

    If somebody cannot take it, all that happened in the block is taken back and the message is
    still to be delivered: whoever sent it has done their part.
    """
    senders = _senders(session)
    senders.append(row.from_element_id or "")
    promised = len(session.info.setdefault("after_commit", []))
    savepoint = session.begin_nested()
    try:
        yield
        savepoint.commit()
    except (OperationalError, InterfaceError):
        raise  # trouble with the database itself is everybody's
    except Exception as error:
        savepoint.rollback()
        del session.info["after_commit"][promised:]
        unknown = not isinstance(error, AppError)
        logger.warning("nobody could take message %s: %s", row.id, error, exc_info=unknown)
    finally:
        senders.pop()


def refuse_endless(turn: Turn, thrown: Iterable[ThrownMessage]) -> None:
    """Stop processes that send each other messages and nobody has to do anything.

    Raises:
        ElementFailed: an element sends because of what it sent itself, and it has gone on for long.
    """
    senders = _senders(turn.session)
    for message in thrown if is_too_deep(turn.session) else ():
        if message.element_id in senders:
            before = len(senders) - 1 - senders[::-1].index(message.element_id)
            raise ElementFailed(
                message.element_id,
                turn.instance.process_id,
                "These elements send messages to each other in a loop that nobody works on: "
                + ", ".join(sorted({*senders[before:]} - {""})),
            )
