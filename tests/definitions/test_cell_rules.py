"""What a cell of a table asks for is something that the forms and steps behind its column can give."""

import pytest

from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.models import Kind
from app.definitions.place import Surroundings
from tests.support.diagrams import (
    bpmn,
    call,
    end,
    flow,
    process,
    rule,
    script,
    start,
    user,
    xor,
)
from tests.support.published import AREA_PACK, CORE_PACK, diagram, form, pack_file, table
from tests.support.tables import choices, decision_table

YES_NO = choices("answer", "yes", "no")
AREA = pack_file(AREA_PACK.format(id="hull"), pack="hull")


def asking(*cells: str, columns: tuple[str, ...] = ("answer",), types: tuple[str, ...] = ()) -> str:
    rows = [(cell, f'"{number}"') for number, cell in enumerate(cells)]
    return decision_table(*rows, columns=columns, types=types, policy="FIRST")


def asked_by(*parts: str, name: str = "p", pack: str = "core") -> SourceFile:
    first, last = f"{name}_start", f"{name}_end"
    return diagram(bpmn(process(name, start(first), end(last), *parts)), pack=pack)


ASKS = asked_by(
    user("ask", form="ask", groups="practitioner"),
    rule("choose", "choose", "chosen"),
    flow("p_start > ask > choose > p_end"),
)


def found(xml: str, *more: SourceFile) -> list[Finding]:
    file = table(xml, key="choose")
    library = Library([pack_file(CORE_PACK, pack="core"), file, *more])
    return [f for f in check([file], Surroundings(library)) if f.rule != "table-gap"]


def in_short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.element_id, f.rule, f.severity) for f in findings]


def elsewhere(source: SourceFile) -> SourceFile:
    """The same file, as an area has it."""
    name = source.name.replace("core/", "hull/")
    return SourceFile(source.kind, "hull", source.key, source.content, name)


def test_a_cell_asks_for_an_answer_that_the_field_offers() -> None:
    assert found(asking('"yes"', '"no"'), YES_NO, ASKS) == []
    [finding] = found(asking('"no"', '"Yes"', "-"), YES_NO, ASKS)
    assert in_short([finding]) == [("row_2", "literal-possible", "error")]
    assert finding.message == (
        "Row 2 of “choose”, column “answer”: “Yes” never fits: the answer to “answer?” can only be "
        "“no”, “yes”."
    )
    assert finding.mend == "Did you mean “yes”?"


def test_every_row_with_the_same_fault_is_named_once() -> None:
    [finding] = found(asking('"Yes"', '"no", "Yes"', "-"), YES_NO, ASKS)
    assert finding.message.startswith("Rows 1, 2 of “choose”")


def test_what_is_left_out_must_be_there_too() -> None:
    [finding] = found(asking('not("Yes")', "-"), YES_NO, ASKS)
    assert "“Yes” is never there to be left out" in finding.message


@pytest.mark.parametrize("cell", ["> 3", "3", "[1..3]", "true"])
def test_an_answer_is_not_compared_with_another_kind_of_value(cell: str) -> None:
    xml = asking(cell, "-", types=("",))
    findings = found(xml, YES_NO, ASKS)
    assert set(in_short(findings)) == {("row_1", "types-compatible", "error")}


def test_a_cell_is_of_the_type_that_its_column_says() -> None:
    [finding] = found(asking('"3"', "-", columns=("level",), types=("number",)))
    assert in_short([finding]) == [("row_1", "types-compatible", "error")]
    assert found(asking("3", "-", columns=("level",), types=("number",))) == []


def test_a_column_is_of_the_type_that_comes_in() -> None:
    [finding] = found(asking("3", "-", types=("number",)), YES_NO, ASKS)
    assert in_short([finding]) == [("table", "types-compatible", "error")]
    assert "so it is always empty" in finding.message


def test_an_answer_that_a_row_gives_is_of_the_type_of_its_column() -> None:
    xml = asking("-").replace('name="answer"/>', 'name="answer" typeRef="number"/>')
    assert in_short(found(xml)) == [("row_1", "types-compatible", "error")]


def test_nothing_is_claimed_of_a_table_that_nobody_asks() -> None:
    assert found(asking('"Yes"', "-"), YES_NO) == []


def test_nothing_is_claimed_where_one_of_several_gives_any_text() -> None:
    other = asked_by(
        user("say", form="say", groups="practitioner"),
        rule("choose_there", "choose", "chosen"),
        flow("q_start > say > choose_there > q_end"),
        name="q",
    )
    assert found(asking('"Yes"', "-"), YES_NO, ASKS, other, form("say", ["answer"])) == []


def test_what_any_of_several_askers_offers_is_possible() -> None:
    other = asked_by(
        user("say", form="say", groups="practitioner"),
        rule("choose_there", "choose", "chosen"),
        flow("q_start > say > choose_there > q_end"),
        name="q",
    )
    offers = choices("answer", "Yes", form="say")
    assert found(asking('"Yes"', '"yes"', "-"), YES_NO, ASKS, other, offers) == []
    [finding] = found(asking('"maybe"', "-"), YES_NO, ASKS, other, offers)
    assert "can only be “Yes”, “no”, “yes”." in finding.message


def test_an_area_may_offer_more_with_a_form_of_its_own() -> None:
    more = elsewhere(choices("answer", "yes", "no", "Yes"))
    assert found(asking('"Yes"', "-"), YES_NO, ASKS, AREA, more) == []


def test_an_area_may_ask_from_a_process_of_its_own() -> None:
    own = asked_by(
        user("say", form="say", groups="practitioner"),
        rule("choose_there", "choose", "chosen"),
        flow("q_start > say > choose_there > q_end"),
        name="q",
        pack="hull",
    )
    offers = elsewhere(choices("answer", "Yes", form="say"))
    assert found(asking('"Yes"', "-"), YES_NO, ASKS, AREA, own, offers) == []


def test_a_table_of_an_area_is_held_to_what_that_area_asks() -> None:
    file = SourceFile(Kind.DMN, "hull", "choose", asking('"Yes"', "-"), "hull/decisions/choose.dmn")
    core = [pack_file(CORE_PACK, pack="core"), YES_NO, ASKS, AREA]
    same = check([file], Surroundings(Library([*core, file])))
    assert ("row_1", "literal-possible", "error") in in_short(same)
    offering = elsewhere(choices("answer", "Yes"))
    assert in_short(check([file], Surroundings(Library([*core, file, offering])))) == []


def test_a_mapping_says_what_comes_in() -> None:
    asks = asked_by(
        user("ask", form="ask", groups="practitioner"),
        rule("choose", "choose", "chosen", inputs={"said": "=answer"}),
        flow("p_start > ask > choose > p_end"),
    )
    [finding] = found(asking('"Yes"', "-", columns=("said",)), YES_NO, asks)
    assert "the answer to “answer?” can only be" in finding.message
    mapped = asks.content.replace('source="=answer"', 'source="=upper case(answer)"')
    other = SourceFile(Kind.BPMN, "core", "p", mapped, "core/p.bpmn")
    assert found(asking('"Yes"', "-", columns=("said",)), YES_NO, other) == []


def test_what_a_calculation_writes_out_is_known_and_all_else_is_not() -> None:
    def asks(expression: str) -> SourceFile:
        return asked_by(
            script("note", expression, "answer"),
            rule("choose", "choose", "chosen"),
            flow("p_start > note > choose > p_end"),
        )

    assert in_short(found(asking('"Yes"', "-"), asks('="yes"'))) == [
        ("row_1", "literal-possible", "error")
    ]
    assert found(asking('"Yes"', "-"), asks("=substring(area, 1)")) == []


def test_what_callers_hand_in_is_followed_back_to_them() -> None:
    inner = asked_by(
        rule("choose", "choose", "chosen"), flow("inner_start > choose > inner_end"), name="inner"
    )

    def caller(name: str, source: str) -> SourceFile:
        return asked_by(
            user(f"{name}_ask", form="ask", groups="practitioner"),
            call(f"{name}_go", "inner", inputs={"answer": source}),
            flow(f"{name}_start > {name}_ask > {name}_go > {name}_end"),
            name=name,
        )

    one, other = caller("one", "=answer"), caller("other", '="Yes"')
    assert in_short(found(asking('"Yes"', "-"), YES_NO, inner, one)) == [
        ("row_1", "literal-possible", "error")
    ]
    assert found(asking('"Yes"', "-"), YES_NO, inner, one, other) == []
    said = inner.content.replace(
        '<bpmn:process id="inner" isExecutable="true">',
        '<bpmn:process id="inner" isExecutable="true"><bpmn:extensionElements><zeebe:properties>'
        '<zeebe:property name="facts" value="answer"/></zeebe:properties>'
        "</bpmn:extensionElements>",
    )
    assert said != inner.content
    declared = SourceFile(Kind.BPMN, "core", "inner", said, "core/inner.bpmn")
    assert found(asking('"Yes"', "-"), YES_NO, declared, one) == []


def test_kinds_of_sign_offs_that_nobody_has_drawn_yet_are_left_alone() -> None:
    asks = asked_by(
        user("ask", form="ask", groups="practitioner"),
        xor(
            "sign",
            default="sign_p_end",
            role="supervisor",
            decision="choose",
            decisionType="closing",
        ),
        end("other"),
        flow("p_start > ask > sign > p_end"),
        flow("sign > other", '=answer = "yes"'),
    )
    xml = asking('"closing"', '"opening"', columns=("decision_type",))
    assert found(xml, YES_NO, asks) == []


def test_an_answer_that_no_row_handles_is_a_gap() -> None:
    file = table(asking('"yes"'), key="choose")
    library = Library([pack_file(CORE_PACK, pack="core"), file, YES_NO, ASKS])
    [finding] = check([file], Surroundings(library))
    assert in_short([finding]) == [("table", "table-gap", "note")]
    assert "“answer” is “no”" in finding.message
