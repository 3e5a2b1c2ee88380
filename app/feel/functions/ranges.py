"""How points and ranges lie to each other (DMN 1.5, table 78), and ``range``."""

import re
from decimal import Decimal

from app.feel.compare import compare, contains
from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.temporal import (
    parse_date,
    parse_date_and_time,
    parse_duration,
    parse_literal,
    parse_time,
)
from app.feel.values import Range, kind

_RANGE = re.compile(r"\s*([\[\](])(.*)([\])\[])\s*", re.DOTALL)
_CALL = re.compile(r"(date and time|date|time|duration)\s*\(\s*\"([^\"]*)\"\s*\)|@\s*\"([^\"]*)\"")
_NUMBER = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_READERS = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_and_time,
    "duration": parse_duration,
}


def _at(left: object, right: object, *, included: bool) -> bool:
    """Whether two ends are the same point, and it counts."""
    return included and compare(left, right) == 0


def _order(left: object, right: object) -> int:
    """How two starts, or two ends, lie to each other; where both ranges are open they are one."""
    return 0 if left is None and right is None else compare(left, right)


@built_in("before", "point1: point", "point2: point")
def before(run: Run, first: object, second: object) -> bool:
    return compare(first, second) < 0


@built_in("before", "point: point", "range: range")
def before_range(run: Run, point: object, r: Range) -> bool:
    order = compare(point, r.start)
    return order < 0 or (order == 0 and not r.start_included)


@built_in("before", "range: range", "point: point")
def range_before(run: Run, r: Range, point: object) -> bool:
    order = compare(r.end, point)
    return order < 0 or (order == 0 and not r.end_included)


@built_in("before", "range1: range", "range2: range")
def range_before_range(run: Run, a: Range, b: Range) -> bool:
    order = compare(a.end, b.start)
    return order < 0 or (order == 0 and not (a.end_included and b.start_included))


@built_in("after", "point1: point", "point2: point")
def after(run: Run, first: object, second: object) -> bool:
    return before(run, second, first)


@built_in("after", "point: point", "range: range")
def after_range(run: Run, point: object, r: Range) -> bool:
    return range_before(run, r, point)


@built_in("after", "range: range", "point: point")
def range_after(run: Run, r: Range, point: object) -> bool:
    return before_range(run, point, r)


@built_in("after", "range1: range", "range2: range")
def range_after_range(run: Run, a: Range, b: Range) -> bool:
    return range_before_range(run, b, a)


@built_in("meets", "range1: range", "range2: range")
def meets(run: Run, a: Range, b: Range) -> bool:
    return _at(a.end, b.start, included=a.end_included and b.start_included)


@built_in("met by", "range1: range", "range2: range")
def met_by(run: Run, a: Range, b: Range) -> bool:
    return meets(run, b, a)


@built_in("overlaps", "range1: range", "range2: range")
def overlaps(run: Run, a: Range, b: Range) -> bool:
    return not range_before_range(run, a, b) and not range_before_range(run, b, a)


@built_in("overlaps before", "range1: range", "range2: range")
def overlaps_before(run: Run, a: Range, b: Range) -> bool:
    starts = _order(a.start, b.start)
    ends = _order(a.end, b.end)
    return (
        (starts < 0 or (starts == 0 and a.start_included and not b.start_included))
        and not range_before_range(run, a, b)
        and (ends < 0 or (ends == 0 and (not a.end_included or b.end_included)))
    )


@built_in("overlaps after", "range1: range", "range2: range")
def overlaps_after(run: Run, a: Range, b: Range) -> bool:
    starts = _order(b.start, a.start)
    ends = _order(b.end, a.end)
    return (
        (starts < 0 or (starts == 0 and b.start_included and not a.start_included))
        and not range_before_range(run, b, a)
        and (ends < 0 or (ends == 0 and (not b.end_included or a.end_included)))
    )


@built_in("finishes", "point: point", "range: range")
def finishes(run: Run, point: object, r: Range) -> bool:
    return _at(r.end, point, included=r.end_included)


@built_in("finishes", "range1: range", "range2: range")
def range_finishes(run: Run, a: Range, b: Range) -> bool:
    if _order(a.end, b.end) or a.end_included != b.end_included:
        return False
    starts = _order(a.start, b.start)
    return starts > 0 or (starts == 0 and (not a.start_included or b.start_included))


@built_in("finished by", "range: range", "point: point")
def finished_by(run: Run, r: Range, point: object) -> bool:
    return finishes(run, point, r)


@built_in("finished by", "range1: range", "range2: range")
def range_finished_by(run: Run, a: Range, b: Range) -> bool:
    return range_finishes(run, b, a)


@built_in("includes", "range: range", "point: point")
def includes(run: Run, r: Range, point: object) -> bool:
    return contains(r, point)


@built_in("includes", "range1: range", "range2: range")
def range_includes(run: Run, a: Range, b: Range) -> bool:
    starts, ends = _order(a.start, b.start), _order(a.end, b.end)
    return (starts < 0 or (starts == 0 and (a.start_included or not b.start_included))) and (
        ends > 0 or (ends == 0 and (a.end_included or not b.end_included))
    )


@built_in("during", "point: point", "range: range")
def during(run: Run, point: object, r: Range) -> bool:
    return contains(r, point)


@built_in("during", "range1: range", "range2: range")
def range_during(run: Run, a: Range, b: Range) -> bool:
    return range_includes(run, b, a)


@built_in("starts", "point: point", "range: range")
def starts(run: Run, point: object, r: Range) -> bool:
    return _at(r.start, point, included=r.start_included)


@built_in("starts", "range1: range", "range2: range")
def range_starts(run: Run, a: Range, b: Range) -> bool:
    if _order(a.start, b.start) or a.start_included != b.start_included:
        return False
    ends = _order(a.end, b.end)
    return ends < 0 or (ends == 0 and (not a.end_included or b.end_included))


@built_in("started by", "range: range", "point: point")
def started_by(run: Run, r: Range, point: object) -> bool:
    return starts(run, point, r)


@built_in("started by", "range1: range", "range2: range")
def range_started_by(run: Run, a: Range, b: Range) -> bool:
    return range_starts(run, b, a)


@built_in("coincides", "point1: point", "point2: point")
def coincides(run: Run, first: object, second: object) -> bool:
    return compare(first, second) == 0


@built_in("coincides", "range1: range", "range2: range")
def range_coincides(run: Run, a: Range, b: Range) -> bool:
    same_ends = (a.start_included, a.end_included) == (b.start_included, b.end_included)
    return same_ends and _order(a.start, b.start) == 0 and _order(a.end, b.end) == 0


@built_in("range", "from: string")
def range_of_text(run: Run, text: str) -> Range:
    match = _RANGE.fullmatch(text)
    start, dots, end = (match[2] if match else "").partition("..")
    if match is None or not dots or not (start.strip() or end.strip()):
        raise Undefined(f"“{text[:60]}” is not a range like [1..10]")
    low, high = _end(start.strip()), _end(end.strip())
    if low is not None and high is not None and (kind(low) != kind(high) or compare(low, high) > 0):
        raise Undefined("the ends of a range must be of one kind and in order")
    starts, ends = match[1] == "[", match[3] == "]"
    if (low is None and starts) or (high is None and ends):
        raise Undefined("an end that is not there cannot belong to the range")
    return Range(low, high, starts, ends)


def _end(text: str) -> object:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if match := _STRING.fullmatch(text):
        return match[1]
    if match := _CALL.fullmatch(text):
        return parse_literal(match[3]) if match[3] is not None else _READERS[match[1]](match[2])
    raise Undefined(f"“{text[:60]}” cannot be the end of a range")
