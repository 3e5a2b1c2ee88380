"""What an evaluation is given besides facts, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol


class Calendar(Protocol):
    """The part of ``calendars.WorkingCalendar`` that expressions use."""

    def is_working_day(self, day: date) -> bool: ...

    def bank_holiday(self, day: date) -> bool: ...

    def add_working_days(self, start: date, n: int) -> date: ...

    def due_at(self, start: datetime | date, n: int) -> datetime: ...


@dataclass(frozen=True)
class Limits:
    """How much one evaluation may use. The defaults end any evaluation in about a second."""

    #: Loop turns, calls and list items touched.
    steps: int = 200_000
    #: Items of one list or context.
    items: int = 100_000
    #: Characters of one string.
    characters: int = 200_000
    #: Functions waiting for each other.
    calls: int = 60
    #: Reasons kept; further ones are dropped.
    problems: int = 50


@dataclass(frozen=True)
class Environment:
    """The world outside the facts. ``now`` must carry a time zone."""

    now: datetime
    calendar: Calendar
    limits: Limits = field(default_factory=Limits)
    #: Further built-ins by name. They get and give values as the expression sees them.
    functions: Mapping[str, Callable[..., object]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("Environment.now needs a time zone")


@dataclass(frozen=True)
class Outcome:
    """The value, and why a part of it is null where it need not have been."""

    value: object
    problems: tuple[str, ...] = ()
    #: What it used of the allowance.
    steps: int = field(default=0, compare=False)
