"""Values as text, the way ``string()`` shows them."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from app.feel.errors import LimitReached
from app.feel.names import WORD
from app.feel.temporal import show_date, show_date_and_time, show_duration, show_time
from app.feel.values import Range, YearsMonths
from app.feel.wide import WideDate, WideMoment, WideTime

_PLAIN_KEY = re.compile(rf"{WORD}(?: {WORD})*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def show(value: object, *, most: int) -> str:
    """The value as text; strings inside lists and contexts are quoted.

    Raises:
        LimitReached: it would have more than ``most`` characters.
    """
    if isinstance(value, str):
        return value
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value):
        pieces.append(piece)
        length += len(piece)
        if length > most:
            raise LimitReached(f"a text has more than {most} characters")
    return "".join(pieces)


def show_number(value: Decimal) -> str:
    """Digits without exponent and without zeros at the end."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from _list(value)
    elif isinstance(value, dict):
        yield from _context(value)
    elif isinstance(value, Range):
        yield from _range(value)
    elif isinstance(value, str):
        yield quoted(value)
    else:
        yield _simple(value)


def _list(items: list[object]) -> Iterator[str]:
    yield "["
    for number, item in enumerate(items):
        if number:
            yield ", "
        yield from _pieces(item)
    yield "]"


def _context(entries: dict[str, object]) -> Iterator[str]:
    yield "{"
    for number, (key, item) in enumerate(entries.items()):
        yield ", " if number else ""
        yield key if _PLAIN_KEY.fullmatch(key) else quoted(key)
        yield ": "
        yield from _pieces(item)
    yield "}"


def _range(interval: Range) -> Iterator[str]:
    if interval.start is None:
        yield "<=" if interval.end_included else "<"
        yield from _pieces(interval.end)
    elif interval.end is None:
        yield ">=" if interval.start_included else ">"
        yield from _pieces(interval.start)
    else:
        yield "[" if interval.start_included else "("
        yield from _pieces(interval.start)
        yield ".."
        yield from _pieces(interval.end)
        yield "]" if interval.end_included else ")"


def quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'


def _simple(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return show_number(value)
    if isinstance(value, (datetime, WideMoment)):
        return show_date_and_time(value)
    if isinstance(value, (date, WideDate)):
        return show_date(value)
    if isinstance(value, (time, WideTime)):
        return show_time(value)
    if isinstance(value, (timedelta, YearsMonths)):
        return show_duration(value)
    return "function"
