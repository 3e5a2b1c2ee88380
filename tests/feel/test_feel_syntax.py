"""Names, places of errors, and what the messages say."""

from collections.abc import Callable

import pytest

from app import feel

Value = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("", 1, 1, "a value"),
        ("1 +", 1, 4, "a value"),
        ("(1", 1, 3, "“)”"),
        ("1)", 1, 2, "without its opening bracket"),
        ("[1, 2", 1, 6, "“]”"),
        ("{a 1}", 1, 4, "“:”"),
        ("if a then b", 1, 12, "“else”"),
        ("if a b", 1, 7, "“then”"),
        ("for x [1] return x", 1, 7, "“in”"),
        ("for x in [1]", 1, 13, "“return”"),
        ("some x in [1]", 1, 14, "“satisfies”"),
        ("level =\n  3 and\n  > 4 5", 3, 3, "a value"),
        ('"open', 1, 1, "does not end"),
        ("'single'", 1, 1, "double quotes"),
        ("“curly”", 1, 1, "double quotes"),
        ("a == b", 1, 4, "a value"),
        ("a && b", 1, 3, "no meaning"),
        ("1 2", 1, 3, "the end"),
        ("a.", 1, 3, "a name"),
        ("x instance of list<", 1, 20, "a name"),
        ("x instance of map<number>", 1, 15, "list<…>"),
    ],
)
def test_a_syntax_error_says_where_and_what(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert said in caught.value.message
    assert f"line {line}, column {column}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1", set()),
        ("level > 2 and harm_suspected", {"level", "harm_suspected"}),
        ("family.children[age < 5].name", {"family", "age"}),
        ("for x in actions return x.done", {"actions"}),
        ("some a in actions satisfies a.due < limit", {"actions", "limit"}),
        ("function(a) a + b", {"b"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("count(actions)", {"actions"}),
        ("count + 1", {"count"}),
        ("working days(date(review_on), parameters.review_wd)", {"review_on", "parameters"}),
        ("[1, 2][item > limit]", {"limit"}),
        ("for i in 1..n return partial", {"n"}),
        ("f(x)", {"f", "x"}),
        ("date and time(day, clock)", {"day", "clock"}),
        ("Monthly Fee * 2", {"Monthly Fee"}),
    ],
)
def test_an_expression_knows_the_names_it_reads(text: str, names: set[str]) -> None:
    assert feel.parse(text).names == names


def test_a_unary_test_knows_the_names_it_reads() -> None:
    assert feel.parse_unary("< limit, not_this").names == {"limit", "not_this"}


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("Monthly Fee * 2", {"Monthly Fee": 4}, "8"),
        ("Monthly   Fee", {"Monthly Fee": 4}, "4"),
        ("loan.amount due + 1", {"loan": {"amount due": 1}}, "2"),
        ("count", {"count": 3}, "3"),
        ("count([1]) + count", {"count": 3}, "4"),
        ("Ünïcode_1", {"Ünïcode_1": 1}, "1"),
        ("order", {"order": 1}, "1"),
        ("instances", {"instances": 1}, "1"),
        ("a // one\n + /* two */ b", {"a": 1, "b": 2}, "3"),
        ("missing", {}, "null"),
    ],
)
def test_names_are_found_among_the_facts(
    text: str, facts: dict[str, object], expected: str, value: Value
) -> None:
    assert value(text, **facts) == expected


def test_names_with_signs_must_be_told(environment: feel.Environment) -> None:
    told = feel.parse("net-fee - 1", names=["net-fee"])
    assert feel.to_json(told.evaluate({"net-fee": 5}, environment).value) == 4
    assert feel.parse("net-fee - 1").names == {"net", "fee"}


def test_a_name_with_a_keyword_is_read_when_told(environment: feel.Environment) -> None:
    told = feel.parse("Order in Progress", names=["Order in Progress"])
    assert told.evaluate({"Order in Progress": True}, environment).value is True


def test_parsing_is_cached() -> None:
    assert feel.parse("1 + 1") is feel.parse("1 + 1")


@pytest.mark.parametrize(
    ("text", "tested", "expected"),
    [
        ("-", 5, True),
        ("", None, True),
        ("5", 5, True),
        ("< 6", 5, True),
        ("<= 4", 5, False),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("]5..9]", 5, False),
        ("1, 5", 5, True),
        ("not(1, 5)", 5, False),
        ("not(1, 6)", 5, True),
        ("not(< 3)", 5, True),
        ('"a", "b"', "b", True),
        ("null", None, True),
        ("not(null)", None, False),
        ("not(null)", 1, True),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("? > 3", 5, True),
        ("? > 3 and ? < 5", 5, False),
        ('contains(?, "oo")', "foo", True),
        ("limit", 7, True),
        ("< limit", 6, True),
        ("limits", 2, True),
        ("not(limits)", 2, False),
        ("< 5", None, None),
        ("< 5", "a", None),
        ('date("2026-01-01")', "x", None),
        ("not(?) ", False, True),
        ("?", "foo", True),
        ('string length("?") = 1', "foo", None),
        ('"bar", string length("?") = 1', "foo", None),
        ('"bar", string length(?) = 3', "foo", True),
    ],
)
def test_a_cell_tests_its_input(
    text: str, tested: object, expected: bool | None, environment: feel.Environment
) -> None:
    facts: dict[str, object] = {"limit": 7, "limits": [1, 2]}
    outcome = feel.parse_unary(text).evaluate(facts, environment, input_value=tested)
    assert outcome.value is expected


def test_what_is_undefined_is_null_with_the_reason(environment: feel.Environment) -> None:
    outcome = feel.parse("[levle, 1 / 0, date(1)]").evaluate({}, environment)
    assert outcome.value == [None, None, None]
    assert outcome.problems == (
        "nothing is called “levle”",
        "the result of “/” is undefined or out of range",
        "“date” cannot be called with a number",
    )
