"""What other engines drop without a word: here it runs as drawn, or is refused by element."""

import pytest

from app.engine.errors import DiagramRefused, ElementFailed
from app.engine.parse import parse_diagram
from tests.support import diagrams as d
from tests.support.engine import FakeHost, Play, spec_set

LINE = d.flow("start > x > end")
SIGNAL = '<bpmn:signalEventDefinition signalRef="s"/>'


def event_sub_process(definition: str) -> bytes:
    inside = d.start("s", definition) + d.user("deep") + d.end("e") + d.flow("s > deep > e")
    return d.simple(
        d.user("x"), LINE, d.node("subProcess", "news", inside, triggeredByEvent="true")
    )


REFUSED: dict[str, tuple[bytes, str]] = {
    "a flow without an id": (d.simple(d.user("x"), LINE).replace(b'id="x_end" ', b""), "x"),
    "a condition on a flow that leaves a task": (
        d.simple(d.user("x"), d.flow("start > x"), d.flow("x > end", "=ok")),
        "x_end",
    ),
    "a link": (d.simple(d.throw("x", '<bpmn:linkEventDefinition name="l"/>'), LINE), "x"),
    "a signal that ends": (
        d.bpmn(d.process("p", d.start(), d.end("end", SIGNAL), d.user("x"), LINE)),
        "end",
    ),
    "a signal that starts": (
        d.bpmn(d.process("p", d.start("start", SIGNAL), d.end(), d.user("x"), LINE)),
        "start",
    ),
    "a signal that is thrown": (d.simple(d.throw("x", SIGNAL), LINE), "x"),
    "a signal that is waited for": (d.simple(d.catch("x", SIGNAL), LINE), "x"),
    "a signal at a border": (
        d.simple(d.user("x"), LINE, d.boundary("b", "x", SIGNAL), d.flow("b > end")),
        "b",
    ),
    "compensation": (d.simple(d.throw("x", "<bpmn:compensateEventDefinition/>"), LINE), "x"),
    "a task that nothing leads to": (
        d.simple(d.user("x"), LINE, d.user("lonely"), d.flow("lonely > end")),
        "lonely",
    ),
    "a sub-process that a message starts": (event_sub_process(d.message("m")), "news"),
    "a sub-process that an error starts": (
        event_sub_process("<bpmn:errorEventDefinition/>"),
        "news",
    ),
    "a sub-process that an escalation starts": (
        event_sub_process("<bpmn:escalationEventDefinition/>"),
        "news",
    ),
    "a task for compensation": (
        d.simple(d.node("userTask", "x", isForCompensation="true"), LINE),
        "x",
    ),
    "a complex gateway": (d.simple(d.node("complexGateway", "x"), LINE), "x"),
    "a fork without a gateway": (
        d.simple(d.user("x"), d.user("y"), LINE, d.flow("x > y > end")),
        "x",
    ),
    "a timer that says nothing": (
        d.simple(d.catch("x", d.timer("duration", "five days")), LINE),
        "x",
    ),
    "an expiry where nothing is sent": (
        d.simple(d.user("x", properties={"message.expires": "P3D"}), LINE),
        "x",
    ),
    "an expiry that says nothing": (
        d.simple(d.throw("x", d.message("m"), properties={"message.expires": "soon"}), LINE),
        "x",
    ),
    "an ad-hoc sub-process": (d.simple(d.node("adHocSubProcess", "x"), LINE), "x"),
    "a loop marker": (
        d.simple(d.node("userTask", "x", "<bpmn:standardLoopCharacteristics/>"), LINE),
        "x",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_its_id_when_it_is_read(name: str) -> None:
    file, element_id = REFUSED[name]
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram(file)
    assert element_id in {finding.element_id for finding in refused.value.findings}


def test_a_call_of_nothing_that_is_there_is_refused_by_its_id() -> None:
    with pytest.raises(DiagramRefused) as refused:
        spec_set(d.simple(d.call("x", "nowhere"), LINE))
    assert [finding.element_id for finding in refused.value.findings] == ["x"]


def test_a_gateway_without_a_true_way_and_without_a_default_is_an_error_that_names_it() -> None:
    ways = d.flow("g > a", "=left") + d.flow("g > b", "=right") + d.flow("a > end")
    file = d.simple(
        d.xor("g"), d.user("a"), d.user("b"), d.flow("start > g"), ways, d.flow("b > end")
    )
    with pytest.raises(ElementFailed) as failed:
        Play(file, facts={"left": False, "right": None})
    assert failed.value.element_id == "g"


def test_a_join_that_only_one_way_leads_to_is_an_error_that_names_it() -> None:
    file = d.simple(
        d.xor("g", default="g_a"),
        d.user("a"),
        d.user("b"),
        d.parallel("join"),
        d.flow("start > g > a > join > end"),
        d.flow("g > b", "=left"),
        d.flow("b > join"),
    )
    play = Play(file, facts={"left": False})
    with pytest.raises(ElementFailed) as failed:
        play.do("a")
    assert failed.value.element_id == "join"


def test_each_of_several_instances_has_the_lane_roles_form_and_due_date_that_are_drawn() -> None:
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="l" name="Agencies">'
        "<bpmn:flowNodeRef>ask</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    ask = d.user(
        "ask",
        d.repeated("=agencies", "agency"),
        form="reply",
        groups="partner",
        due="=working days(2)",
    )
    play = Play(d.simple(lanes, ask, d.flow("start > ask > end")), facts={"agencies": ["a", "b"]})
    assert len(play.now.open_tasks) == 2
    for task in play.now.open_tasks:
        assert (task.lane, task.roles, task.form_id) == ("Agencies", ("partner",), "reply")
        assert task.due_at is not None


def test_an_automatic_step_for_each_item_keeps_its_type_and_its_inputs() -> None:
    host = FakeHost(steps={"tell": lambda inputs: {}})
    step = d.service("x", "tell", d.repeated("=agencies", "agency"), inputs={"to": "=agency"})
    Play(d.simple(step, LINE), facts={"agencies": ["a", "b"]}, host=host)
    assert host.asked == [("tell", {"to": "a"}), ("tell", {"to": "b"})]
