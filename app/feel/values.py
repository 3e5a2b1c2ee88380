"""The kinds of value an expression knows.

null None, boolean bool, number Decimal, string str, date, date and time datetime, time, days and
time duration timedelta, years and months duration YearsMonths, list list, context dict, Range,
Function. A date and time or time without ``tzinfo`` is one whose author gave no zone. What Python's
own dates and times cannot hold is in ``wide.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Protocol

from app.feel.wide import WideDate, WideMoment, WideTime

#: How many characters of a text one step of an evaluation pays for.
CHARACTERS_A_STEP = 100
#: IEEE 754-2008 decimal128, as the standard asks.
ARITHMETIC = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True)
class YearsMonths:
    """A years and months duration."""

    months: int


@dataclass(frozen=True)
class Range:
    """Every value between two ends; an end that is None is open without bound."""

    start: object
    end: object
    start_included: bool = True
    end_included: bool = True
    #: Written ``(= 10)``: one value, and not equal to the interval from that value to itself.
    single: bool = False


class Caller(Protocol):
    """What a function needs of the evaluation it is called in."""

    def spend(self, steps: int = 1) -> None: ...

    def problem(self, reason: str) -> None: ...


class Function:
    """Something an expression can call. ``parameters`` are the names it can be called by."""

    name: str = "function"
    parameters: tuple[str, ...] = ()
    #: The declared type of each parameter (None where none is), or nothing at all.
    parameter_types: tuple[object, ...] = ()
    #: The type of what it gives back, where that can be told without calling it.
    result_type: object = None

    def call(self, run: Caller, arguments: Sequence[object]) -> object:
        raise NotImplementedError

    def call_by_name(self, run: Caller, arguments: Mapping[str, object]) -> object:
        raise NotImplementedError


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    datetime: "date and time",
    time: "time",
    WideDate: "date",
    WideMoment: "date and time",
    WideTime: "time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}
KINDS = frozenset({*_KINDS.values(), "function"})


def is_whole(value: Decimal) -> bool:
    """Whether a number has no fraction; unlike ``%``, also for the largest ones."""
    return value == value.to_integral_value()


def kind(value: object) -> str:
    """The name an author knows this kind of value by.

    Raises:
        TypeError: no expression can hold such a value.
    """
    name = _KINDS.get(type(value))
    if name is None:
        if isinstance(value, Function):
            return "function"
        raise TypeError(f"{type(value).__name__} is not a value an expression can use")
    return name
