"""Examples of what is written wrongly, of who does it, and of all that a drawing could do."""

from tests.support import diagrams as d
from tests.support.published import AREA_PACK, pack_file, table
from tests.support.rule_example import (
    DAY,
    EXAMPLES,
    LINE,
    Example,
    choice,
    drawn,
    tables,
    task,
)
from tests.support.tables import decision_table

# ---------------------------------------------------------------------- what is written
drawn("expression-compiles", "g_other", *choice(d.flow("g > other", "=answer = )")))
drawn("expression-has-equals-sign", "g_other", *choice(d.flow("g > other", "answer")))
drawn(
    "expression-language",
    "g_other",
    *choice(d.flow("g > other", "=answer")),
    change=lambda xml: xml.replace(
        "<bpmn:conditionExpression ", '<bpmn:conditionExpression language="python" '
    ),
)
drawn("name-known", "g", *choice(d.flow("g > other", '=anser = "yes"')))
drawn(
    "name-known-on-every-path",
    "g",
    *choice(d.flow("g > other", '=answer = "yes"'), d.boundary("b", "x", DAY), d.flow("b > g")),
)
drawn("types-compatible", "g", *choice(d.flow("g > other", "=answer = 1")))
drawn("literal-possible", "g", *choice(d.flow("g > other", '=answer = "Yes"')))
drawn("zones-meet", "g", *choice(d.flow("g > other", "=now() > time(9, 0, 0)")))
drawn("parameter-exists", "g", *choice(d.flow("g > other", "=answer = parameters.gone")))
drawn("condition-decides", "g_other", *choice(d.flow("g > other", "=false")))
EXAMPLES["pack-entry-read"] = Example(
    "", pack_file(AREA_PACK.format(id="hull") + '[lanes]\nSupervisr = "supervisor"', pack="hull")
)
drawn("form-answers-required", "g", *choice(d.flow("g > other", '=answer = "yes"')))
drawn("message-received", "x", d.throw("x", d.message("m")), LINE, messages={"m": "=case_id"})
drawn("message-sent", "x", d.catch("x", d.message("m")), LINE, messages={"m": "=case_id"})
drawn(
    "extension-read",
    "x",
    task("x"),
    LINE,
    change=lambda xml: xml.replace(
        "</bpmn:extensionElements>", "<zeebe:taskHeaders/></bpmn:extensionElements>", 1
    ),
)
TEAM = {"to": '="team"'}
drawn("step-given", "x", d.service("x", "tell", inputs={"too": '="team"'}), LINE)
drawn("step-reads", "x", d.service("x", "tell", inputs={**TEAM, "when": '="now"'}), LINE)
drawn("step-understands", "x", d.service("x", "tell", inputs={"to": '="tema"'}), LINE)
drawn("form-exists", "x", task("x", form="gone"), LINE)
drawn("word-exists", "x", task("x", name="Tell the ${gone}"), LINE)
drawn("source-well-formed", "x", task("x", properties={"source": "page 12"}), LINE)
drawn(
    "decision-covers-gateway",
    "g",
    task("x"),
    d.rule("r", "choose", "found"),
    d.xor("g", default="g_end"),
    d.end("other"),
    d.flow("start > x > r > g > end"),
    d.flow("g > other", '=found = "gone"'),
    others=[table(decision_table(('"yes"', '"a"'), columns=["answer"]), key="choose")],
)
tables("table-overlap", "row_2", ("<= 2", '"a"'), (">= 2", '"b"'), policy="UNIQUE")
tables("table-conflict", "row_2", ("<= 2", '"a"'), (">= 2", '"b"'), policy="ANY")
tables("table-row-gives", "row_2", ("< 2", '"a"'), (">= 2", ""), policy="UNIQUE")
tables("table-row-twice", "row_2", ("< 2", '"a"'), ("< 2", '"a"'), policy="COLLECT")
tables("dmn-unclear", "table", ("< 2", '"a"'), ("-", '"b"'), policy="PRIORITY")
tables("table-gap", "table", ("< 2", '"a"'), ("> 2", '"b"'), policy="UNIQUE")
tables("table-rule-unreachable", "row_2", ("-", '"a"'), ("1", '"b"'), policy="FIRST")

# ---------------------------------------------------------------------- who does it
drawn("user-task-has-assignee-rule", "x", task("x", groups=""), LINE)
drawn("one-role", "x", task("x", groups="practitioner, partner"), LINE)
drawn("role-exists", "x", task("x", groups="wizard"), LINE)
drawn("role-has-members", "x", task("x"), LINE, members={"supervisor": 1})


def signed(*more: str, work: str = "practitioner", **rule: str) -> tuple[str, ...]:
    said = {"role": "supervisor", **rule}
    return (
        task("x", groups=work),
        d.xor("g", default="g_end", **said),
        d.end("other"),
        d.flow("start > x > g > end"),
        d.flow("g > other", '=answer = "yes"'),
        *more,
    )


drawn("sign-off-complete", "g", *signed(role=""))
drawn("property-known", "g", *signed(rloe="supervisor"))
drawn("sign-off-field", "g", *signed(fields="gone"))
drawn("send-back-lawful", "g", *signed(sendBackTo="end"))
drawn("four-eyes-satisfiable", "g", *signed(work="case:lead", role="case:lead"))

# ---------------------------------------------------------------------- everything it could do
drawn(
    "xor-split-and-join",
    "j",
    task("x"),
    d.xor("g", default="g_j"),
    task("y"),
    d.parallel("j"),
    d.flow("start > x > g > j > end"),
    d.flow("g > y", '=answer = "yes"'),
    d.flow("y > j"),
)
drawn(
    "and-split-xor-join",
    "z",
    d.parallel("f"),
    task("x"),
    task("y"),
    d.xor("m"),
    task("z"),
    d.flow("start > f > x > m > z > end"),
    d.flow("f > y > m"),
)
drawn(
    "no-dead-end",
    "j",
    d.parallel("j"),
    task("x"),
    d.parallel("f"),
    d.flow("start > j > x > f > end"),
    d.flow("f > j"),
)
drawn(
    "too-many-tokens",
    "y",
    d.xor("m"),
    task("x"),
    d.parallel("f"),
    task("y"),
    d.flow("start > m > x > f > y > end"),
    d.flow("f > m"),
)
drawn(
    "never-ends",
    "m",
    *choice(d.flow("g > m", '=answer = "yes"')),
    d.xor("m"),
    task("y"),
    task("z"),
    d.flow("m > y > z > m"),
    change=lambda xml: xml.replace(d.end("other"), ""),
)
drawn(
    "loop-without-human-or-timer",
    "m",
    d.xor("m"),
    d.xor("g", default="g_end"),
    d.flow("start > m > g > end"),
    d.flow("g > m", "=case_id = 1"),
)
drawn("loop-depth", "x", d.call("x", "p"), LINE)
drawn(
    "soundness-unfinished",
    "p",
    d.parallel("f"),
    d.parallel("j"),
    *(task(f"x{n}") for n in range(24)),
    d.flow("start > f"),
    *(d.flow(f"f > x{n} > j") for n in range(24)),
    d.flow("j > end"),
)

# ---------------------------------------------------------------------- what people see
drawn("label-unique-and-verb", "x", task("x", name="Verification"), LINE)
drawn("data-store-none", "s", task("x"), LINE, d.node("dataStoreReference", "s", name="Files"))
drawn(
    "single-process-executable",
    "",
    task("x"),
    LINE,
    change=lambda xml: xml.replace('isExecutable="true"', 'isExecutable="false"'),
)
drawn(
    "message-flow-drawn-only",
    "arrow",
    task("x"),
    LINE,
    around=d.node(
        "collaboration", "c", '<bpmn:messageFlow id="arrow" sourceRef="x" targetRef="y"/>'
    ),
)
drawn(
    "no-overlap-looks-attached",
    "end",
    task("x"),
    LINE,
    around='<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><di:BPMNPlane>'
    '<di:BPMNShape bpmnElement="x"><dc:Bounds x="0" y="0" width="100" height="80"/></di:BPMNShape>'
    '<di:BPMNShape bpmnElement="end"><dc:Bounds x="80" y="62" width="36" height="36"/>'
    "</di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>",
)
