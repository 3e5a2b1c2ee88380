"""A decision table has one answer for every case: overlaps, gaps and rows never used."""

from random import Random

import pytest

from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.place import Surroundings
from tests.support.published import CORE_PACK, pack_file, table
from tests.support.tables import choices, decision_table


def found(xml: str, *more: SourceFile) -> list[Finding]:
    file = table(xml, key="choose")
    return check([file], Surroundings(Library([pack_file(CORE_PACK, pack="core"), file, *more])))


def in_short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.element_id, f.rule, f.severity) for f in findings]


def numbers(*cells: str, policy: str = "UNIQUE") -> str:
    rows = [(cell, f'"{n}"') for n, cell in enumerate(cells)]
    return decision_table(*rows, columns=["level"], types=["number"], policy=policy)


def test_a_table_that_answers_every_case_once_has_no_findings() -> None:
    assert found(numbers("< 1", "[1..3]", "> 3")) == []


def test_rows_of_a_unique_table_may_not_overlap() -> None:
    [finding] = found(numbers("<= 2", "[2..3]", "> 3"))
    assert in_short([finding]) == [("row_2", "table-overlap", "error")]
    assert "Rows 1 and 2 of “choose” both fit when “level” is 2," in finding.message


def test_rows_that_overlap_between_two_named_values_are_found_too() -> None:
    [finding] = found(numbers("< 5", "> 4", policy="UNIQUE"))
    assert "“level” is 4.5" in finding.message


def test_rows_of_an_any_table_may_overlap_when_they_say_the_same() -> None:
    same = decision_table(
        ("<= 2", '"a"'), ("> 1", '"a"'), columns=["level"], types=["number"], policy="ANY"
    )
    assert found(same) == []
    different = same.replace('<outputEntry><text>"a"</text>', '<outputEntry><text>"b"</text>', 1)
    assert in_short(found(different)) == [("row_2", "table-conflict", "error")]


def test_a_case_that_no_row_fits_is_a_gap() -> None:
    [finding] = found(numbers("< 1", "(1..3]", "> 3"))
    assert in_short([finding]) == [("table", "table-gap", "note")]
    assert "when “level” is 1." in finding.message


def test_a_gap_may_lie_in_several_columns_together() -> None:
    xml = decision_table(
        ("true", "< 5", '"a"'),
        ("false", "-", '"b"'),
        columns=["urgent", "level"],
        types=["boolean", "number"],
    )
    [finding] = found(xml)
    assert "“urgent” is true and “level” is 5" in finding.message


def test_answers_of_a_form_must_all_be_provided_for() -> None:
    xml = decision_table(('"yes"', '"a"'), columns=["answer"])
    assert found(xml) == []
    [finding] = found(xml, choices("answer", "yes", "no"))
    assert in_short([finding]) == [("table", "table-gap", "note")]
    assert "“answer” is “no”" in finding.message


def test_a_row_hidden_by_those_above_it_is_never_used() -> None:
    [finding] = found(numbers("< 5", ">= 5", "7", policy="FIRST"))
    assert in_short([finding]) == [("row_3", "table-rule-unreachable", "note")]
    assert "rows above it take every case" in finding.message


def test_a_row_for_a_value_the_column_does_not_allow_is_never_used() -> None:
    xml = decision_table(
        ('"low"', '"a"'),
        ('"lwo"', '"b"'),
        ('"high"', '"c"'),
        columns=["level"],
        allowed=['"low", "high"'],
    )
    assert ("row_2", "table-rule-unreachable", "note") in in_short(found(xml))


@pytest.mark.parametrize("cell", ["> other", "> today()", "starts with(?, other)"])
def test_a_cell_that_depends_on_more_is_neither_blamed_nor_trusted(cell: str) -> None:
    xml = decision_table((cell, '"a"'), ("-", '"b"'), columns=["level"], policy="FIRST")
    assert found(xml) == []


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_tables_that_give_lists_may_overlap(policy: str) -> None:
    named = [f for f in found(numbers("< 5", "-", policy=policy)) if f.rule != "dmn-unclear"]
    assert named == []


def test_an_enormous_table_is_looked_at_within_bounds() -> None:
    random = Random(1)
    columns = [f"c{n}" for n in range(12)]
    rows = [
        (*(random.choice(["-", f"< {random.randint(1, 9)}"]) for _ in columns), '"a"')
        for _ in range(300)
    ]
    xml = decision_table(*rows, columns=columns, types=["number"] * 12, policy="FIRST")
    assert {finding.severity for finding in found(xml)} <= {"note"}
