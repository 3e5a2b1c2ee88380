"""Examples of what cannot run, and of how elements are wrongly connected."""

from tests.support import diagrams as d
from tests.support.rule_example import (
    DAY,
    LINE,
    choice,
    drawn,
    event,
    task,
)

TWO_TIMES = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
    "<bpmn:timeDate>2026-12-01</bpmn:timeDate></bpmn:timerEventDefinition>"
)


def nested(depth: int) -> str:
    """Sub-processes ``s0``, ``s1`` … inside each other, with a task in the innermost."""
    inside, inner = task("x"), "x"
    for number in reversed(range(depth)):
        ends = (d.start(f"begin{number}"), d.end(f"end{number}"))
        way = d.flow(f"begin{number} > {inner} > end{number}")
        inside, inner = d.sub(f"s{number}", *ends, inside, way), f"s{number}"
    return inside


# ---------------------------------------------------------------------- what cannot run
drawn("element-has-id", "", task("x"), LINE, "<bpmn:userTask/>")
drawn("id-unique", "x", task("x"), task("x"), LINE)
drawn("id-not-reserved", "Root", task("Root"), d.flow("start > Root > end"))
drawn("no-complex-gateway", "x", d.node("complexGateway", "x"), LINE)
drawn("no-transaction", "x", d.node("transaction", "x"), LINE)
drawn("no-ad-hoc", "x", d.node("adHocSubProcess", "x"), LINE)
drawn("no-link-events", "x", d.throw("x", event("link")), LINE)
drawn("no-signal-events", "x", d.catch("x", event("signal")), LINE)
drawn("no-signal-end", "x", d.end("x", event("signal")), d.flow("start > x"))
drawn("no-compensation", "x", d.throw("x", event("compensate")), LINE)
drawn("no-escalation", "x", d.throw("x", event("escalation")), LINE)
drawn("no-conditional-events", "x", d.catch("x", event("conditional")), LINE)
drawn("no-cancel-events", "x", d.end("x", event("cancel")), d.flow("start > x"))
drawn("one-trigger", "x", d.catch("x", DAY + d.message("m")), LINE, messages={"m": "=case_id"})
drawn("too-deep", "s40", nested(41), d.flow("start > s0 > end"))
drawn("said-once", "x", d.catch("x", TWO_TIMES), LINE)
drawn("event-supported", "x", d.throw("x", DAY), LINE)
drawn(
    "event-subprocess-start-supported",
    "x",
    d.node(
        "subProcess",
        "x",
        d.start("s", event("error")) + d.end("e") + d.flow("s > e"),
        triggeredByEvent="true",
    ),
    d.flow("start > end"),
)
drawn("no-loop-marker", "x", task("x", "<bpmn:standardLoopCharacteristics/>"), LINE)
drawn("one-token-quantity", "x", d.node("userTask", "x", startQuantity="2"), LINE)
drawn(
    "start-by-start-event",
    "x",
    d.node("receiveTask", "x", messageRef="m", instantiate="true"),
    LINE,
    messages={"m": "=case_id"},
)
drawn(
    "no-foreign-extensions",
    "x",
    task("x"),
    LINE,
    change=lambda xml: xml.replace(
        '<bpmn:userTask id="x"',
        '<bpmn:userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        'camunda:assignee="demo" id="x"',
    ),
)
drawn("element-supported", "x", d.node("callChoreographyTask", "x"), d.flow("start > end"))
drawn("message-has-name", "x", d.catch("x", d.message("nowhere")), LINE)
drawn("message-has-key", "x", d.catch("x", d.message("m")), LINE, messages={"m": None})
drawn("timer-parses", "x", d.catch("x", d.timer("duration", "5 days")), LINE)
drawn("timer-repeats-lawfully", "x", d.catch("x", d.timer("cycle", "R3/P7D")), LINE)
drawn("due-date-parses", "x", task("x", due="soon"), LINE)
drawn("message-sender-caught", "x", task("x", properties={"message.sentBy": "a page"}), LINE)
drawn("boundary-attached", "b", task("x"), d.boundary("b", "y", DAY), LINE, d.flow("b > end"))
drawn("result-has-name", "x", d.script("x", "=1", ""), LINE)
drawn("name-not-computed", "x", d.call("x", "=answer"), LINE)
drawn("repeat-has-collection", "x", task("x", "<bpmn:multiInstanceLoopCharacteristics/>"), LINE)
drawn("repeat-complete", "x", task("x", d.repeated("=answer", into=("all", ""))), LINE)
drawn("fact-name-valid", "x", d.script("x", "=1", "two words"), LINE)
drawn("service-task-has-connector", "x", d.service("x", "gone"), LINE)
drawn("decision-exists", "x", d.rule("x", "gone", "found"), LINE)
drawn("call-target-deployed", "x", d.call("x", "gone"), LINE)
drawn(
    "script-is-feel",
    "x",
    d.node("scriptTask", "x", "<bpmn:script>1</bpmn:script>", scriptFormat="python"),
    LINE,
)
drawn(
    "no-data-association",
    "x",
    task(
        "x",
        "<bpmn:dataInputAssociation><bpmn:sourceRef>s</bpmn:sourceRef></bpmn:dataInputAssociation>",
    ),
    LINE,
)

# ---------------------------------------------------------------------- how it is connected
drawn("flow-has-id", "x", task("x"), LINE, change=lambda xml: xml.replace('id="x_end" ', ""))
drawn("flow-connects", "x_gone", task("x"), LINE, d.flow("x > gone"))
drawn(
    "flow-within-process",
    "x_y",
    task("x"),
    LINE,
    d.sub("s", d.start("i"), task("y"), d.end("e"), d.flow("i > y > e")),
    d.flow("x > s > end"),
    d.flow("x > y"),
)
drawn("flow-into-start", "x_start", task("x"), LINE, d.flow("x > start"))
drawn("flow-after-end", "end", task("x"), LINE, d.flow("end > x"))
drawn("start-event-required", "p", task("x"), LINE, change=lambda xml: xml.replace(d.start(), ""))
drawn("end-event-required", "p", task("x"), LINE, change=lambda xml: xml.replace(d.end(), ""))
drawn("one-start-of-a-kind", "second", task("x"), LINE, d.start("second"), d.flow("second > x"))
drawn(
    "subprocess-one-start",
    "s",
    d.sub("s", d.start("i"), d.start("j"), d.end("e"), d.flow("i > e"), d.flow("j > e")),
    d.flow("start > s > end"),
)
drawn("no-implicit-end", "x", task("x"), d.flow("start > x"), d.flow("start > end"))
drawn("no-split-off-task", "x", task("x"), task("y"), LINE, d.flow("x > y > end"))
drawn("no-condition-off-task", "x_end", task("x"), d.flow("start > x"), d.flow("x > end", "=true"))
drawn(
    "every-choice-answered",
    "g_end",
    task("x"),
    d.xor("g"),
    d.end("other"),
    d.flow("start > x > g > end"),
    d.flow("g > other", '=answer = "yes"'),
)
drawn("default-flow-valid", "g", *choice(), change=lambda xml: xml.replace('"g_end"', '"x_g"', 1))
drawn(
    "no-inclusive-join",
    "j",
    d.parallel("f"),
    d.node("inclusiveGateway", "j"),
    d.flow("start > f > j > end"),
    d.flow("f > j", flow_id="second"),
)
drawn("event-gateway-events", "x", d.race("x"), task("y"), d.flow("start > x > y > end"))
drawn("unreachable", "y", task("x"), task("y"), LINE, d.flow("y > end"))
drawn(
    "error-taken",
    "other",
    *choice(d.flow("g > other", '=answer = "yes"')),
    change=lambda xml: xml.replace(d.end("other"), d.end("other", event("error"))),
)
