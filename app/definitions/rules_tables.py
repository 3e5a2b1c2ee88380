"""Rules: a decision table has one answer for every case."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from app.decisions import DmnRefused, Model
from app.decisions.coverage import Coverage, Example, Pair, coverage, tables
from app.decisions.samples import OTHER
from app.decisions.table import Table
from app.definitions import parsed
from app.definitions.domains import options_by_name
from app.definitions.fed import feeding
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile, View
from app.definitions.models import Kind
from app.definitions.rules_cells import cell_findings
from app.feel.syntax.leaves import Literal

MOST_TOLD = 5


def table_findings(file: SourceFile, view: View, library: Library) -> Iterator[Finding]:
    model = parsed.model(file.content)
    yield from _decided_twice(file, model, library)
    known = options_by_name(view)
    for decision, table in tables(model):
        fed = feeding(library, file, model, decision, table)
        yield from cell_findings(file, table, fed)
        yield from _rows_as_written(file, table)
        found = coverage(model, table, known, [domain.options for domain in fed.columns])
        for pair in _contradictions(table, found)[:MOST_TOLD]:
            yield _contradiction(file, table, pair)
        for example in found.gaps:
            yield Finding(
                file.name,
                table.id,
                "table-gap",
                f"No row of “{table.name}” fits when {_when(example)}.",
                severity="note",
            )
        for number in found.hidden[:MOST_TOLD]:
            yield Finding(
                file.name,
                table.rules[number].id or table.id,
                "table-rule-unreachable",
                f"Row {number + 1} of “{table.name}” is never used: {_hidden(table, number)}.",
                severity="note",
            )


def _decided_twice(file: SourceFile, model: Model, library: Library) -> Iterator[Finding]:
    """A decision that another file of the same pack makes as well: only one of them counts."""
    for decision_id in model.decision_ids:
        for other in _makers(library, file.pack).get(decision_id, ()):
            if other != file.name:
                yield Finding(
                    file.name,
                    decision_id,
                    "id-unique",
                    f"The decision “{decision_id}” is made in {other} too, and only one would count.",
                    mend="Give one of them another id, or remove it.",
                )


@lru_cache(maxsize=16)
def _makers(library: Library, pack: str) -> dict[str, list[str]]:
    """The files of a pack by the decisions they make."""
    found: dict[str, list[str]] = {}
    for file in library.files.values():
        if file.pack == pack and file.kind is Kind.DMN:
            try:
                model = parsed.model(file.content)
            except DmnRefused:
                continue
            for decision_id in model.decision_ids:
                found.setdefault(decision_id, []).append(file.name)
    return found


def _rows_as_written(file: SourceFile, table: Table) -> Iterator[Finding]:
    """Rows that give nothing, or that are there twice and so count twice in a list."""
    first: dict[object, int] = {}
    for number, rule in enumerate(table.rules):
        place = rule.id or table.id
        for column, given in zip(table.outputs, rule.outputs, strict=True):
            if given == Literal(None):
                yield Finding(
                    file.name,
                    place,
                    "table-row-gives",
                    f"Row {number + 1} of “{table.name}” gives nothing for “{column.name}”.",
                    severity="note",
                )
        same = first.setdefault((rule.tests, rule.outputs), number)
        if same != number and table.policy not in {"UNIQUE", "FIRST", "PRIORITY"}:
            yield Finding(
                file.name,
                place,
                "table-row-twice",
                f"Row {number + 1} of “{table.name}” says the same as row {same + 1}.",
                severity="note",
            )


def _contradictions(table: Table, found: Coverage) -> list[Pair]:
    return [pair for pair in found.pairs if table.policy == "UNIQUE" or not pair.agree]


def _contradiction(file: SourceFile, table: Table, pair: Pair) -> Finding:
    rows = f"Rows {pair.first + 1} and {pair.second + 1} of “{table.name}” both fit when "
    place = table.rules[pair.second].id or table.id
    if table.policy == "UNIQUE":
        words = f"{rows}{_when(pair.example)}, and this table allows only one."
        return Finding(file.name, place, "table-overlap", words)
    words = f"{rows}{_when(pair.example)}, and they say different things."
    return Finding(file.name, place, "table-conflict", words)


def _hidden(table: Table, number: int) -> str:
    if number and table.policy == "FIRST":
        return "rows above it take every case it fits"
    return "no value is allowed that it would fit"


def _when(example: Example) -> str:
    if not example:
        return "anything is given"
    return " and ".join(f"“{label}” is {_value(value)}" for label, value in example.items())


def _value(value: object) -> str:
    if value is None or value == OTHER:
        return "anything else" if value else "not given"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return f"“{value}”" if isinstance(value, str) else str(value)
