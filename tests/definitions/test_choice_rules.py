"""Conditions that decide nothing, texts that look like expressions, questions that never show."""

import json

import pytest

from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.place import Surroundings
from tests.support.diagrams import bpmn, call, end, flow, process, start, user, xor
from tests.support.published import AREA_PACK, CORE_PACK, diagram, pack_file, table
from tests.support.tables import choices, decision_table

CORE = pack_file(CORE_PACK + "[parameters]\nreview_weeks = 2\n", pack="core")
ASK = choices("answer", "yes", "no")


def found(file: SourceFile, *more: SourceFile) -> list[Finding]:
    findings = check([file], Surroundings(Library([CORE, ASK, file, *more])))
    return [f for f in findings if f.rule != "form-answers-required"]


def in_short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.element_id, f.rule, f.severity) for f in findings]


def choosing(*ways: str) -> SourceFile:
    parts = (
        start(),
        user("ask", form="ask", groups="practitioner", name="Ask them"),
        xor("which", default="which_end"),
        end(),
        end("one"),
        end("two"),
        flow("start > ask > which > end"),
        flow("which > one", ways[0]),
        flow("which > two", ways[1]),
    )
    return diagram(bpmn(process("p", *parts)))


@pytest.mark.parametrize(("condition", "how"), [("=true", "always"), ("=false", "never")])
def test_a_way_that_is_always_or_never_taken_is_no_choice(condition: str, how: str) -> None:
    [finding] = found(choosing('=answer = "yes"', condition))
    assert in_short([finding]) == [("which_two", "condition-decides", "note")]
    assert f"is {how} taken" in finding.message


def test_of_two_ways_with_one_condition_only_the_first_is_taken() -> None:
    [finding] = found(choosing('=answer = "yes"', '=answer  = "yes"'))
    assert in_short([finding]) == [("which_two", "condition-decides", "note")]
    assert found(choosing('=answer = "yes"', '=answer = "no"')) == []


def calling(**inputs: str) -> SourceFile:
    parts = (
        start(),
        user("ask", form="ask", groups="practitioner", name="Ask them"),
        call("go", "other", inputs=inputs),
        end(),
        flow("start > ask > go > end"),
    )
    return diagram(bpmn(process("p", *parts)))


OTHER = diagram(bpmn(process("other", start("s"), end("e"), flow("s > e"))))


@pytest.mark.parametrize("text", ["answer", '"yes"', "parameters.review_weeks * 2"])
def test_a_text_that_looks_like_an_expression_is_noted(text: str) -> None:
    [finding] = found(calling(said=text), OTHER)
    assert in_short([finding]) == [("go", "expression-has-equals-sign", "note")]


def test_a_plain_text_and_an_expression_are_not() -> None:
    assert found(calling(said="=answer", also="a letter"), OTHER) == []


@pytest.mark.parametrize("attribute", ["target", "source"])
def test_half_a_mapping_is_noted(attribute: str) -> None:
    whole = calling(said="=answer")
    half = {"target": ' target="said"', "source": ' source="=answer"'}[attribute]
    assert half in whole.content
    broken = SourceFile(
        whole.kind, whole.pack, whole.key, whole.content.replace(half, ""), whole.name
    )
    assert in_short(found(broken, OTHER)) == [("go", "extension-read", "note")]


def hiding(hide: str) -> list[Finding]:
    form = choices("answer", "yes", "no")
    whole = json.loads(form.content)
    more = {"type": "textfield", "id": "more_field", "key": "more", "label": "Say more"}
    whole["components"].append({**more, "conditional": {"hide": hide}})
    return found(SourceFile(form.kind, form.pack, form.key, json.dumps(whole), form.name))


def test_a_question_is_hidden_by_an_answer_that_is_offered() -> None:
    assert hiding('=answer = "yes"') == []
    [finding] = hiding('=answer != "Yes"')
    assert in_short([finding]) == [("more", "literal-possible", "error")]
    assert finding.mend == "Did you mean “yes”?"
    assert in_short(hiding("=answer > 3")) == [("more", "types-compatible", "error")]


def test_what_a_form_does_not_ask_is_not_judged() -> None:
    assert hiding('=family.kind = "Yes"') == []
    assert hiding('=elsewhere = "Yes"') == []


def test_a_row_that_gives_nothing_or_is_there_twice_is_noted() -> None:
    xml = decision_table(
        ("< 1", '"a"'), ("1", ""), ("< 1", '"a"'), columns=["n"], types=["number"], policy="COLLECT"
    )
    assert in_short(found(table(xml, key="choose"))) == [
        ("row_2", "table-row-gives", "note"),
        ("row_3", "table-row-twice", "note"),
    ]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('[words]\nlead_practitoner = "lead"', "lead_practitioner"),
        ("[parameters]\nreview_week = 3", "review_weeks"),
        ('[lanes]\nSupervisr = "supervisor"', "Supervisor"),
        ('[lanes]\nPanel = "supervisor"', ""),
        ("[parameters]\nreview_weeks = 3", ""),
    ],
)
def test_an_entry_of_an_area_that_is_misspelt_is_noted(entry: str, said: str) -> None:
    findings = found(pack_file(AREA_PACK.format(id="hull") + entry, pack="hull"))
    assert [f.mend for f in findings] == ([f"Did you mean “{said}”?"] if said else [])
