"""The checks that gate publishing: what is wrong, where, in words for a process owner."""

from typing import Any

import pytest

from app.definitions.checks import check
from app.definitions.library import Library, SourceFile
from app.definitions.models import Kind
from app.definitions.place import Surroundings
from tests.support.diagrams import (
    bpmn,
    call,
    end,
    extensions,
    flow,
    node,
    process,
    rule,
    script,
    service,
    start,
    user,
    xor,
)
from tests.support.published import CORE_PACK, diagram, form, pack_file, table

FORMS = (form("ask", ["answer"]), form("second", ["more"]))


def found(
    *parts: str,
    more: tuple[SourceFile, ...] = (),
    task_types: frozenset[str] | None = frozenset({"known"}),
    members: dict[str, int] | None = None,
    core: str = CORE_PACK,
) -> list[tuple[str, str, str]]:
    """Element, rule and severity of all findings about one process with these parts."""
    file = diagram(bpmn(process("p", start(), end(), *parts)))
    library = Library([pack_file(core, pack="core"), *FORMS, file, *more])
    findings = check([file], Surroundings(library, task_types, members))
    assert all(finding.file == "core/p.bpmn" and finding.message for finding in findings)
    return [(f.element_id, f.rule, f.severity) for f in findings]


def ask(**said: object) -> str:
    known: dict[str, Any] = {"form": "ask", "groups": "practitioner", "name": "Ask", **said}
    return user("ask", "", **known)


def test_a_process_with_everything_in_its_place_has_no_findings() -> None:
    assert found(ask(), flow("start > ask > end")) == []


def test_a_form_must_exist() -> None:
    assert found(ask(form="gone"), flow("start > ask > end")) == [("ask", "form-exists", "error")]
    assert found(ask(form=""), flow("start > ask > end")) == [("ask", "form-exists", "note")]


def test_a_table_must_exist() -> None:
    parts = (rule("decide", "gone", "x"), flow("start > decide > end"))
    assert found(*parts) == [("decide", "decision-exists", "error")]


def test_a_called_process_must_exist() -> None:
    parts = (call("go", "gone"), flow("start > go > end"))
    assert found(*parts) == [("go", "call-target-deployed", "error")]


def test_an_automatic_step_must_be_one_the_system_offers() -> None:
    parts = (service("work", "gone"), flow("start > work > end"))
    assert found(*parts) == [("work", "service-task-has-connector", "error")]
    assert found(*parts, task_types=None) == []
    assert found(service("work", "known"), flow("start > work > end")) == []


def test_somebody_must_get_each_task() -> None:
    assert found(ask(groups=""), flow("start > ask > end")) == [
        ("ask", "user-task-has-assignee-rule", "error")
    ]


@pytest.mark.parametrize(
    ("lane", "findings"),
    [
        ("Supervisor", []),
        ("Nobody", [("ask", "user-task-has-assignee-rule", "error")]),
        ("Machine", [("ask", "user-task-has-assignee-rule", "error")]),
    ],
)
def test_a_lane_must_be_given_to_a_role(lane: str, findings: list[object]) -> None:
    lanes = node(
        "laneSet",
        "lanes",
        node("lane", "lane_1", "<bpmn:flowNodeRef>ask</bpmn:flowNodeRef>", name=lane),
    )
    core = CORE_PACK + 'Machine = "none"\n'
    assert found(lanes, ask(groups=""), flow("start > ask > end"), core=core) == findings


def test_groups_are_one_known_role() -> None:
    assert found(ask(groups="wizard"), flow("start > ask > end")) == [
        ("ask", "role-exists", "error")
    ]
    assert found(ask(groups="practitioner, partner"), flow("start > ask > end")) == [
        ("ask", "one-role", "error")
    ]


def gateway(condition: str = '=answer = "yes"', **said: str) -> tuple[str, ...]:
    return (
        ask(),
        xor("agree", default="agree_end", **{"role": "supervisor", **said}),
        end("other"),
        flow("start > ask > agree > end"),
        flow("agree > other", condition),
    )


def test_a_sign_off_needs_a_known_role() -> None:
    assert found(*gateway()) == []
    assert found(*gateway(role="wizard")) == [("agree", "role-exists", "error")]


def test_a_second_pair_of_eyes_must_be_possible() -> None:
    lead = gateway(role="case:lead")
    own_work = (lead[0].replace("practitioner", "case:lead"), *lead[1:])
    assert found(*own_work) == [("agree", "four-eyes-satisfiable", "error")]
    assert found(*gateway(), members={"practitioner": 3}) == [
        ("agree", "four-eyes-satisfiable", "note")
    ]
    both = gateway()
    same_role = (both[0].replace("practitioner", "supervisor"), *both[1:])
    assert found(*same_role, members={"supervisor": 1}) == [
        ("agree", "four-eyes-satisfiable", "note")
    ]
    assert found(*same_role, members={"supervisor": 2}) == []


def test_a_changed_field_must_be_asked_before() -> None:
    assert found(*gateway(fields="answer")) == []
    assert found(*gateway(fields="more")) == [("agree", "sign-off-field", "error")]


@pytest.mark.parametrize(
    "condition",
    ['=anser = "yes"', '=shorten(answer) = "yes"', '=answer("yes")', "=count(lots[1].x) > 1"],
)
def test_a_condition_may_not_read_or_call_what_nothing_gives(condition: str) -> None:
    assert found(*gateway(condition)) == [("agree", "name-known", "error")]


@pytest.mark.parametrize("place", ["due", "when", "role", "reminder"])
def test_neither_may_a_sign_off(place: str) -> None:
    assert found(*gateway(**{place: "=anser"})) == [("agree", "name-known", "error")]


def test_an_unknown_name_elsewhere_is_a_warning() -> None:
    parts = (script("sum_up", "=anser", "total"), flow("start > sum_up > end"))
    assert found(*parts) == [("sum_up", "name-known", "note")]


def test_a_name_in_a_filter_may_be_an_entry_of_the_items() -> None:
    assert found(*gateway("=count(answer[done = true]) > 1")) == [("agree", "name-known", "note")]


@pytest.mark.parametrize(
    "parts",
    [
        gateway("=answer = parameters.limt_wd"),
        gateway(reminder="=working days(parameters.limt_wd)"),
        (ask(), script("agree", "=parameters.limt_wd", "x"), flow("start > ask > agree > end")),
    ],
)
def test_a_parameter_that_is_read_must_be_in_the_pack(parts: tuple[str, ...]) -> None:
    assert found(*parts) == [("agree", "parameter-exists", "error")]
    assert found(*parts, core=CORE_PACK + "[parameters]\nlimt_wd = 2\n") == []


def test_a_pack_that_is_refused_does_not_hide_what_is_wrong_in_another() -> None:
    broken = pack_file("id = 3", pack="hull")
    assert found(ask(form="gone"), flow("start > ask > end"), more=(broken,)) == [
        ("ask", "form-exists", "error")
    ]


def test_reviews_may_not_be_due_sooner_at_the_latest_than_at_the_earliest() -> None:
    core = pack_file(CORE_PACK + "[parameters]\nreview_max_weeks = 12\n", pack="core")
    area = 'id = "hull"\nname = "Hull"\nextends = "core"\n[parameters]\nreview_min_weeks = 13\n'
    hull = pack_file(area, pack="hull")
    [finding] = check([core, hull], Surroundings(Library([core, hull])))

    assert finding.file == "hull/pack.toml"
    assert "hull/pack.toml: [parameters] review_min_weeks" in finding.message


def test_names_come_from_forms_scripts_mappings_and_what_starts_the_process() -> None:
    caller = diagram(
        bpmn(
            process(
                "caller",
                start(),
                call("go", "p", inputs={"given": "=case_id"}),
                end(),
                flow("start > go > end"),
            )
        )
    )
    parts = (
        extensions(properties={"facts": "declared"}),
        ask(),
        script("sum_up", "=answer + declared + given + parameters.x", "total"),
        xor("big", default="big_end"),
        end("other"),
        flow("start > ask > sum_up > big > end"),
        flow("big > other", "=total > 1"),
    )
    core = CORE_PACK + "[parameters]\nx = 1\n"
    assert found(*parts, more=(caller,), core=core) == []


def test_the_element_of_another_diagram_may_not_be_used_again() -> None:
    other = diagram(bpmn(process("other", start(), ask(), end(), flow("start > ask > end"))))
    assert found(ask(), flow("start > ask > end"), more=(other,)) == [("ask", "id-unique", "error")]


def test_sources_are_ids_of_guide_rules() -> None:
    good = ask(properties={"source": "HULL-36, SOTON-04"})
    bad = ask(properties={"source": "page 12"})
    assert found(good, flow("start > ask > end")) == []
    assert found(bad, flow("start > ask > end")) == [("ask", "source-well-formed", "error")]


def test_words_must_be_known() -> None:
    said = user("ask", form="ask", groups="practitioner", name="Ask the ${leed}")
    assert found(said, flow("start > ask > end")) == [("ask", "word-exists", "note")]


def test_what_the_engine_refuses_is_reported_at_its_element() -> None:
    xml = bpmn(process("p", start(), node("complexGateway", "knot"), end(), flow("start > end")))
    file = SourceFile(Kind.BPMN, "core", "p", xml.decode(), "core/p.bpmn")
    findings = check([file], Surroundings(Library([file])))

    assert ("knot", "no-complex-gateway") in {(f.element_id, f.rule) for f in findings}


def test_files_that_cannot_be_read_are_refused() -> None:
    files = [
        SourceFile(Kind.BPMN, "core", "x", "<not xml", "core/x.bpmn"),
        SourceFile(Kind.FORM, "core", "y", "{", "core/forms/y.form"),
        form("z", ["a"]),
        table("<definitions/>", key="d"),
        pack_file("id = 3", pack="hull"),
        pack_file('id = "other"\nname = "O"', pack="soton"),
    ]
    files[2] = SourceFile(Kind.FORM, "core", "zz", files[2].content, "core/forms/zz.form")
    for file in files:
        findings = check([file], Surroundings(Library([file])))
        assert [f.file for f in findings if f.is_error] == [file.name] * len(findings)
        assert findings, file.name


def test_one_file_draws_one_process() -> None:
    xml = bpmn(
        process("p", start(), end(), flow("start > end")),
        process("q", start("s2"), end("e2"), flow("s2 > e2")),
    )
    file = diagram(xml)
    findings = check([file], Surroundings(Library([pack_file(CORE_PACK, pack="core"), file])))
    assert [finding.rule for finding in findings] == ["single-process-executable"]
