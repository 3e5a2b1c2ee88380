"""Where ours and feelin differ on purpose: what the standard gives, and what feelin gives.

A rule is asked about the smallest part of an expression on which the two differ while they agree
on everything inside it. It works both answers out anew, from the operands and in plain Python, and
shares no code with ``app.feel``'s functions. A difference counts as explained only when both
answers are the ones it foretells, so a mistake of ours of the same kind cannot hide behind it.
"""

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.feel.text import show
from app.feel.values import Range, YearsMonths

#: What feelin's answer is compared as: a value, or a text that it shows.
NULL = None


@dataclass(frozen=True)
class Shown:
    """An answer of feelin's own kinds, by its text."""

    text: str


@dataclass(frozen=True)
class Foretold:
    """Both answers. ``clause`` is the place in DMN 1.5 that ours follows."""

    clause: str
    ours: object
    theirs: object


@dataclass(frozen=True)
class Whatever:
    """feelin's answer is not foretold: it depends on more than the operands show."""


@dataclass(frozen=True)
class AnyOrder:
    """These items, in whatever order."""

    items: tuple[object, ...]


class NotMine(Exception):
    """The rule does not apply to these operands."""


def _months_apart(start: Any, end: Any) -> Foretold:
    """Days left over do not count. feelin keeps them, and hours that summer time left behind."""
    if type(start) is not date or type(end) is not date:
        raise NotMine
    # a month is taken as 32 days, so that only whole ones are left after the division
    apart = (end.year - start.year) * 384 + (end.month - start.month) * 32 + end.day - start.day
    return Foretold("10.3.4.1", YearsMonths(int(apart / 32)), Whatever())


def _negated(length: Any) -> Foretold:
    if isinstance(length, YearsMonths):
        return Foretold("10.3.2.15", YearsMonths(0 - length.months), NULL)
    if isinstance(length, timedelta):
        return Foretold("10.3.2.15", timedelta() - length, NULL)
    raise NotMine


# ------------------------------------------------------------------ positions


def _start(start: Decimal, size: int) -> int:
    """Where feelin starts."""
    return size + int(start) if start < 0 else int(start) - 1


def _sliced(items: Any, begin: int, end: int | None) -> Any:
    """The slice() of JavaScript."""
    size = len(items)
    low = max(size + begin, 0) if begin < 0 else begin
    high = size if end is None else max(size + end, 0) if end < 0 else end
    return items[low:high] if low < high else items[:0]


def _spliced(items: list[object], position: Decimal, take: int, *put: object) -> list[object]:
    """The splice() of JavaScript at a position that counts from 1."""
    at = int(position) - 1
    at = max(len(items) + at, 0) if at < 0 else min(at, len(items))
    return [*items[:at], *put, *items[at + take :]]


def _place(position: Any, size: int) -> int | None:
    """The index of a position as the standard counts, if there is one."""
    if not isinstance(position, Decimal) or not 1 <= abs(position) <= size:
        return None
    return int(position) - 1 if position > 0 else size + int(position)


def _substring(text: Any, start: Any, length: Any = None) -> Foretold:
    if not isinstance(text, str):
        raise NotMine
    at, begin = _place(start, len(text)), _start(start, len(text))
    theirs = _sliced(text, begin, None if length is None else begin + int(length))
    if at is None or (length is not None and length < 1):
        return Foretold("10.3.4.3", NULL, theirs)
    return Foretold(
        "10.3.4.3", text[at:] if length is None else text[at : at + int(length)], theirs
    )


def _sublist(items: Any, start: Any) -> Foretold:
    _must_be_list(items)
    at = _place(start, len(items))
    ours = NULL if at is None else items[at:]
    return Foretold("10.3.4.4", ours, _sliced(items, _start(start, len(items)), None))


def _remove(items: Any, position: Any) -> Foretold:
    _must_be_list(items)
    at = _place(position, len(items))
    ours = NULL if at is None else [item for n, item in enumerate(items) if n != at]
    theirs = [*_sliced(items, 0, int(position) - 1), *_sliced(items, int(position), None)]
    return Foretold("10.3.4.4", ours, theirs)


def _insert(items: Any, position: Any, item: Any) -> Foretold:
    _must_be_list(items)
    at = _place(position, len(items))
    ours = NULL if at is None else [*items[:at], item, *items[at:]]
    return Foretold("10.3.4.4", ours, _spliced(items, position, 0, item))


def _replace(items: Any, position: Any, item: Any) -> Foretold:
    _must_be_list(items)
    at = _place(position, len(items))
    ours = NULL if at is None else [item if n == at else old for n, old in enumerate(items)]
    before, after = _sliced(items, 0, int(position) - 1), _sliced(items, int(position), None)
    return Foretold("10.3.4.4", ours, [*before, item, *after])


def _must_be_list(items: Any) -> None:
    if not isinstance(items, list):
        raise NotMine


# ------------------------------------------------------------------ order


def _key(value: Any) -> Any:
    """Something Python can order."""
    if isinstance(value, YearsMonths):
        return value.months
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value


def _naive(value: Any) -> Any:
    """What feelin subtracts: the clock, without its zone."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else _key(value)


def _as_utc(value: Any) -> Any:
    """What feelin orders by: a moment without a zone counts as one in UTC."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return _key(value)


def _inside(value: Any, low: Any, high: Any, opens: str, closes: str) -> bool:
    above = value >= low if opens == "[" else value > low
    return bool(above and (value <= high if closes == "]" else value < high))


def _interval(template: str) -> Callable[..., Foretold]:
    """For ``x between a and b`` and ``x in [a..b]``.

    An interval the wrong way round holds nothing, one that lacks an end is null, and a missing zone
    leaves it open. feelin turns such intervals round, forgets zones, and has ways of its own with
    null.
    """
    signs = re.search(r" in ([\[(]).*([\])])\)$", template)
    opens, closes = (signs[1], signs[2]) if signs else ("[", "]")

    def foretell(value: Any, low: Any, high: Any) -> Foretold:
        above = _side(value, low, lambda a, b: a >= b if opens == "[" else a > b)
        below = _side(value, high, lambda a, b: a <= b if closes == "]" else a < b)
        known = low is not None and high is not None
        ours = _told_in_order(above, below) if known else None
        clause = "10.3.2.7, 10.3.2.15"
        if value is None or low is None or high is None:
            return Foretold(clause, ours, Whatever())
        there, first, last = _as_utc(value), _as_utc(low), _as_utc(high)
        turned = {"[": "]", "]": "[", "(": ")", ")": "("}
        if first > last:
            theirs = _inside(there, last, first, turned[closes], turned[opens])
        else:
            theirs = _inside(there, first, last, opens, closes)
        return Foretold(clause, ours, theirs)

    return foretell


def _side(value: Any, end: Any, holds: Callable[[Any, Any], bool]) -> bool | None:
    if value is None or end is None:
        return None
    if isinstance(value, datetime) and (value.tzinfo is None) != (end.tzinfo is None):
        return None
    return holds(_key(value), _key(end))


def _told_in_order(above: bool | None, below: bool | None) -> bool | None:
    """The lower end is asked first; what it excludes is out."""
    return below if above is True else above


def _both(*answers: bool | None) -> bool | None:
    """The “and” of three values."""
    if False in answers:
        return False
    return None if None in answers else True


def _all_below(template: str) -> Callable[..., Foretold]:
    """An item that cannot be compared leaves it open; feelin counts it as false."""

    def foretell(items: Any, limit: Any) -> Foretold:
        order = (lambda a, b: a < b) if template.startswith("(every") else (lambda a, b: a > b)
        answers = [_side(item, limit, order) for item in items]
        if template.startswith("(every"):
            return Foretold(
                "10.3.2.4, 10.3.2.15", _both(*answers), all(each is True for each in answers)
            )
        opposite = _both(*(None if each is None else not each for each in answers))
        ours = None if opposite is None else not opposite
        return Foretold("10.3.2.4, 10.3.2.15", ours, True in answers)

    return foretell


def _apart(later: Any, earlier: Any) -> Foretold:
    """Moments are subtracted in real time, and only zone with zone; feelin takes the clocks."""
    if not isinstance(later, datetime) or not isinstance(earlier, datetime):
        raise NotMine
    theirs = Shown(show(_naive(later) - _naive(earlier), most=100))
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        return Foretold("10.3.2.3.6, 10.3.2.15", NULL, theirs)
    return Foretold("10.3.2.3.6, 10.3.2.15", _key(later) - _key(earlier), theirs)


def _compared(template: str) -> Callable[..., Foretold]:
    """Two moments of which one has a zone have no order, and are not equal."""
    (operator,) = re.findall(r"> (<=|>=|!=|<|>|=) <", template)

    def foretell(left: Any, right: Any) -> Foretold:
        if not isinstance(left, datetime) or not isinstance(right, datetime):
            raise NotMine
        a, b = _as_utc(left), _as_utc(right)
        theirs = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b, "!=": a != b}
        if (left.tzinfo is None) == (right.tzinfo is None):
            c, d = _key(left), _key(right)
            real = {"<": c < d, "<=": c <= d, ">": c > d, ">=": c >= d, "=": c == d, "!=": c != d}
            return Foretold("10.3.2.3.6, 10.3.2.15", real[operator], theirs[operator])
        ours = {"=": False, "!=": True}.get(operator)
        return Foretold("10.3.2.3.6, 10.3.2.15", ours, theirs[operator])

    return foretell


# ------------------------------------------------------------------ ranges

#: Points between and around the whole ends of the ranges that are drawn.
_POINTS = [Decimal(n) / 4 for n in range(-8, 60)]


def _points(interval: Range) -> set[Decimal]:
    opens, closes = "[" if interval.start_included else "(", "]" if interval.end_included else ")"
    return {p for p in _POINTS if _inside(p, interval.start, interval.end, opens, closes)}


def _relation(name: str) -> Callable[..., Foretold]:
    """Told by the points in the two ranges; feelin gives null for many."""

    def foretell(a: Range, b: Range) -> Foretold:
        first, second = _points(a), _points(b)
        same_start = (a.start, a.start_included) == (b.start, b.start_included)
        same_end = (a.end, a.end_included) == (b.end, b.end_included)
        told = {
            "before": max(first) < min(second),
            "after": min(first) > max(second),
            "overlaps": bool(first & second),
            "includes": first >= second,
            "meets": first & second == {a.end} and a.end == b.start,
            "met by": first & second == {a.start} and a.start == b.end,
            "starts": same_start and first <= second,
            "finishes": same_end and first <= second,
        }
        return Foretold("10.3.4.7", told[name], NULL)

    return foretell


# ------------------------------------------------------------------ the rest


def _number(text: Any) -> Foretold:
    if text != "":
        raise NotMine
    return Foretold("10.3.4.1", NULL, Decimal(0))


def _median(numbers: Any) -> Foretold:
    """feelin puts numbers in the order of their texts."""
    middle, half = statistics.median(numbers), len(numbers) // 2
    texts = sorted(numbers, key=lambda n: show(n, most=100))
    theirs = texts[half] if len(texts) % 2 else (texts[half - 1] + texts[half]) / 2
    return Foretold("10.3.4.4", middle, theirs)


def _mode(numbers: Any) -> Foretold:
    """In order; feelin in an order of its own."""
    most = max(map(numbers.count, numbers), default=0)
    frequent = [n for n in dict.fromkeys(numbers) if numbers.count(n) == most]
    return Foretold("10.3.4.4", sorted(frequent), AnyOrder(tuple(frequent)))


def _other_than(items: Any, unwanted: Any) -> Foretold:
    """Null differs from every text, and a text from null; feelin says nothing about either."""
    ours = [item for item in items if item != unwanted]
    theirs = [item for item in ours if item is not None and unwanted is not None]
    return Foretold("10.3.2.15", ours, theirs)


def _lists_equal(left: Any, right: Any) -> Foretold:
    if len(left) == len(right):
        raise NotMine
    return Foretold("10.3.2.15", False, NULL)


def _long_digits(value: Any) -> Foretold:
    """34 digits; feelin keeps 17."""
    full = show(value, most=1000)
    return Foretold("10.3.2.3.1", full, re.sub(r"-?\d+\.\d{15,}", _of_seventeen, full))


def _of_seventeen(match: re.Match[str]) -> str:
    return repr(float(match[0]))


Rule = Callable[..., Foretold]


def rules_for(template: str) -> Sequence[tuple[str, Rule]]:
    """The rules about this template, each with what it says in words."""
    found: list[tuple[str, Rule]] = []
    if template in _BY_TEMPLATE:
        found.append(_BY_TEMPLATE[template])
    if re.match(r"\(<(\w+)> (between|in [\[(])<?", template) and template.count("<") == 3:
        found.append(("an interval is not turned round, and zones count", _interval(template)))
    if re.fullmatch(r"\(<datetime> (<=|>=|!=|<|>|=) <datetime>\)", template):
        found.append(("moments are compared with their zones", _compared(template)))
    if re.match(r"\((every|some) x in <numbers>", template):
        found.append(
            ("what cannot be compared leaves “every” and “some” open", _all_below(template))
        )
    if relation := re.fullmatch(r"([a-z ]+)\(<range>, <range>\)", template):
        found.append(("the relation of two ranges is true or false", _relation(relation[1])))
    return found


_BY_TEMPLATE: dict[str, tuple[str, Rule]] = {
    "years and months duration(<date>, <date>)": ("years and months have no days", _months_apart),
    "(-<span>)": ("a duration negated is a duration", _negated),
    "substring(<string>, <position>)": ("a position outside a text gives null", _substring),
    "substring(<string>, <position>, <places>)": (
        "a position outside a text gives null",
        _substring,
    ),
    "sublist(<numbers>, <position>)": ("a position outside a list gives null", _sublist),
    "remove(<numbers>, <position>)": ("a position outside a list gives null", _remove),
    "insert before(<numbers>, <position>, <number>)": (
        "a position outside a list gives null",
        _insert,
    ),
    "list replace(<numbers>, <position>, <number>)": (
        "a position outside a list gives null",
        _replace,
    ),
    "(<datetime> - <datetime>)": ("moments are subtracted with their zones", _apart),
    "(<numbers> = <numbers>)": ("lists of different lengths are not equal", _lists_equal),
    "<strings>[item != <string>]": ("null differs from every text", _other_than),
    "number(<string>)": ("an empty text is no number", _number),
    "median(<numbers>)": ("the median is that of the values in order", _median),
    "mode(<numbers>)": ("the most frequent values stand in order", _mode),
    **{
        f"string(<{kind}>)": ("34 digits", _long_digits)
        for kind in ("number", "numbers", "context")
    },
}
