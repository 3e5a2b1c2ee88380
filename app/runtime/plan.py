"""What an action comes down to: what the engine shall do, and what the rows shall say."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from app.engine.results import Facts, Message, Snapshot
from app.engine.specset import SpecSet


class Movable(Protocol):
    """The part of the engine's process that actions use. Only ``step`` has the real one."""

    def complete(self, task_id: str, answers: Facts) -> None: ...

    def decide_gateway(
        self, task_id: str, flow_id: str | None, changes: Facts | None = None
    ) -> str: ...

    def send_back(self, task_id: str, to_element_id: str, changes: Facts | None = None) -> None: ...

    def fire_due_timers(self) -> int: ...

    def deliver(self, message: Message) -> bool: ...

    def move_timer(self, engine_task_id: str, due_at: datetime) -> None: ...

    def retry(self, engine_task_id: str) -> None: ...

    def move_to(
        self,
        specs: SpecSet,
        places: Mapping[tuple[str, str], tuple[str, str]],
        known: Mapping[tuple[str, ...], Facts] | None = None,
        newer: Collection[str] = (),
    ) -> object: ...


@dataclass(frozen=True)
class Reopened:
    """A task that a sign-off sent back: what was said, and who does it again."""

    element_id: str
    path: tuple[str, ...]
    comment: str
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class Done:
    """What the action means for inbox rows: which one it closes, how, and what reopens."""

    task_id: int | None = None
    outcome: str | None = None
    reopened: Reopened | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``move`` may run several times: it is repeated when an automatic step fails.

    Args:
        says: for the audit trail, ``<thing>.<verb in the past>``.
        afterwards: writes what is known only once the engine has moved.
        once_saved: writes what is known only once the step is in the rows.
        settle: whether a failing element becomes an incident; otherwise the action is refused.
        must_run: an element that the action is about, so stopping in front of it is no answer.
    """

    move: Callable[[Movable], object]
    says: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    done: Done = Done()
    afterwards: Callable[[Snapshot], None] | None = None
    once_saved: Callable[[], None] | None = None
    settle: bool = True
    must_run: str | None = None
