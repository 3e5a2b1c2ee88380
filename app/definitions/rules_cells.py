"""Rules: a cell of a decision table asks for something that its column can be."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from app import feel
from app.decisions.table import Input, Table
from app.decisions.types import Allowed, Basic, Type, resolved
from app.definitions.domains import ANYTHING, Domain
from app.definitions.fed import Feeding
from app.definitions.findings import Finding
from app.definitions.library import SourceFile
from app.definitions.sign_off_names import KIND
from app.definitions.telling import kinds_told, near_option, told, told_options
from app.feel.syntax.calls import Call
from app.feel.syntax.leaves import InputValue, Interval, Literal, Name
from app.feel.syntax.node import Node
from app.feel.syntax.tests import AnyOf, Cell, ComparisonTest, NoneOf, ValueTest

_PLAIN = frozenset(("string", "number", "boolean"))
_CONTAINS = "list contains"
MOST_ROWS = 5


@dataclass(frozen=True)
class Asked:
    """A value that a cell names: ``=`` to be equal, ``contains`` of a list, ``<`` to be compared."""

    how: str
    value: object
    is_negated: bool = False


def cell_findings(file: SourceFile, table: Table, fed: Feeding) -> Iterator[Finding]:
    for number, (column, domain) in enumerate(zip(table.inputs, fed.columns, strict=True)):
        # a table of sign-offs may know more kinds of decisions than are drawn so far
        known = ANYTHING if column.expression == Name(KIND) else domain
        yield from _of_column(file, table, number, column, known)
    yield from _outputs(file, table)


def _of_column(
    file: SourceFile, table: Table, number: int, column: Input, domain: Domain
) -> Iterator[Finding]:
    typed = _type_name(column.type)
    if typed and domain.kinds and not domain.kinds & {typed, "list"} and domain.kinds <= _PLAIN:
        yield Finding(
            file.name,
            table.id,
            "types-compatible",
            f"The column “{column.label}” of “{table.name}” takes {kinds_told([typed])}, but "
            f"{_source(domain)}is {kinds_told(domain.kinds)}, so it is always empty.",
            mend=f"Give the column the type “{min(domain.kinds)}”.",
        )
        return
    rows: dict[Asked, list[int]] = defaultdict(list)
    for row, rule in enumerate(table.rules):
        for asked in dict.fromkeys(_asked(rule.tests[number])):
            rows[asked].append(row)
    for asked, where in rows.items():
        wrong = _wrong(asked, domain, typed)
        if wrong:
            rule_name, words, mend = wrong
            place = table.rules[where[0]].id or table.id
            cell = f"{_rows(where)} of “{table.name}”, column “{column.label}”: {told(asked.value)}"
            does = "is never there to be left out" if asked.is_negated else "never fits"
            yield Finding(file.name, place, rule_name, f"{cell} {does}: {words}.", mend=mend)


def _wrong(asked: Asked, domain: Domain, typed: str) -> tuple[str, str, str] | None:
    """The rule that is broken, what the column can be, and what to write instead."""
    value = asked.value
    kind = feel.kind(value)
    if typed and kind in _PLAIN and asked.how != "contains" and kind != typed:
        return "types-compatible", f"the column takes {kinds_told([typed])}", ""
    if asked.how == "contains":
        return _not_offered(value, domain.items, domain)
    if domain.kinds and "list" not in domain.kinds and kind not in domain.kinds:
        words = f"{_source(domain)}is {kinds_told(domain.kinds)}"
        return "types-compatible", words, ""
    return _not_offered(value, domain.options, domain) if asked.how == "=" else None


def _not_offered(
    value: object, offered: frozenset[object] | None, domain: Domain
) -> tuple[str, str, str] | None:
    if not offered or value in offered:
        return None
    return (
        "literal-possible",
        f"{_source(domain)}can only be {told_options(offered)}",
        near_option(value, offered),
    )


def _asked(node: Node, *, negated: bool = False) -> Iterator[Asked]:
    match node:
        case Cell(test=test):
            yield from _asked(test, negated=negated)
        case AnyOf(tests=tests):
            for test in tests:
                yield from _asked(test, negated=negated)
        case NoneOf(tests=tests):
            yield from _asked(tests, negated=not negated)
        case ComparisonTest(operator=operator, limit=Literal(constant=value)):
            yield Asked("=" if operator in {"=", "!="} else "<", value, negated)
        case ValueTest(expression=Interval(start=start, end=end)):
            ends = (each.constant for each in (start, end) if isinstance(each, Literal))
            yield from (Asked("<", value, negated) for value in ends if value is not None)
        case ValueTest(expression=Literal(constant=value)) if value is not None:
            yield Asked("=", value, negated)
        case ValueTest(
            expression=Call(function=Name(name=name), arguments=(listed, Literal() as item))
        ):
            if name == _CONTAINS and listed == InputValue():
                yield Asked("contains", item.constant, negated)


def _outputs(file: SourceFile, table: Table) -> Iterator[Finding]:
    for number, column in enumerate(table.outputs):
        typed = _type_name(column.type)
        for row, rule in enumerate(table.rules):
            given = rule.outputs[number]
            place = rule.id or table.id
            where = f"{_rows([row])} of “{table.name}”"
            if not isinstance(given, Literal):
                continue
            if given.constant is not None and typed and feel.kind(given.constant) != typed:
                yield Finding(
                    file.name,
                    place,
                    "types-compatible",
                    f"{where} gives {told(given.constant)}, but the column “{column.name}” gives "
                    f"{kinds_told([typed])}, so nothing comes of it.",
                    mend="Write a value of that kind, or change the type of the column.",
                )


def _type_name(type_: Type) -> str:
    """“string”, “number” or “boolean”; empty for all other types."""
    type_ = resolved(type_)
    if isinstance(type_, Allowed):
        return _type_name(type_.base)
    return type_.name if isinstance(type_, Basic) and type_.name in _PLAIN else ""


def _rows(numbers: list[int]) -> str:
    some = ", ".join(str(number + 1) for number in numbers[:MOST_ROWS])
    more = " and others" if len(numbers) > MOST_ROWS else ""
    return f"{'Row' if len(numbers) == 1 else 'Rows'} {some}{more}"


def _source(domain: Domain) -> str:
    return f"{domain.source} " if domain.source else "what comes in "
