"""Typed expressions at random: every template says which types stand in its holes."""

import re
from dataclasses import dataclass
from random import Random

SMALL = ("-5", "-2", "-1", "0", "1", "2", "3", "5", "7", "10", "12", "0.25", "2.5", "3.75")
TEXTS = ('""', '"a"', '"b"', '"abc"', '"foobar"', '"Hello World"', '"x y"', '"10"', '"äö"')
DATES = ("2026-01-31", "2024-02-29", "2025-12-31", "2026-03-29", "2026-10-25", "2023-06-15")
MOMENTS = ("2026-01-31T10:00:00Z", "2024-02-29T23:59:59Z", "2025-12-31T00:00:00+02:00")
CLOCKS = ("10:00:00", "23:59:59", "00:00:00", "12:30:15")
SPANS = ("P1D", "PT12H", "-PT30M", "P2DT3H4M5S", "PT0S", "-P1D", "PT90S")
MONTHS = ("P1Y", "P6M", "-P1M", "P1Y2M", "P0M", "-P2Y")
COMPARED = ["number", "string", "date", "datetime", "time", "span", "months"]
ORDERS = ("<", "<=", ">", ">=", "=", "!=")
RELATIONS = ("before", "after", "overlaps", "includes", "meets", "met by", "starts", "finishes")

LEAVES: dict[str, tuple[str, ...]] = {
    "number": SMALL,
    "string": TEXTS,
    "bool": ("true", "false", "null"),
    "date": tuple(f'date("{text}")' for text in DATES),
    "datetime": tuple(f'date and time("{text}")' for text in MOMENTS),
    "time": tuple(f'time("{text}")' for text in CLOCKS),
    "span": tuple(f'duration("{text}")' for text in SPANS),
    "months": tuple(f'duration("{text}")' for text in MONTHS),
    "numbers": ("[]", "[1]", "[1, 2, 3]", "[3, -1, 2.5, 3]", "[0, 10]", "[2, 2]"),
    "strings": ("[]", '["a"]', '["b", "abc"]', '["x y", "", "a"]'),
    "context": ('{a: 1, b: 2, s: "x"}', '{a: -1, b: 2.5, s: ""}', '{a: 0, b: 10, s: "abc"}'),
    "range": ("[1..3]", "(0..5)", "[2..6)", "(1..4]"),
    "position": ("1", "2", "-1", "3"),
    "places": ("0", "1", "2"),
}

HOLE = r"(?<!list)<(\w+)>"

_COMPARISONS = tuple(f"(<{t}> {order} <{t}>)" for t in COMPARED for order in ORDERS)
_BETWEEN = tuple(f"(<{t}> between <{t}> and <{t}>)" for t in COMPARED)
_INTERVALS = tuple(f"(<{t}> in {o}<{t}>..<{t}>{c})" for t in COMPARED for o in "[(" for c in "])")
_IF = tuple(LEAVES)[:9]

NODES: dict[str, tuple[str, ...]] = {
    "number": (
        *(f"(<number> {sign} <number>)" for sign in "+-*/"),
        *("(-<number>)", "(<number> ** <places>)", "count(<numbers>)", "sum(<numbers>)"),
        *("min(<numbers>)", "max(<numbers>)", "mean(<numbers>)", "product(<numbers>)"),
        *("median(<numbers>)", "<numbers>[<position>]", "string length(<string>)"),
        *("floor(<number>)", "ceiling(<number>)", "abs(<number>)", "decimal(<number>, <places>)"),
        *("round half up(<number>, <places>)", "round half down(<number>, <places>)"),
        *("round up(<number>, <places>)", "round down(<number>, <places>)"),
        *("modulo(<number>, <number>)", "<date>.year", "<date>.month", "<date>.day"),
        *("<date>.weekday", "<datetime>.hour", "<datetime>.minute", "<time>.second"),
        *("<span>.days", "<span>.hours", "<months>.years", "<months>.months", "<context>.a"),
        *("number(<string>)", 'get value(<context>, "b")', "day of year(<date>)"),
        "week of year(<date>)",
    ),
    "string": (
        *("(<string> + <string>)", "substring(<string>, <position>)", "upper case(<string>)"),
        *("substring(<string>, <position>, <places>)", "lower case(<string>)"),
        *("substring before(<string>, <string>)", "substring after(<string>, <string>)"),
        *(f"string(<{t}>)" for t in ("number", "bool", "string", "date", "datetime", "span")),
        *("string(<numbers>)", "string(<context>)", "string join(<strings>)"),
        *('string join(<strings>, ",")', 'replace(<string>, "[a-c]+", "x")'),
        *("<strings>[<position>]", "<context>.s", "day of week(<date>)", "month of year(<date>)"),
    ),
    "bool": (
        *_COMPARISONS,
        *_BETWEEN,
        *_INTERVALS,
        *("(<bool> and <bool>)", "(<bool> or <bool>)") * 8,
        *("not(<bool>)", "list contains(<numbers>, <number>)", "contains(<string>, <string>)") * 3,
        *("starts with(<string>, <string>)", "ends with(<string>, <string>)") * 2,
        *('matches(<string>, "^a")', 'matches(<string>, "o{2}")', "odd(<number>)") * 2,
        *("even(<number>)", "(some x in <numbers> satisfies x > <number>)") * 2,
        *("(every x in <numbers> satisfies x < <number>)", "all([<bool>, <bool>])") * 2,
        *("any([<bool>, <bool>])", "(<numbers> = <numbers>)", "(<context> = <context>)") * 2,
        *("(<number> in (<number>, < <number>))", "(<string> instance of string)") * 2,
        *("(<numbers> instance of list<number>)", "(<date> = null)", "(<number> in <range>)") * 2,
        *(f"{name}(<range>, <range>)" for name in RELATIONS),
    ),
    "date": (
        *("(<date> + <months>)", "(<date> - <months>)", "date(<datetime>)"),
        *("date(2024, 2, <position>)", "date(2025, <places>, 28)"),
    ),
    "datetime": (
        *("(<datetime> + <months>)", "(<datetime> + <span>)", "(<datetime> - <span>)"),
        "date and time(<date>, <time>)",
    ),
    "time": ("(<time> + <span>)", "(<time> - <span>)", "time(10, 59, 30)"),
    "span": (
        *("(<span> + <span>)", "(<span> - <span>)", "(<date> - <date>)"),
        *("(<datetime> - <datetime>)", "abs(<span>)", "(-<span>)"),
    ),
    "months": ("(<months> + <months>)", "years and months duration(<date>, <date>)"),
    "numbers": (
        *("[<number>, <number>]", "<numbers>[item > <number>]", "reverse(<numbers>)"),
        *("(for x in <numbers> return x * <number>)", "(for i in 1..3 return i + <number>)"),
        *("sort(<numbers>, function(x, y) x < y)", "append(<numbers>, <number>)"),
        *("concatenate(<numbers>, <numbers>)", "distinct values(<numbers>)"),
        *("union(<numbers>, <numbers>)", "remove(<numbers>, <position>)", "mode(<numbers>)"),
        *("insert before(<numbers>, <position>, <number>)", "sublist(<numbers>, <position>)"),
        *("flatten([<numbers>, <numbers>])", "index of(<numbers>, <number>)"),
        *("[<context>, <context>].a", "list replace(<numbers>, <position>, <number>)"),
    ),
    "strings": (
        *("[<string>, <string>]", 'split(<string>, "o")', "<strings>[item != <string>]"),
        "(for x in <strings> return upper case(x))",
    ),
    "context": (
        *("{a: <number>, b: a + <number>, s: <string>}", 'context put(<context>, "a", <number>)'),
        "context merge([<context>, <context>])",
    ),
}


@dataclass(frozen=True)
class Part:
    """A piece of an expression, whole by itself: a template and what stands in its holes."""

    text: str
    template: str
    operands: tuple[str, ...] = ()


def expression(random: Random) -> list[Part]:
    """The parts of an expression, the smallest first; the last is all."""
    parts: list[Part] = []
    kind = random.choice([*NODES, "bool", "number", "string"])
    _grown(random, kind, random.choice((1, 1, 2, 2, 3)), parts)
    return parts


def _grown(random: Random, kind: str, depth: int, parts: list[Part]) -> str:
    if depth == 0 or kind not in NODES or random.random() < 0.12:
        text = random.choice(LEAVES[kind])
        part = Part(text, text)
    else:
        template = random.choice(NODES[kind])
        if kind in _IF and random.random() < 0.06:
            template = f"(if <bool> then <{kind}> else <{kind}>)"
        operands: list[str] = []

        def fill(hole: re.Match[str]) -> str:
            operands.append(_grown(random, hole[1], depth - 1, parts))
            return operands[-1]

        text = re.sub(HOLE, fill, template)
        part = Part(text, template, tuple(operands))
    if kind not in {"range", "position", "places"}:
        parts.append(part)
    return text
