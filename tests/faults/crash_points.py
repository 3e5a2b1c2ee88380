"""Places in a step at which a program can die. Reached only here, by wrapping what is there.

``arm(point)`` runs in a program of its own; the next step that comes by ends it with exit code 9,
as ``kill -9`` would at that very place: nothing is closed, nothing is rolled back politely.
"""

import os
import smtplib
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from app import db
from app.db import WriteSession
from app.outbox import deliver
from app.runtime import step, turn
from app.runtime.save import save_snapshot

EXIT = 9


def arm(point: str) -> None:
    POINTS[point]()


def _die(*_: object, **__: object) -> None:
    os._exit(EXIT)


def _dying_after(call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*given: Any, **named: Any) -> Any:
        call(*given, **named)
        _die()

    return wrapped


def _locked() -> None:
    vars(step)["lock_instance"] = _dying_after(turn.lock_instance)


def _engine_moved() -> None:
    vars(step)["save_snapshot"] = _die


def _rows_written() -> None:
    vars(step)["save_snapshot"] = _dying_after(save_snapshot)


def _before_commit() -> None:
    vars(db)["_last_words"] = _dying_after(db._last_words)


def _commit_sent() -> None:
    """The database has it; the program never hears of it."""
    event.listen(WriteSession.kw["bind"].pool, "reset", _die)


def _before_reply() -> None:
    step.live_processes.check_in = _die  # type: ignore[method-assign]


def _letter_claimed() -> None:
    deliver._claim = _dying_after(deliver._claim)


def _letter_accepted() -> None:
    smtplib.SMTP.send_message = _dying_after(smtplib.SMTP.send_message)  # type: ignore[method-assign]


POINTS: dict[str, Callable[[], None]] = {
    "locked": _locked,
    "engine moved": _engine_moved,
    "rows written": _rows_written,
    "before commit": _before_commit,
    "after commit": _commit_sent,
    "before reply": _before_reply,
    "letter claimed": _letter_claimed,
    "letter accepted": _letter_accepted,
}
#: At these the change is safe already, and the same request again must say so.
COMMITTED = {"after commit", "before reply"}
FOR_PEOPLE = ("locked", "engine moved", "rows written", "before commit", *sorted(COMMITTED))
FOR_TIMERS = FOR_PEOPLE[1:]
