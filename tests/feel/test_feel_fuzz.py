"""Whatever the text, it is refused with a place or evaluates; it never breaks."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from app import feel
from tests.feel.conftest import ENVIRONMENT

WORDS = st.sampled_from(
    [
        *"+-*/()[]{},:.?<>=@\"'",
        *("**", "..", "<=", "!=", "if", "then", "else", "for", "in", "return", "some", "every"),
        *("satisfies", "and", "or", "between", "instance of", "function", "null", "true", "false"),
        *("1", "2.5", "-1", "10 ** 6144", "1e6000", "x", "item", "a b", '"a"', '"2026-01-01"'),
        *('@"P1D"', '@"P1M"', '@"2026-01-01"', '@"10:00:00Z"', "[1, 2]", "{a: 1}", "[1..3]"),
        *sorted(feel.BUILT_INS),
    ]
)
ARGUMENTS = st.sampled_from(
    [
        *("null", "1", "-1", "0", "2.5", "1e6000", "-1e6000", "1e-6000", '""', '"abc"', "true"),
        *('"("', '"2026-01-01"', '@"P1D"', '@"-P999999999D"', '@"P9999999999Y"', '@"9999-12-31"'),
        *('@"0001-01-01"', '@"10:00:00Z"', '@"2026-01-01T10:00:00@Europe/London"', "[]", "[null]"),
        *(
            '[1, "a", null]',
            "[1e6000, 1]",
            "{}",
            '{a: 1, b: "x"}',
            "[1..3]",
            "(< 5)",
            "(>= 1e6000)",
        ),
        *("function(a, b) a < b", "function() 1", "count", "[[1], [[2]]]", '[@"P1D", @"P1D"]'),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=14))
def test_a_soup_of_words_never_breaks(words: list[str]) -> None:
    for reads in (feel.parse, feel.parse_unary):
        with suppress(feel.FeelSyntaxError):
            reads(" ".join(words)).evaluate({"x": [1, {"a": None}]}, ENVIRONMENT, input_value=3)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_never_breaks(text: str) -> None:
    with suppress(feel.FeelSyntaxError):
        feel.parse(text).evaluate({}, ENVIRONMENT)


@settings(max_examples=800, deadline=None)
@given(st.sampled_from(sorted(feel.BUILT_INS)), st.lists(ARGUMENTS, max_size=4))
def test_no_function_breaks_on_any_arguments(name: str, arguments: list[str]) -> None:
    outcome = feel.parse(f"{name}({', '.join(arguments)})").evaluate({}, ENVIRONMENT)
    assert outcome.value is not None or outcome.problems or name in MAY_BE_NULL


@settings(max_examples=300, deadline=None)
@given(ARGUMENTS, st.sampled_from(["+", "-", "*", "/", "**", "<", "=", "in", "and"]), ARGUMENTS)
def test_no_operator_breaks_on_any_operands(left: str, operator: str, right: str) -> None:
    feel.parse(f"({left}) {operator} ({right})").evaluate({}, ENVIRONMENT)


#: Functions whose null is an answer and not an accident.
MAY_BE_NULL = frozenset({"not", "string", "all", "any", "get or else", "get value", "min", "max"})
