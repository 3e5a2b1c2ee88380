"""No expression runs long, grows large, or reaches Python."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from app import feel
from app.cli.children import in_children

Value = Callable[..., str]

GREEDY = [
    "for x in 1..1000000000 return x",
    "for x in 1..100000, y in 1..100000 return x",
    "some x in 1..1000000000 satisfies false",
    "count([1..3][every y in 1..100000000 satisfies true])",
    "{f: function(x) f(x), r: f(1)}.r",
    "{f: function(x) f(x) + f(x), r: f(1)}.r",
    "{f: function(n, l) if n = 0 then l else f(n - 1, [l, l]), r: f(40, [1])}.r",
    "string({f: function(n, l) if n = 0 then l else f(n - 1, [l, l]), r: f(40, [1])}.r)",
    "{f: function(n, s) if n = 0 then s else f(n - 1, s + s), r: f(40, \"aaaa\")}.r",
    "for i in 1..100000 return partial",
    "for i in 1..30 return if i = 1 then [1] else [partial[-1], partial[-1]]",
    "flatten(for i in 1..50 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "{l: for i in 1..50 return if i = 1 then [1] else [partial[-1], partial[-1]], r: l = l}.r",
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "^(a+)+$")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "^(a|aa)+$")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "(a*)*\\\\1b$c")',
    'replace(string join(for i in 1..50000 return "ab", ""), "(a|b|ab)*c", "x")',
    'split(string join(for i in 1..50000 return "ab", ""), "")',
    "sort(for i in 1..50000 return -i, function(x, y) x < y)",
    "distinct values(for i in 1..50000 return [i])",
    "decimal(10 ** 6000, 6000)",
    "(10 ** 6000) ** 6000",
    "9 ** 9 ** 9 ** 9",
    "exp(10 ** 6000)",
    "modulo(10 ** 6000, 7)",
    'duration("P999999999999Y") * 10 ** 6000',
    'duration("P999999999D") * 10',
    "working days(10000)",
    'string join(for i in 1..1000 return string join(for j in 1..1000 return "aaaaaaaaaa"))',
    "substring(\"a\", 10 ** 6000)",
    "for i in [1..10 ** 30] return i",
    "every i in 1..10 ** 30 satisfies true",
    'count(for d in @"0001-01-01"..@"9999-12-31" return d)',
    'replace(string join(for i in 1..9000 return "a"), "a", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")',
    "{f: function(n, l) if n = 0 then l else f(n - 1, {a: l, b: l}), r: f(40, {x: 1})}.r...x",
    'context merge(for i in 1..2000 return context([{key: string(i), value: i}]))',
    "[1, 2][10 ** 6000]",
]  # fmt: skip

TEXT = 's: string join(for i in 1..20000 return "aaaaaaaaaa")'
LIST = "l: for i in 1..30000 return i"
LONG = "1" + " + 1" * 10_000
#: Few turns, each of which is much work or keeps much.
HEAVY = [
    f"{{{TEXT}, r: for i in 1..100000 return upper case(s)}}.r",
    f"{{{TEXT}, r: for i in 1..100000 return substring(string: s, start position: 2)}}.r",
    f'{{{TEXT}, r: for i in 1..100000 return contains(s, "ab")}}.r',
    f"{{{TEXT}, r: for i in 1..100000 return date(s)}}.r",
    f'{{{TEXT}, r: for i in 1..100000 return "" + s}}.r',
    f"{{{LIST}, r: for i in 1..100000 return l = l}}.r",
    f"{{{LIST}, r: for i in 1..100000 return is(l, l)}}.r",
    f"{{{LIST}, r: for i in 1..100000 return 0 in l}}.r",
    f"{{{LIST}, r: for i in 1..100000 return list contains([l], l)}}.r",
    f"{{{LIST}, r: for i in 1..100000 return l instance of list<number>}}.r",
    f"{{{LIST}, r: (for i in 1..90000 return l) instance of list<list<number>>}}.r",
    f"for i in 1..100000 return {LONG}",
    f"some i in 1..100000 satisfies {LONG} = i - i",
    f"(for i in 1..10000 return i)[{LONG} = item - item]",
    f"{{f: function(x) {LONG}, r: for i in 1..100000 return f(i)}}.r",
]


@pytest.mark.parametrize("text", HEAVY, ids=[text[-60:] for text in HEAVY])
def test_what_is_much_work_in_few_turns_counts_as_many(
    text: str, environment: feel.Environment
) -> None:
    outcome = feel.parse(text).evaluate({}, environment)
    assert outcome.problems[-1] == "Stopped: the expression takes too many steps"


def within_limits(work: Callable[[], int]) -> int:
    """What it returns in a child that is ended after five seconds of its own work, or 512 MB."""
    [(_number, returned, died)] = in_children([work])
    assert died is None, f"ended for its {died}"
    return int(returned)


@pytest.mark.parametrize("text", GREEDY)
def test_a_greedy_expression_ends_soon(text: str, environment: feel.Environment) -> None:
    def count_problems() -> int:
        outcome = feel.parse(text).evaluate({}, environment)
        with suppress(ValueError):
            feel.to_json(outcome.value)
        return len(outcome.problems)

    assert within_limits(count_problems) <= 60


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "1" + ")" * 5_000,
        "[" * 5_000,
        "-" * 5_000 + "1",
        "not(" * 500 + "true" + ")" * 500,
        "if true then " * 2_000 + "1" + " else 2" * 2_000,
        "x" + ".a" * 5_000,
        "x" + "[1]" * 5_000,
        "1 +" * 60_000,
        "{a " + " " * 40_000 + "}",
        "{" + "a: {" * 1_000,
        '"' + "\\" * 40_001,
        "a " * 20_000,
        "function(x) " * 3_000 + "1",
        "1 in " * 5_000 + "1",
    ],
)
def test_a_monstrous_text_is_refused_or_evaluated_soon(
    text: str, environment: feel.Environment
) -> None:
    def is_refused() -> bool:
        try:
            feel.parse(text).evaluate({}, environment)
        except feel.FeelSyntaxError:
            return True
        return False

    within_limits(is_refused)


def test_a_long_sum_is_no_problem(environment: feel.Environment) -> None:
    text = " + ".join(["1"] * 5_000)
    assert feel.parse(text).evaluate({}, environment).value == 5_000


def test_a_limit_is_named_in_the_problem(environment: feel.Environment) -> None:
    outcome = feel.parse("for x in 1..1000000000 return x").evaluate({}, environment)
    assert outcome == feel.Outcome(None, ("Stopped: the expression takes too many steps",))


ESCAPES = [
    '__import__("os").system("id")',
    '().__class__.__bases__[0].__subclasses__()',
    '"".__class__',
    '"".__class__.__mro__[1]',
    "[].__class__",
    "{}.__class__",
    "date.__globals__",
    "date.__init__.__globals__",
    "count.__call__([1])",
    "sort([2, 1], function(a, b) a.__class__)",
    "function(x) external {java: {class: \"java.lang.Runtime\", \"method signature\": \"exec\"}}",
    "(function(x) external {python: {code: \"import os\"}})(1)",
    'eval("1")',
    'exec("import os")',
    'open("/etc/passwd")',
    'compile("1", "", "eval")',
    "globals()",
    "locals()",
    'getattr("", "upper")',
    'get value({}, "__class__")',
    'context put({}, "__class__", 1).__class__.__init__',
    "today().today()",
    'today().strftime("%Y")',
    "today().__reduce__()",
    "now().tzinfo",
    "(1).real",
    '"{0.__class__}".format(1)',
    'string("{0.__class__}")',
    "lambda: 1",
    "[x for x in [1]]",
    "@\"__import__('os')\"",
    "duration.work",
    "sum.forms",
    "run.environment",
    "scope.run",
    "?.__class__",
    "{a: function(x) x}.a._scope",
    "{a: function(x) x}.a.name",
    "[1..2].__dict__",
    "\"\\u005f\\u005fimport\\u005f\\u005f\"",
]  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES)
def test_nothing_reaches_python(text: str, environment: feel.Environment) -> None:
    try:
        outcome = feel.parse(text).evaluate({}, environment)
    except feel.FeelSyntaxError:
        return
    try:
        kept = feel.to_json(outcome.value)
    except TypeError:
        assert feel.kind(outcome.value) == "function"
        return
    harmless: tuple[object, ...] = (None, [], "{0.__class__}", "__import__")
    assert kept in harmless
    if kept is None:
        assert outcome.problems


@pytest.mark.parametrize("text", ESCAPES)
def test_nothing_reaches_python_from_a_cell(text: str, environment: feel.Environment) -> None:
    try:
        outcome = feel.parse_unary(text).evaluate({}, environment, input_value="x")
    except feel.FeelSyntaxError:
        return
    assert outcome.value in (None, False)


def test_a_fact_that_is_no_value_is_refused(environment: feel.Environment) -> None:
    outcome = feel.parse("thing.__class__").evaluate({"thing": object()}, environment)
    assert outcome == feel.Outcome(None, ("object is not a value an expression can use",))


def test_facts_that_are_not_read_are_not_looked_at(environment: feel.Environment) -> None:
    assert feel.parse("1").evaluate({"thing": object()}, environment).value == 1


def test_evaluating_does_not_change_the_facts(environment: feel.Environment) -> None:
    facts: dict[str, object] = {"l": [1, 2], "c": {"a": 1}}
    feel.parse('[append(l, 3), context put(c, "a", 2), remove(l, 1)]').evaluate(facts, environment)
    assert facts == {"l": [1, 2], "c": {"a": 1}}
