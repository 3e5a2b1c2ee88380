"""When a function may stand for another, entries at any depth, and ranges out of text."""

from collections.abc import Callable

import pytest

Value = Callable[..., str]

CONFORMING = [
    ("function() 1", "function<> -> Any", "true"),
    ("function() 1", "function<> -> number", "true"),
    ("function() 1", "function<> -> string", "false"),
    ("function() {a: 1, b: 2}", "function<> -> context<a: number>", "true"),
    ("function() {a: 1}", "function<> -> context<a: number, b: number>", "false"),
    ("function() [1, 2]", "function<> -> list<number>", "true"),
    ('function() [1, "a"]', "function<> -> list<number>", "false"),
    ("function() today()", "function<> -> number", "true"),
    ("function(a: string) a", "function<string> -> Any", "true"),
    ("function(a: string) a", "function<number> -> Any", "false"),
    ("function(a: string) a", "function<Any> -> Any", "false"),
    ("function(a) a", "function<number> -> Any", "true"),
    ("function(a, b) a", "function<number> -> Any", "false"),
    (
        "function(a: context<x: number>) 1",
        "function<context<x: number, y: number>> -> number",
        "true",
    ),
    (
        "function(a: context<x: number, y: number>) 1",
        "function<context<x: number>> -> number",
        "false",
    ),
    ("function() function(a: number) 1", "function<> -> function<number> -> number", "true"),
    ("function() function(a: number) 1", "function<> -> function<string> -> number", "false"),
]


@pytest.mark.parametrize(("function", "type_", "expected"), CONFORMING)
def test_a_function_stands_for_one_that_asks_no_more_and_gives_no_less(
    function: str, type_: str, expected: str, value: Value
) -> None:
    assert value(f"({function}) instance of {type_}") == expected


def test_a_function_is_not_called_with_an_argument_of_another_type(value: Value) -> None:
    assert value('(function(a: number) a = null)("text")') == "null"
    assert value("(function(a: number) a = null)(null)") == "true"
    assert value("(function(a: number) a = null)([1])") == "false"
    assert value("(function(a: number) a = null)([[1]])") == "null"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{a: {b: {c: {x: "v1"}, x: "v2"}}}...x', '["v1", "v2"]'),
        ("{a: [{x: 1}, {b: {x: 2}}]}...x", "[1, 2]"),
        ("{x: {x: 1}}...x", "[{x: 1}, 1]"),
        ("{x: null}...x", "[]"),
        ('{"x y": 1}...x y', "[1]"),
        ('{"if": 1}...if', "[1]"),
        ("1...x", "[]"),
        ("null...x", "[]"),
        ('[{p: {r: 1, n: "g"}}, {p: {r: 2, n: "c"}}]...p[r = 1]...n[1]', '"g"'),
    ],
)
def test_three_dots_find_an_entry_at_any_depth(
    expression: str, expected: str, value: Value
) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('range("[2..)") = >=2', "true"),
        ('range("(..2]") = <= 2', "true"),
        ('range("(..2)") = < 2', "true"),
        ('range("[..2]")', "null"),
        ('range("[1..]")', "null"),
    ],
)
def test_a_range_out_of_text_is_open_where_it_has_no_end(
    expression: str, expected: str, value: Value
) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("23:00:50@Australia/Melbourne", "23:00:50@Australia/Melbourne", "true"),
        ("23:00:50@Australia/Melbourne", "23:00:50+10:00", "false"),
        ("23:00:50@Australia/Melbourne", "23:00:50@Australia/Sydney", "false"),
        ("23:00:50Z", "23:00:50@Etc/GMT", "false"),
        ("23:00:50Z", "23:00:50+00:00", "true"),
        ("20:00:50+00:00", "21:00:50+01:00", "false"),
        ("23:00:50", "23:00:50Z", "false"),
        ("2026-07-02T23:00:00@Europe/London", "2026-07-02T23:00:00+01:00", "false"),
        ("2026-04-02T12:00:00-01:00", "2026-04-02T17:00:00+04:00", "false"),
        ("P0Y", "P0D", "false"),
    ],
)
def test_is_asks_for_the_same_clock_and_the_same_zone_as_written(
    first: str, second: str, expected: str, value: Value
) -> None:
    assert value(f'is(@"{first}", @"{second}")') == expected


def test_the_flag_x_takes_spaces_out_of_a_pattern_but_not_out_of_brackets(value: Value) -> None:
    assert value(r'matches("a b", "a\ s b", "x")') == "true"
    assert value('matches("ab", "a b", "x")') == "true"
    assert value('matches("a b", "a[ ]b", "x")') == "true"
    assert value('matches("ab", "a[ ]b", "x")') == "false"


def test_is_called_by_names_takes_what_is_not_named_for_null(value: Value) -> None:
    assert value("[is(value1: 1), is(value2: 1), is(value2: null), is(1)]") == (
        "[false, false, true, null]"
    )


def test_a_single_value_as_a_range_is_not_the_interval_around_it(value: Value) -> None:
    assert value("[(=10) = [10..10], (=10) = (= 10), 10 in (=10)]") == "[false, true, true]"
    assert value("[(=10).start, (=10).end]") == "[10, 10]"


@pytest.mark.parametrize(
    ("same", "other"),
    [
        ("10", "11"),
        ('"a"', '"b"'),
        ("true", "false"),
        ('@"2026-03-04"', '@"2026-03-05"'),
        ('@"10:20:30"', '@"10:20:31"'),
        ('@"2026-03-04T10:20:30"', '@"2026-03-04T10:20:31"'),
        ('@"P5D"', '@"P6D"'),
        ('@"P5Y"', '@"P6Y"'),
        ("[1, 2]", "[1, 3]"),
        ("{a: 1}", "{a: 2}"),
    ],
)
def test_a_test_may_ask_for_what_is_equal_or_not(same: str, other: str, value: Value) -> None:
    equal = f"[{same} in ={same}, {same} in (={same}), {same} in ={other}]"
    unequal = f"[{same} in !={same}, {same} in (!={same}), {same} in !={other}]"
    assert value(equal) == "[true, true, false]"
    assert value(unequal) == "[false, false, true]"


def test_a_scale_that_is_null_gives_null(value: Value) -> None:
    assert value("[floor(1.5, null), ceiling(1.5, null), floor(1.5)]") == "[null, null, 1]"
