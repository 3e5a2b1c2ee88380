"""Messages that answer each other within one transaction, and when they only go round."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.engine.errors import ElementFailed
from app.engine.results import ThrownMessage
from app.runtime.records import MessageRow
from app.runtime.turn import Turn

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
    """What moves in this block moves because of this message."""
    senders = _senders(session)
    senders.append(row.from_element_id or "")
    try:
        yield
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
