"""What cannot run is refused when the diagram is read: by element, with a reason."""

import re

import pytest

from app.engine.errors import DiagramRefused, Finding
from app.engine.parse import parse_diagram
from app.engine.xml import MAX_BYTES
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    catch,
    end,
    extensions,
    flow,
    message,
    node,
    parallel,
    process,
    race,
    repeated,
    rule,
    script,
    service,
    simple,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)

LINE = flow("start > x > end")
SIGNAL = '<bpmn:signalEventDefinition signalRef="s"/>'
LINK = '<bpmn:linkEventDefinition name="l"/>'
INSIDE = (start("s"), end("e"), flow("s > e"))


def refused(file: bytes) -> set[tuple[str, str]]:
    with pytest.raises(DiagramRefused) as caught:
        parse_diagram(file)
    for finding in caught.value.findings:
        assert re.match(r"[A-Z“].*\S", finding.message), finding
        assert "Traceback" not in finding.message
    return {(finding.element_id, finding.rule) for finding in caught.value.findings}


def sign_off(*between: str, chain: str, **rule_: str) -> bytes:
    """``early`` … ``g``: a gateway that is signed off, with the parts in between."""
    return simple(
        user("early"),
        *between,
        xor("g", default="g_a", **{"role": "supervisor", **rule_}),
        user("a"),
        user("b"),
        flow(f"start > {chain} > g > a > end"),
        flow("g > b", "=true"),
        flow("b > end"),
    )


CASES: dict[str, tuple[bytes, set[tuple[str, str]]]] = {
    "an event sub-process": (
        simple(
            user("x"),
            LINE,
            node("subProcess", "ev", "".join(INSIDE), triggeredByEvent="true"),
        ),
        {("ev", "event-subprocess-start-supported")},
    ),
    "a link event": (simple(throw("x", LINK), LINE), {("x", "no-link-events")}),
    "a signal end event": (
        bpmn(process("p", start(), end("end", SIGNAL), user("x"), LINE)),
        {("end", "no-signal-end")},
    ),
    "a signal catch event": (simple(catch("x", SIGNAL), LINE), {("x", "no-signal-events")}),
    "a compensation event": (
        simple(throw("x", "<bpmn:compensateEventDefinition/>"), LINE),
        {("x", "no-compensation")},
    ),
    "a task for compensation": (
        simple(node("userTask", "x", isForCompensation="true"), LINE),
        {("x", "no-compensation")},
    ),
    "an escalation": (
        simple(throw("x", "<bpmn:escalationEventDefinition/>"), LINE),
        {("x", "no-escalation")},
    ),
    "a conditional event": (
        simple(catch("x", "<bpmn:conditionalEventDefinition/>"), LINE),
        {("x", "no-conditional-events")},
    ),
    "a complex gateway": (
        simple(node("complexGateway", "x"), LINE),
        {("x", "no-complex-gateway")},
    ),
    "an ad-hoc sub-process": (
        simple(user("y"), flow("start > y > end"), node("adHocSubProcess", "x")),
        {("x", "no-ad-hoc")},
    ),
    "a transaction": (
        simple(user("y"), flow("start > y > end"), node("transaction", "x")),
        {("x", "no-transaction")},
    ),
    "an event with several triggers": (
        simple(catch("x", timer("duration", "P1D") + message("m")), LINE, messages={"m": "=a"}),
        {("x", "one-trigger")},
    ),
    "an inclusive join": (
        simple(
            parallel("f"),
            node("inclusiveGateway", "j"),
            flow("start > f > j > end"),
            flow("f > j", flow_id="second"),
        ),
        {("j", "no-inclusive-join")},
    ),
    "a condition on a flow that leaves a task": (
        simple(user("x"), flow("start > x"), flow("x > end", "=ok")),
        {("x_end", "no-condition-off-task")},
    ),
    "an implicit fork": (
        simple(user("x"), user("y"), LINE, flow("x > y > end")),
        {("x", "no-split-off-task")},
    ),
    "a flow without id": (
        simple(user("x"), LINE).replace(b'id="x_end" ', b""),
        {("x", "flow-has-id")},
    ),
    "a way out without a condition": (
        simple(xor("g"), flow("start > g > end"), flow("g > end", "=a", flow_id="other")),
        {("g_end", "every-choice-answered")},
    ),
    "a default flow with a condition": (
        simple(
            xor("g", default="g_end"),
            flow("start > g"),
            flow("g > end", "=a"),
            flow("g > end", "=b", flow_id="other"),
        ),
        {("g_end", "default-flow-valid")},
    ),
    "a default flow that leaves another element": (
        simple(xor("g", default="start_g"), flow("start > g > end")),
        {("g", "default-flow-valid")},
    ),
    "the id Start": (
        simple(user("Start"), flow("start > Start > end")),
        {("Start", "id-not-reserved")},
    ),
    "the id End": (simple(user("End"), flow("start > End > end")), {("End", "id-not-reserved")}),
    "the id Root": (
        simple(user("Root"), flow("start > Root > end")),
        {("Root", "id-not-reserved")},
    ),
    "an id the library uses": (
        simple(user("p.EndJoin"), flow("start > p.EndJoin > end")),
        {("p.EndJoin", "id-not-reserved")},
    ),
    "an id used twice": (
        simple(user("x"), user("x"), LINE),
        {("x", "id-unique")},
    ),
    "a flow that has a task's id": (
        simple(user("x"), flow("start > x"), flow("x > end", flow_id="x")),
        {("x", "id-unique")},
    ),
    "a condition without =": (
        simple(
            xor("g", default="g_end"),
            flow("start > g > end"),
            flow("g > end", "level > 3", flow_id="other"),
        ),
        {("other", "expression-has-equals-sign")},
    ),
    "a condition in another language": (
        simple(
            xor("g", default="g_end"),
            flow("start > g > end"),
            flow("g > end", "=x", flow_id="other"),
        ).replace(b"<bpmn:conditionExpression ", b'<bpmn:conditionExpression language="python" '),
        {("other", "expression-language")},
    ),
    "a mistake in a condition": (
        simple(
            xor("g", default="g_end"),
            flow("start > g > end"),
            flow("g > end", "=level > ) 3", flow_id="other"),
        ),
        {("other", "expression-compiles")},
    ),
    "a mistake in a due date": (
        simple(user("x", due="=working days("), LINE),
        {("x", "expression-compiles")},
    ),
    "a mistake in a mapping": (
        simple(service("x", "t", inputs={"a": "=1 +"}, outputs={"b": "=("}), LINE),
        {("x", "expression-compiles")},
    ),
    "a duration that is none": (
        simple(catch("x", timer("duration", "5 days")), LINE),
        {("x", "timer-parses")},
    ),
    "a date that is none": (
        simple(catch("x", timer("date", "2026-02-30")), LINE),
        {("x", "timer-parses")},
    ),
    "a duration where a date is due": (
        simple(catch("x", timer("date", "P5D")), LINE),
        {("x", "timer-parses")},
    ),
    "a timer that says nothing": (
        simple(catch("x", "<bpmn:timerEventDefinition/>"), LINE),
        {("x", "timer-parses")},
    ),
    "a due date that is none": (simple(user("x", due="soon"), LINE), {("x", "due-date-parses")}),
    "a cycle that interrupts": (
        simple(
            user("x"),
            boundary("b", "x", timer("cycle", "R3/P7D")),
            LINE,
            flow("b > end"),
        ),
        {("b", "timer-repeats-lawfully")},
    ),
    "a cycle in the flow": (
        simple(catch("x", timer("cycle", "R3/P7D")), LINE),
        {("x", "timer-repeats-lawfully")},
    ),
    "a cycle that is none": (
        simple(
            user("x"),
            boundary("b", "x", timer("cycle", "R/0"), interrupting=False),
            LINE,
            flow("b > end"),
        ),
        {("b", "timer-parses")},
    ),
    "a Python script": (
        simple(
            node("scriptTask", "x", "<bpmn:script>import os</bpmn:script>", scriptFormat="python"),
            LINE,
        ),
        {("x", "script-is-feel"), ("x", "result-has-name")},
    ),
    "a script of another engine": (
        simple(
            node(
                "scriptTask",
                "x",
                "<bpmn:extensionElements><spiffworkflow:preScript "
                'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">x=1'
                "</spiffworkflow:preScript></bpmn:extensionElements>"
                + extensions(script=("=1", "n")),
            ),
            LINE,
        ),
        {
            ("x", "no-foreign-extensions"),
            ("x", "script-is-feel"),
            ("x", "result-has-name"),
            ("x", "said-once"),
        },
    ),
    "an attribute of another engine": (
        simple(
            '<bpmn:serviceTask id="x" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
            'camunda:expression="${java.lang.Runtime}">'
            + extensions(task_type="t")
            + "</bpmn:serviceTask>",
            LINE,
        ),
        {("x", "no-foreign-extensions")},
    ),
    "a script without =": (
        simple(script("x", "1 + 1", "n"), LINE),
        {("x", "expression-has-equals-sign")},
    ),
    "a script without variable": (
        simple(script("x", "=1", ""), LINE),
        {("x", "result-has-name")},
    ),
    "a boundary event on a sign-off gateway": (
        simple(
            xor("g", default="g_end", role="supervisor"),
            boundary("b", "g", timer("duration", "P1D")),
            flow("start > g > end"),
            flow("g > end", "=a", flow_id="other"),
            flow("b > end"),
        ),
        {("b", "boundary-attached")},
    ),
    "a boundary event on nothing": (
        simple(user("x"), boundary("b", "y", timer("duration", "P1D")), LINE, flow("b > end")),
        {("b", "boundary-attached")},
    ),
    "a boundary event on a step that is over at once": (
        simple(
            service("x", "t"), boundary("b", "x", timer("duration", "P1D")), LINE, flow("b > end")
        ),
        {("b", "boundary-attached")},
    ),
    "an error event on a task": (
        simple(
            user("x"),
            boundary("b", "x", "<bpmn:errorEventDefinition/>"),
            LINE,
            flow("b > end"),
        ),
        {("b", "boundary-attached")},
    ),
    "a sign-off without role": (sign_off(chain="early", role=""), {("g", "sign-off-complete")}),
    "a sign-off with one way out": (
        simple(xor("g", role="supervisor"), flow("start > g > end")),
        {("g", "sign-off-complete")},
    ),
    "a sign-off at a parallel gateway": (
        simple(
            node("parallelGateway", "g", extensions(properties={"signOff.role": "supervisor"})),
            flow("start > g > end"),
        ),
        {("g", "sign-off-complete")},
    ),
    "sending back to nowhere": (
        sign_off(chain="early", sendBackTo="nobody"),
        {("g", "send-back-lawful")},
    ),
    "sending back to a later task": (
        sign_off(chain="early", sendBackTo="a"),
        {("g", "send-back-lawful")},
    ),
    "sending back over a fork and join": (
        sign_off(
            parallel("f"),
            user("u1"),
            user("u2"),
            parallel("j"),
            flow("f > u2 > j"),
            chain="early > f > u1 > j",
            sendBackTo="early",
        ),
        {("g", "send-back-lawful")},
    ),
    "sending back into a branch before a join": (
        sign_off(
            parallel("f"),
            user("u1"),
            user("u2"),
            parallel("j"),
            flow("f > u2 > j"),
            chain="early > f > u1 > j",
            sendBackTo="u1",
        ),
        {("g", "send-back-lawful")},
    ),
    "sending back to a repeated task": (
        sign_off(
            user("many", repeated("=agencies", "agency")),
            chain="early > many",
            sendBackTo="many",
        ),
        {("g", "send-back-lawful")},
    ),
    "sending back over a repeated task": (
        sign_off(
            user("many", repeated("=agencies", "agency")),
            chain="early > many",
            sendBackTo="early",
        ),
        {("g", "send-back-lawful")},
    ),
    "sending back into a sub-process": (
        sign_off(
            sub("inner", start("s"), user("deep"), end("e"), flow("s > deep > e")),
            chain="early > inner",
            sendBackTo="deep",
        ),
        {("g", "send-back-lawful")},
    ),
    "sending back to a step nobody does": (
        sign_off(service("auto", "t"), chain="early > auto", sendBackTo="auto"),
        {("g", "send-back-lawful")},
    ),
    "a repeated task without a collection": (
        simple(user("x", "<bpmn:multiInstanceLoopCharacteristics/>"), LINE),
        {("x", "repeat-has-collection")},
    ),
    "a collection that is no expression": (
        simple(user("x", repeated("agencies")), LINE),
        {("x", "expression-has-equals-sign")},
    ),
    "half an output of a repeated task": (
        simple(
            user(
                "x",
                "<bpmn:multiInstanceLoopCharacteristics>"
                + extensions(loop={"inputCollection": "=a", "outputCollection": "b"})
                + "</bpmn:multiInstanceLoopCharacteristics>",
            ),
            LINE,
        ),
        {("x", "repeat-complete")},
    ),
    "the loop marker": (
        simple(node("userTask", "x", "<bpmn:standardLoopCharacteristics/>"), LINE),
        {("x", "no-loop-marker")},
    ),
    "a message without name": (
        simple(catch("x", message("nowhere")), LINE),
        {("x", "message-has-name"), ("x", "message-has-key")},
    ),
    "a message with a name that no row has room for": (
        simple(catch("x", message("m" * 121)), LINE, messages={"m" * 121: "=case_id"}),
        {("x", "message-has-name")},
    ),
    "an id that no row has room for": (
        simple(
            user("x" * 121),
            flow("start > " + "x" * 121, flow_id="f" * 121),
            flow("x" * 121 + " > end", flow_id="g"),
        ),
        {("x" * 121, "id-not-reserved"), ("f" * 121, "id-not-reserved")},
    ),
    "a message without key": (
        simple(catch("x", message("m")), LINE, messages={"m": None}),
        {("x", "message-has-key")},
    ),
    "a key that is no expression": (
        simple(catch("x", message("m")), LINE, messages={"m": "case_id"}),
        {("x", "expression-has-equals-sign")},
    ),
    "a service task without a step": (
        simple(node("serviceTask", "x"), LINE),
        {("x", "service-task-has-connector")},
    ),
    "a business rule task without a table": (
        simple(node("businessRuleTask", "x"), LINE),
        {("x", "decision-exists"), ("x", "result-has-name")},
    ),
    "a table chosen by an expression": (
        simple(rule("x", "=which", "n"), LINE),
        {("x", "name-not-computed")},
    ),
    "a call of nothing": (simple(node("callActivity", "x"), LINE), {("x", "call-target-deployed")}),
    "a call chosen by an expression": (
        simple(call("x", "=which"), LINE),
        {("x", "name-not-computed")},
    ),
    "a fact with an impossible name": (
        simple(user("x", outputs={"a.b": "=1"}), LINE),
        {("x", "fact-name-valid")},
    ),
    "a fact called parameters": (
        simple(script("x", "=1", "parameters"), LINE),
        {("x", "fact-name-valid")},
    ),
    "an element nothing leads to": (
        simple(user("x"), user("y"), LINE, flow("y > end")),
        {("y", "unreachable")},
    ),
    "an element nothing follows": (
        simple(user("x"), user("y"), parallel("f"), flow("start > f > x > end"), flow("f > y")),
        {("y", "no-implicit-end")},
    ),
    "a flow into the void": (
        simple(user("x"), LINE, flow("x > gone", flow_id="f")),
        {("f", "flow-connects"), ("x", "no-split-off-task")},
    ),
    "a flow over the border of a sub-process": (
        simple(
            sub("inner", start("s"), user("deep"), end("e"), flow("s > deep > e")),
            user("x"),
            flow("start > inner > x > end"),
            flow("x > deep", flow_id="f"),
        ),
        {("f", "flow-within-process"), ("x", "no-split-off-task")},
    ),
    "a flow after the end": (
        simple(user("x"), LINE, flow("end > x")),
        {("end", "flow-after-end")},
    ),
    "a process without a start": (
        bpmn(process("p", user("x"), end(), flow("x > end"))),
        {("p", "start-event-required"), ("x", "unreachable")},
    ),
    "a process without an end": (
        bpmn(process("p", start(), user("x"), flow("start > x > x"))),
        {("p", "end-event-required")},
    ),
    "two plain start events": (
        simple(start("second"), user("x"), LINE, flow("second > x")),
        {("start", "one-start-of-a-kind"), ("second", "one-start-of-a-kind")},
    ),
    "a sub-process that waits for a message to start": (
        simple(
            sub("inner", start("s", message("m")), end("e"), flow("s > e")),
            flow("start > inner > end"),
            messages={"m": "=a"},
        ),
        {("inner", "subprocess-one-start")},
    ),
    "an event-based gateway before a task": (
        simple(
            race("x"),
            user("y"),
            catch("z", timer("duration", "P1D")),
            flow("start > x > y > end"),
            flow("x > z > end"),
        ),
        {("y", "event-gateway-events")},
    ),
    "a task that waits for two tokens": (
        simple(node("userTask", "x", startQuantity="2"), LINE),
        {("x", "one-token-quantity")},
    ),
    "a task that makes two tokens": (
        simple(node("userTask", "x", completionQuantity="2"), LINE),
        {("x", "one-token-quantity")},
    ),
    "a receive task that starts the process": (
        simple(
            node("receiveTask", "x", messageRef="m", instantiate="true"), LINE, messages={"m": "=a"}
        ),
        {("x", "start-by-start-event")},
    ),
    "an event-based gateway that waits for all": (
        simple(
            node("eventBasedGateway", "x", eventGatewayType="Parallel"),
            catch("y", timer("duration", "P1D")),
            catch("z", timer("duration", "P2D")),
            flow("start > x > y > end"),
            flow("x > z > end"),
        ),
        {("x", "event-gateway-events")},
    ),
    "an event that is defined elsewhere": (
        simple(catch("x", "<bpmn:eventDefinitionRef>t</bpmn:eventDefinitionRef>"), LINE),
        {("x", "event-supported")},
    ),
    "data along a dotted arrow": (
        simple(
            user("x", node("dataInputAssociation", "d", "<bpmn:sourceRef>s</bpmn:sourceRef>")), LINE
        ),
        {("x", "no-data-association")},
    ),
    "a repeated task that throws an event for each": (
        simple(
            user("x", repeated("=agencies").replace("isSeq", 'behavior="One" isSeq')),
            LINE,
        ),
        {("x", "repeat-complete")},
    ),
    "a file without an executable process": (
        simple(user("x"), LINE).replace(b'isExecutable="true"', b'isExecutable="false"'),
        {("", "single-process-executable")},
    ),
    "an element without id": (
        simple(user("x"), LINE, "<bpmn:userTask/>"),
        {("", "element-has-id"), ("", "unreachable"), ("", "no-implicit-end")},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str) -> None:
    file, expected = CASES[name]
    assert refused(file) == expected


def test_a_mistake_names_its_line_and_column() -> None:
    file, _ = CASES["a mistake in a condition"]
    with pytest.raises(DiagramRefused, match="line 1, column"):
        parse_diagram(file)


def test_all_reasons_come_at_once() -> None:
    file = simple(user("x", due="soon"), node("serviceTask", "y"), flow("start > x > y > end"))
    assert refused(file) == {("x", "due-date-parses"), ("y", "service-task-has-connector")}


DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
GOOD = simple(user("x"), LINE)


@pytest.mark.parametrize(
    ("file", "rule_"),
    [
        (DOCTYPE + GOOD, "doctype"),
        (BOMB + GOOD, "doctype"),
        ((DOCTYPE + GOOD).decode().encode("utf-16"), "encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?>' + GOOD, "encoding"),
        (b'<?xml version="1.0" encoding="EBCDIC-CP-US"?>' + GOOD, "encoding"),
        (b"", "not-xml"),
        (b"not xml", "not-xml"),
        (GOOD[:-20], "not-xml"),
        (b"<a/>", "not-bpmn"),
        (b"<definitions/>", "not-bpmn"),
        (b" " * (MAX_BYTES + 1), "too-large"),
        (b"<a>" * 100_000, "not-xml"),
    ],
)
def test_a_file_that_is_no_diagram_is_refused(file: bytes, rule_: str) -> None:
    with pytest.raises(DiagramRefused) as caught:
        parse_diagram(file)
    assert [f.rule for f in caught.value.findings] == [rule_]
    assert "root:" not in str(caught.value)


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    assert parse_diagram(b"\xef\xbb\xbf" + GOOD).processes[0].id == "p"


def test_findings_are_plain_values() -> None:
    assert Finding("x", "rule", "Message.") == Finding("x", "rule", "Message.")


@pytest.mark.parametrize(
    ("element", "said"),
    [
        (
            xor("x", default="x_end", role="supervisor", remind="=working days(1)"),
            "“signOff.reminder”",
        ),
        (user("x", properties={"sorce": "HULL-01"}), "“source”"),
        (service("x", "tell", properties={"signOff.whenn": "=true"}), "“signOff.when”"),
        (user("x", properties={"colour": "red"}), "Remove it"),
        (user("x", properties={"start.oneAtATime": "case"}), "a message begins"),
    ],
)
def test_a_property_that_nobody_reads_is_refused_with_the_name_that_was_meant(
    element: str, said: str
) -> None:
    with pytest.raises(DiagramRefused) as caught:
        parse_diagram(simple(element, user("y"), LINE, flow("x > y > end", "=true")))
    assert any(f.element_id == "x" and said in f.message for f in caught.value.findings)


def test_a_step_of_ours_may_have_settings_of_its_own() -> None:
    parse_diagram(simple(service("x", "tell", properties={"tone": "friendly"}), LINE))


def test_only_the_start_of_a_message_can_hold_back_a_second_run() -> None:
    def begins(word: str) -> bytes:
        said = extensions(properties={"start.oneAtATime": word})
        return bpmn(
            process("p", start(inside=said + message("go")), end(), flow("start > end")),
            messages={"go": "=case_id"},
        )

    assert refused(begins("family")) == {("start", "one-at-a-time")}
    parse_diagram(begins("case"))


@pytest.mark.parametrize("yes", ["true", "1", " true "])
def test_yes_is_written_in_every_way_of_the_standard(yes: str) -> None:
    marked = simple(node("userTask", "x", isForCompensation=yes), LINE)
    assert refused(marked) == {("x", "no-compensation")}
    apart = node("subProcess", "y", "".join(INSIDE), triggeredByEvent=yes)
    assert ("y", "event-subprocess-start-supported") in refused(simple(user("x"), LINE, apart))


@pytest.mark.parametrize("no", ["false", "0", " false "])
def test_no_is_written_in_every_way_of_the_standard(no: str) -> None:
    late = boundary("late", "x", timer("duration", "P1D"))
    content = simple(user("x"), late, user("y"), LINE, flow("late > y > end"))
    content = content.replace(b'cancelActivity="true"', f'cancelActivity="{no}"'.encode())
    assert not parse_diagram(content).elements["late"].interrupting


TOMORROW = "<bpmn:timeDate>2026-12-01</bpmn:timeDate>"
AGAIN = '<zeebe:property name="source" value="2"/>'
OTHERWISE = b"</bpmn:conditionExpression><bpmn:conditionExpression>=b</bpmn:conditionExpression></bpmn:sequenceFlow>"
SAID_TWICE = {
    "a time": catch(
        "x", timer("duration", "P1D").replace("</bpmn:timerE", f"{TOMORROW}</bpmn:timerE")
    ),
    "extensions": node("userTask", "x", extensions(properties={"source": "1"}) * 2),
    "a property": node(
        "userTask",
        "x",
        extensions(properties={"source": "1"}).replace(
            "</zeebe:properties>", f"{AGAIN}</zeebe:properties>"
        ),
    ),
}


@pytest.mark.parametrize("step", SAID_TWICE.values(), ids=SAID_TWICE)
def test_what_is_said_twice_is_refused(step: str) -> None:
    assert refused(simple(step, LINE)) == {("x", "said-once")}


LANE = '<bpmn:lane id="{0}" name="{0}"><bpmn:flowNodeRef>x</bpmn:flowNodeRef>{1}</bpmn:lane>'


@pytest.mark.parametrize(
    ("lanes", "found"),
    [
        (LANE.format("School", "") + LANE.format("Family", ""), {("x", "said-once")}),
        (LANE.format("School", "") * 2, set()),
        (
            LANE.format(
                "School",
                f"<bpmn:childLaneSet>{LANE.format('Head', '')}</bpmn:childLaneSet>",
            ),
            set(),
        ),
    ],
    ids=["two lanes", "one lane drawn twice", "a lane in a lane"],
)
def test_a_step_stands_in_one_lane(lanes: str, found: set[tuple[str, str]]) -> None:
    content = simple(f"<bpmn:laneSet>{lanes}</bpmn:laneSet>" + user("x"), LINE)
    try:
        parse_diagram(content)
        said = set()
    except DiagramRefused as refusal:
        said = {(each.element_id, each.rule) for each in refusal.findings}
    assert said == found


def test_a_setting_of_an_unknown_kind_among_properties_stops_no_reader() -> None:
    content = simple(user("x", properties={"source": "HULL-01"}), LINE)
    odd = content.replace(b"<zeebe:property ", b"<zeebe:propery ")
    assert odd != content
    [process] = parse_diagram(odd).processes
    assert "x" in process.elements


def test_two_conditions_of_one_way_are_refused() -> None:
    content = simple(
        user("x"), xor("g", "g_end"), flow("start > g > end"), flow("g > x", "=a"), flow("x > end")
    )
    twice = content.replace(b"=a</bpmn:conditionExpression></bpmn:sequenceFlow>", b"=a" + OTHERWISE)
    assert any(rule == "said-once" for _element, rule in refused(twice))
