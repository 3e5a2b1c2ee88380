"""Names with signs, names that begin with a question mark, and what `?` alone stands for."""

from collections.abc import Callable

import pytest

Value = Callable[..., str]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{?x: 1, y: ?x + 1}.y", "2"),
        ("for ?i in 1..2 return ?i", "[1, 2]"),
        ("{f: function(?n) ?n + 1, r: f(2)}.r", "3"),
        ("?x", "null"),
        ('{"a+b": 1}.a+b', "1"),
        ('{"a-b": 1, c: a-b + 1}.c', "2"),
        ('{a: 1, b: 2, "a-b": 7, c: a-b}.c', "7"),
        ('{"a b": 2, c: a b * 2}.c', "4"),
        ('{a: 5, b: 2, c: {"a": 7, d: a - b}}.c.d', "5"),
        ('{"a,b)": 1}', '{"a,b)": 1}'),
        ('{a: "x-y", x: 3, y: 1, z: x-y}.z', "2"),
    ],
)
def test_a_name_may_begin_with_a_question_mark_or_have_signs(
    expression: str, expected: str, value: Value
) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("5 in (? > 3)", "true"),
        ("5 in (?>3, ?<2)", "true"),
        ("5 in (?-3 = 2)", "true"),
        ("5 in (? > 7)", "false"),
        ("[1, 5, 9][item in (? > 3)]", "[5, 9]"),
    ],
)
def test_a_question_mark_behind_in_is_the_value_before_it(
    expression: str, expected: str, value: Value
) -> None:
    assert value(expression) == expected
