"""Everything that can move a running process. Adding one means adding a case in step.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias


class SignOffAnswer(StrEnum):
    APPROVE = "approve"
    APPROVE_WITH_CHANGES = "approve_with_changes"
    SEND_BACK = "send_back"
    DECIDE_DIFFERENTLY = "decide_differently"


@dataclass(frozen=True, kw_only=True)
class CompleteTask:
    """A person hands in a form. ``answers`` have passed the task's form already."""

    task_id: int
    answers: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """A supervisor answers at a gateway; which of the other fields matter depends on ``answer``.

    approve_with_changes: ``changes`` (field → new value). send_back: ``comment`` and
    ``send_back_to`` (element id). decide_differently: ``flow_id`` and ``reason``.
    """

    task_id: int
    answer: SignOffAnswer
    changes: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    send_back_to: str | None = None
    flow_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class FireDueTimers:
    """Whatever is due by now: timers of the diagram, reminders, escalations.

    With ``settle`` an element that fails becomes an incident; without, the step is refused as a
    whole, so that the scheduler can try again a little later.
    """

    settle: bool = False


@dataclass(frozen=True, kw_only=True)
class DeliverMessage:
    """Hand a stored message to this instance, if it still waits for it."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class MoveTimer:
    """Bring a waiting timer forward, or move it back."""

    engine_task_id: str
    due_at: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RetryIncident:
    incident_id: int


@dataclass(frozen=True, kw_only=True)
class CancelInstance:
    reason: str


@dataclass(frozen=True, kw_only=True)
class MoveToVersion:
    """Go on by other versions of the drawings. Nothing runs; open work keeps people and dates.

    ``places`` says where an element (process id, element id) is in the new drawings if not under
    its own id; ``seen_version`` is the lock version of the instance when the move was tried.
    """

    to_set_key: str
    places: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    seen_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class UndoMove:
    """Take a move back, while nothing has happened since."""

    move_id: int


Action: TypeAlias = (
    CompleteTask
    | SignOff
    | FireDueTimers
    | DeliverMessage
    | MoveTimer
    | RetryIncident
    | CancelInstance
    | MoveToVersion
    | UndoMove
)
