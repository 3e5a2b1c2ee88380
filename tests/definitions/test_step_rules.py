"""Automatic steps are given what they need, and what steps and calls hand on is there."""

import app.tasks.automatic  # noqa: F401  the steps say what they take
from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.place import Surroundings
from tests.support.diagrams import bpmn, call, end, flow, process, script, service, start, user
from tests.support.published import AREA_PACK, CORE_PACK, diagram, pack_file
from tests.support.tables import choices

ROLES = choices("to_whom", "supervisor", "wizard")
TOLD = {"event": '="plan_closed"', "to": '="team"'}


def drawn(process_id: str, *parts: str, pack: str = "core") -> SourceFile:
    first, last = f"{process_id}_start", f"{process_id}_end"
    return diagram(bpmn(process(process_id, start(first), end(last), *parts)), pack=pack)


def found(file: SourceFile, *more: SourceFile) -> list[Finding]:
    library = Library([pack_file(CORE_PACK, pack="core"), ROLES, file, *more])
    return check([file], Surroundings(library))


def in_short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.element_id, f.rule, f.severity) for f in findings]


def told(**inputs: str) -> list[Finding]:
    """A letter, after somebody was asked to whom it goes."""
    file = drawn(
        "p",
        user("ask", form="ask", groups="practitioner", name="Ask them"),
        service("tell", "notify", inputs=inputs),
        flow("p_start > ask > tell > p_end"),
    )
    return [f for f in found(file) if f.rule != "form-answers-required"]


def test_a_step_that_is_given_all_it_needs_is_fine() -> None:
    assert told(**TOLD) == []
    assert told(**TOLD | {"to": "=if area = null then area else upper case(area)"}) == []


def test_a_step_without_what_it_needs_would_do_nothing() -> None:
    [finding] = told(event='="plan_closed"')
    assert in_short([finding]) == [("tell", "step-given", "error")]
    assert "needs “to”" in finding.message
    for nothing in ("", "=null"):
        assert ("tell", "step-given", "error") in in_short(told(**TOLD | {"to": nothing}))


def test_a_misspelt_input_is_told_with_what_is_meant() -> None:
    missing, strange = told(evnt='="plan_closed"', to='="team"')
    assert in_short([missing, strange]) == [
        ("tell", "step-given", "error"),
        ("tell", "step-reads", "note"),
    ]
    assert missing.mend == "Is “evnt” meant? Call it “event”."


def test_a_step_is_told_in_words_that_it_knows() -> None:
    [finding] = told(**TOLD | {"to": '="tema"'})
    assert in_short([finding]) == [("tell", "step-understands", "error")]
    assert finding.mend == "Did you mean “team”?"
    quoted, forgotten = told(**TOLD | {"to": '"team"'})
    assert quoted.rule == "step-understands"
    assert "looks like an expression" in forgotten.message


def test_what_a_form_offers_has_to_be_known_to_the_step_it_goes_to() -> None:
    [finding] = told(**TOLD | {"to": "=to_whom"})
    assert "“wizard”, which it does not know" in finding.message


def test_a_step_hands_on_only_what_it_gives() -> None:
    def file(source: str) -> SourceFile:
        return drawn(
            "p",
            service("join", "record_lead", outputs={"agreed": source}),
            flow("p_start > join > p_end"),
        )

    assert found(file("=lead_agreed")) == []
    [finding] = found(file("=lead_agred"))
    assert in_short([finding]) == [("join", "name-known", "error")]
    assert "hands on “lead_agred”" in finding.message


def calling(source: str) -> SourceFile:
    return drawn(
        "p",
        script("before", "=1", "mine"),
        call("go", "inner", outputs={"result": source}),
        flow("p_start > before > go > p_end"),
    )


def inner(name: str, pack: str = "core") -> SourceFile:
    return drawn(
        "inner",
        script("note", '="yes"', name),
        flow("inner_start > note > inner_end"),
        pack=pack,
    )


def test_a_call_hands_on_only_what_the_other_process_gives() -> None:
    assert found(calling("=answer"), inner("answer")) == []
    [finding] = found(calling("=answer"), inner("anser"))
    assert in_short([finding]) == [("go", "name-known", "error")]
    assert "which “inner” never gives" in finding.message


def test_a_call_does_not_hand_on_what_only_the_caller_knows() -> None:
    """Nothing but the facts of the other process can be read there."""
    [finding] = found(calling("=mine"), inner("answer"))
    assert finding.rule == "name-known"


def test_an_area_that_fills_the_place_with_its_own_process_has_to_give_it_too() -> None:
    area = pack_file(AREA_PACK.format(id="hull"), pack="hull")
    assert found(calling("=answer"), inner("answer"), area, inner("answer", "hull")) == []
    [finding] = found(calling("=answer"), inner("answer"), area, inner("other", "hull"))
    assert in_short([finding]) == [("go", "name-known", "error")]
