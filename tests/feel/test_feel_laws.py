"""Laws that hold for all values: arithmetic, three-valued logic, intervals, dates and durations."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app import feel
from app.feel import YearsMonths
from tests.feel.conftest import ENVIRONMENT

NUMBERS = st.decimals(-(10**9), 10**9, places=4)
LOGIC = st.sampled_from([True, False, None])
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(-600, 600)
SPANS = st.timedeltas(timedelta(-20_000), timedelta(20_000))
POINTS = st.integers(-3, 6)
ENDS = st.tuples(POINTS, POINTS, st.booleans(), st.booleans()).filter(
    lambda ends: ends[0] < ends[1]
)
#: So fine that between two whole points there is always one of them.
GRID = [Decimal(n) / 4 for n in range(-20, 32)]


def worth(text: str, **facts: object) -> object:
    return feel.parse(text).evaluate(facts, ENVIRONMENT).value


def written(ends: tuple[int, int, bool, bool]) -> str:
    low, high, closed_below, closed_above = ends
    return f"{'[' if closed_below else '('}{low}..{high}{']' if closed_above else ')'}"


def inside(ends: tuple[int, int, bool, bool]) -> set[Decimal]:
    low, high, closed_below, closed_above = ends
    return {
        point
        for point in GRID
        if (low <= point if closed_below else low < point)
        and (point <= high if closed_above else point < high)
    }


# ------------------------------------------------------------------ arithmetic


@given(NUMBERS, NUMBERS, NUMBERS)
def test_addition_and_multiplication_are_exact(a: Decimal, b: Decimal, c: Decimal) -> None:
    exact = (Fraction(a) + Fraction(b)) * Fraction(c)
    assert Fraction(str(worth("(a + b) * c", a=a, b=b, c=c))) == exact
    assert worth("a + b = b + a and a * b = b * a", a=a, b=b) is True
    assert worth("a - b = -(b - a)", a=a, b=b) is True


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_quotient_has_34_digits_and_the_rest_is_modulo(a: Decimal, b: Decimal) -> None:
    assert worth("a / b", a=a, b=b) == Context(prec=34).divide(a, b)
    rest = worth("modulo(a, b)", a=a, b=b)
    assert isinstance(rest, Decimal)
    assert Fraction(rest) == Fraction(a) - Fraction(b) * (Fraction(a) / Fraction(b)).__floor__()
    assert rest == 0 or (rest < 0) == (b < 0)


@given(NUMBERS, st.integers(-3, 5))
def test_rounding_never_leaves_the_neighbourhood(value: Decimal, scale: int) -> None:
    unit = Decimal(10) ** -scale
    low, high = worth("floor(x, n)", x=value, n=scale), worth("ceiling(x, n)", x=value, n=scale)
    assert low == (value / unit).to_integral_value(ROUND_FLOOR) * unit
    assert high == (value / unit).to_integral_value(ROUND_CEILING) * unit
    for name in ("decimal", "round up", "round down", "round half up", "round half down"):
        assert worth(f"{name}(x, n)", x=value, n=scale) in (low, high)


@given(st.lists(NUMBERS, min_size=1, max_size=12))
def test_totals_fit_together(values: list[Decimal]) -> None:
    facts = {"l": values}
    assert worth("sum(l)", **facts) == sum(values)
    assert worth("abs(mean(l) * count(l) - sum(l)) < 0.000001", **facts) is True
    assert worth("min(l) <= median(l) and median(l) <= max(l)", **facts) is True
    assert worth("sort(l, function(a, b) a < b)", **facts) == sorted(values)
    assert worth("every m in mode(l) satisfies list contains(l, m)", **facts) is True
    assert worth("reverse(reverse(l)) = l", **facts) is True


# ------------------------------------------------------------------ three values


@given(LOGIC, LOGIC, LOGIC)
def test_logic_keeps_the_laws_of_three_values(
    a: bool | None, b: bool | None, c: bool | None
) -> None:
    facts = {"a": a, "b": b, "c": c}
    same = [
        ("a and b", "b and a"),
        ("a or b", "b or a"),
        ("(a and b) and c", "a and (b and c)"),
        ("a and (b or c)", "(a and b) or (a and c)"),
        ("a or (b and c)", "(a or b) and (a or c)"),
        ("not(a and b)", "not(a) or not(b)"),
        ("not(not(a))", "a"),
        ("a and (a or b)", "a"),
    ]
    for left, right in same:
        assert worth(left, **facts) is worth(right, **facts), left


@given(st.lists(LOGIC, max_size=6))
def test_every_and_some_are_long_ands_and_ors(values: list[bool | None]) -> None:
    every = False if False in values else None if None in values else True
    some = True if True in values else None if None in values else False
    assert worth("every x in l satisfies x", l=values) is every
    assert worth("some x in l satisfies x", l=values) is some
    assert worth("all(l)", l=values) is every
    assert worth("any(l)", l=values) is some


# ------------------------------------------------------------------ intervals


@given(ENDS, st.sampled_from(GRID))
def test_an_interval_holds_what_lies_between_its_ends(
    ends: tuple[int, int, bool, bool], point: Decimal
) -> None:
    expected = point in inside(ends)
    text = written(ends)
    assert worth(f"p in {text}", p=point) is expected
    assert worth(f"includes({text}, p)", p=point) is expected
    assert worth(f"during(p, {text})", p=point) is expected
    below, above = worth(f"before(p, {text})", p=point), worth(f"after(p, {text})", p=point)
    assert [below, expected, above].count(True) == 1


@settings(max_examples=300)
@given(ENDS, ENDS)
def test_intervals_lie_to_each_other_as_their_points_do(
    a: tuple[int, int, bool, bool], b: tuple[int, int, bool, bool]
) -> None:
    first, second = inside(a), inside(b)
    expected = {
        "before": max(first) < min(second),
        "after": min(first) > max(second),
        "overlaps": bool(first & second),
        "includes": first >= second,
        "during": first <= second,
        "coincides": first == second,
        "starts": (a[0], a[2]) == (b[0], b[2]) and first <= second,
        "finishes": (a[1], a[3]) == (b[1], b[3]) and first <= second,
        "meets": a[1] == b[0] and a[3] and b[2],
        "met by": b[1] == a[0] and b[3] and a[2],
    }
    found = {name: worth(f"{name}({written(a)}, {written(b)})") for name in expected}
    assert found == expected
    assert worth(f"overlaps before({written(a)}, {written(b)})") == worth(
        f"overlaps after({written(b)}, {written(a)})"
    )
    turned = {"started by": "starts", "finished by": "finishes"}
    for name, other in turned.items():
        assert worth(f"{name}({written(b)}, {written(a)})") == expected[other]


# ------------------------------------------------------------------ dates and durations


@given(DAYS, SPANS)
def test_what_is_added_to_a_day_is_what_lies_between(day: date, span: timedelta) -> None:
    whole = timedelta(span.days)
    assert worth("(d + s) - d = s and (d - s) + s = d", d=day, s=whole) is True
    assert worth("d + s", d=day, s=whole) == day + whole


@given(DAYS, MONTHS)
def test_months_keep_the_day_or_take_the_last_one(day: date, months: int) -> None:
    found = worth("d + m", d=day, m=YearsMonths(months))
    assert isinstance(found, date)
    count = (found.year - day.year) * 12 + found.month - day.month
    assert count == months
    assert found.day == min(day.day, monthrange(found.year, found.month)[1])


@given(DAYS, DAYS)
def test_whole_months_between_two_days_fit_in_and_one_more_does_not(a: date, b: date) -> None:
    first, last = sorted((a, b))
    found = worth("years and months duration(a, b)", a=first, b=last)
    assert isinstance(found, YearsMonths)
    assert worth("a + m <= b", a=first, b=last, m=found) is True
    if first.day <= last.day:
        assert worth("a + m > b", a=first, b=last, m=YearsMonths(found.months + 1)) is True
    assert worth("years and months duration(a, b)", a=last, b=first) == YearsMonths(-found.months)


@given(DAYS.map(lambda day: datetime.combine(day, time(11, 30), UTC)), SPANS)
def test_moments_and_spans_are_added_in_real_time(moment: datetime, span: timedelta) -> None:
    assert worth("(m + s) - m", m=moment, s=span) == span
    assert worth("m + s - s = m", m=moment, s=span) is True


@given(SPANS)
def test_the_parts_of_a_span_make_it_up_and_its_text_reads_back(span: timedelta) -> None:
    parts = 's.days * duration("P1D") + s.hours * duration("PT1H") + s.minutes * duration("PT1M")'
    whole = timedelta(seconds=int(span.total_seconds()))
    assert worth(f'{parts} + s.seconds * duration("PT1S")', s=whole) == whole
    assert worth("duration(string(s))", s=span) == span
    assert worth('abs(s) = if s < @"PT0S" then -s else s', s=span) is True


@given(DAYS)
def test_a_day_reads_back_and_knows_its_place(day: date) -> None:
    assert worth("date(string(d)) = d and date(d.year, d.month, d.day) = d", d=day) is True
    assert worth("day of year(d)", d=day) == day.timetuple().tm_yday
    assert worth("week of year(d)", d=day) == day.isocalendar().week
    assert worth("day of week(d)", d=day) == day.strftime("%A")
    assert worth("month of year(d)", d=day) == day.strftime("%B")


@given(st.lists(st.integers(0, 5), max_size=8), st.integers(-9, 9))
def test_a_list_is_cut_and_mended_as_lists_are(items: list[int], position: int) -> None:
    facts = {"l": items, "p": position}
    if 1 <= abs(position) <= len(items):
        at = position - 1 if position > 0 else len(items) + position
        assert worth("l[p]", **facts) == items[at]
        assert worth("remove(l, p)", **facts) == items[:at] + items[at + 1 :]
        assert worth("insert before(l, p, 9)", **facts) == [*items[:at], 9, *items[at:]]
        assert worth("list replace(l, p, l[p]) = l", **facts) is True
        assert worth("sublist(l, p)", **facts) == items[at:]
    else:
        assert worth("[l[p], remove(l, p), list replace(l, p, 0)]", **facts) == [None] * 3
    assert worth("distinct values(l)", **facts) == list(dict.fromkeys(items))
    assert worth("union(l, l) = distinct values(l)", **facts) is True
