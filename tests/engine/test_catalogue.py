"""What a diagram says about itself, for pages, checks and the runtime."""

from app.engine.parse import Diagram, parse_diagram
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    catch,
    end,
    flow,
    message,
    process,
    repeated,
    rule,
    service,
    simple,
    start,
    sub,
    timer,
    user,
    xor,
)

LANES = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="l1" name="Practitioner">'
    "<bpmn:flowNodeRef>write</bpmn:flowNodeRef><bpmn:flowNodeRef>inner</bpmn:flowNodeRef>"
    "</bpmn:lane></bpmn:laneSet>"
)
TEXT = "<bpmn:documentation>Write it with the family.</bpmn:documentation>"


def diagram() -> Diagram:
    return parse_diagram(
        bpmn(
            process(
                "plan",
                LANES,
                start("start", message("agreed")),
                user(
                    "write",
                    TEXT,
                    name="Write the plan",
                    form="plan_form",
                    groups='=["practitioner"]',
                    assignee="=lead",
                    due="=working days(weeks)",
                    properties={"source": "HULL-26, WT-57"},
                ),
                sub("inner", start("s"), user("meet"), end("e"), flow("s > meet > e")),
                boundary("late", "inner", timer("duration", "=limit"), interrupting=False),
                end("e2"),
                flow("late > e2"),
                service("tell", "notify", inputs={"to": "=who"}),
                rule("suggest", "D06", "suggested"),
                call(
                    "ask",
                    "slot_ask",
                    repeated("=agencies", "agency", sequential=True),
                    outputs={"answer": "=result"},
                ),
                catch("wait", message("reply")),
                xor("level", default="level_end", role="supervisor", sendBackTo="write"),
                end(),
                flow("start > ask > write > inner > tell > suggest > wait > level > end"),
                flow("level > write", "=level > parameters.top", name="Once more"),
                name="Make the plan",
            ),
            messages={"agreed": None, "reply": "=case_id"},
        )
    )


def test_a_process_and_how_it_starts() -> None:
    (found,) = diagram().processes
    assert (found.id, found.name) == ("plan", "Make the plan")
    assert (found.start_message, found.start_timer) == ("agreed", None)


def test_a_task() -> None:
    found = diagram().elements["write"]
    assert (found.kind, found.name, found.lane) == ("user", "Write the plan", "Practitioner")
    assert found.documentation == "Write it with the family."
    assert found.sources == ("HULL-26", "WT-57")
    assert found.form_id == "plan_form"
    assert found.candidate_groups == '=["practitioner"]'
    assert (found.assignee, found.due_date) == ("=lead", "=working days(weeks)")
    assert found.properties == {"source": "HULL-26, WT-57"}
    assert found.incoming == ("ask_write", "level_write")
    assert found.outgoing == ("write_inner",)


def test_what_is_inside_a_sub_process_knows_it_and_shares_its_lane() -> None:
    found = diagram().elements["meet"]
    assert (found.parent, found.lane, found.process_id) == ("inner", "Practitioner", "plan")


def test_the_other_kinds() -> None:
    found = diagram().elements
    assert found["tell"].task_type == "notify"
    assert (found["suggest"].decision_id, found["suggest"].result_variable) == ("D06", "suggested")
    assert found["ask"].called_process == "slot_ask"
    assert found["ask"].loop is not None
    assert found["ask"].loop.sequential
    assert (found["wait"].message, found["wait"].correlation_key) == ("reply", "=case_id")
    assert (found["late"].timer, found["late"].timer_kind) == ("=limit", "duration")
    assert (found["late"].attached_to, found["late"].interrupting) == ("inner", False)
    level = found["level"]
    assert level.sign_off is not None
    assert (level.sign_off.role, level.sign_off.send_back_to) == ("supervisor", ("write",))
    assert level.default_flow == "level_end"


def test_a_name_of_more_than_a_sentence_is_cut_where_rows_and_lists_show_it() -> None:
    drawn = parse_diagram(simple(user("a", name="word " * 99), flow("start > a > end")))
    assert drawn.elements["a"].name == ("word " * 40)[:199] + "…"


def test_a_flow() -> None:
    found = diagram().flows["level_write"]
    assert (found.source, found.target, found.name) == ("level", "write", "Once more")
    assert found.condition == "=level > parameters.top"


def test_the_names_that_any_expression_reads_are_known() -> None:
    assert diagram().names_read == {
        "lead",
        "weeks",
        "limit",
        "who",
        "agencies",
        "result",
        "case_id",
        "level",
    }


def test_a_timer_start_is_known_to_whoever_starts_processes() -> None:
    weekly = "R/2026-01-05T09:00/P1W"
    file = bpmn(
        process("panel", start("start", timer("cycle", weekly)), end(), flow("start > end"))
    )
    assert parse_diagram(file).process("panel").start_timer == weekly
