"""What the standard means without drawing it is drawn, each with a line."""

import pytest

from tests.importing.foreign import around, chain, file, flows, node, one, tag, todos, words

IF_X = "<conditionExpression>=x</conditionExpression>"


def test_a_start_and_ends_are_added_where_there_are_none() -> None:
    imported, root = one(file(f'<task id="a"/><task id="b"/>{chain("a", "b")}'))
    assert flows(root) == {("p_start_1", "a"), ("a", "b"), ("b", "b_end_1")}
    assert "No start was drawn" in words(imported)
    assert "Nothing follows" in words(imported)
    assert todos(imported) == ""


def test_several_beginnings_begin_together() -> None:
    _imported, root = one(file('<task id="a"/><task id="b"/>'))
    assert tag(node(root, "p_all_1")) == "parallelGateway"
    assert {("p_all_1", "a"), ("p_all_1", "b")} <= flows(root)


def test_several_start_events_become_a_choice_that_somebody_has_to_say() -> None:
    imported, root = one(
        file(
            f'<startEvent id="s"/><startEvent id="z"/><endEvent id="e"/>{chain("s", "e")}{chain("z", "e")}'
        )
    )
    assert tag(node(root, "which_start_1")) == "exclusiveGateway"
    assert "Say when it begins with “z”" in todos(imported)


def test_several_flows_off_a_step_go_through_a_parallel_gateway() -> None:
    more = '<sequenceFlow id="m" sourceRef="a" targetRef="e"/>'
    imported, root = one(file(around('<task id="a"/>') + more))
    assert tag(node(root, "a_split_1")) == "parallelGateway"
    assert node(root, "m").get("sourceRef") == "a_split_1"
    assert "says that all are taken" in words(imported)
    assert todos(imported) == ""


def test_conditions_off_a_step_go_through_an_inclusive_gateway() -> None:
    more = f'<sequenceFlow id="m" sourceRef="a" targetRef="e">{IF_X}</sequenceFlow>'
    imported, root = one(file(around('<task id="a" default="a_e"/>') + more))
    gateway = node(root, "a_split_1")
    assert (tag(gateway), gateway.get("default")) == ("inclusiveGateway", "a_e")
    assert "default" not in node(root, "a").attrib
    assert todos(imported) == ""


def test_a_flow_beside_conditions_is_always_taken() -> None:
    more = f'<sequenceFlow id="m" sourceRef="a" targetRef="e">{IF_X}</sequenceFlow>'
    _imported, root = one(file(around('<task id="a"/>') + more))
    assert "".join(map(str, node(root, "a_e").itertext())) == "=true"


def test_one_condition_alone_asks_what_happens_otherwise() -> None:
    content = file(
        around('<task id="a"/>').replace('targetRef="e"/>', f'targetRef="e">{IF_X}</sequenceFlow>')
    )
    imported, _root = one(content)
    assert "Say what happens in all other cases" in todos(imported)


def test_a_pair_of_links_is_a_flow() -> None:
    def link(kind: str, element_id: str) -> str:
        return f'<intermediate{kind}Event id="{element_id}"><linkEventDefinition name="A"/></intermediate{kind}Event>'

    inside = f'<startEvent id="s"/><endEvent id="e"/>{link("Throw", "t")}{link("Catch", "c")}'
    imported, root = one(file(inside + chain("s", "t") + chain("c", "e")))
    assert ("t", "c") in flows(root)
    assert "is drawn as a flow" in words(imported)
    assert todos(imported) == ""


def test_a_link_without_its_other_end_stays_a_to_do() -> None:
    link = '<intermediateThrowEvent id="a"><linkEventDefinition name="A"/></intermediateThrowEvent>'
    imported, _root = one(file(around(link)))
    assert "a: Link events cannot run" in todos(imported)


def test_an_end_that_leads_on_is_an_event_on_the_way() -> None:
    _imported, root = one(file(around('<endEvent id="a"/>')))
    assert tag(node(root, "a")) == "intermediateThrowEvent"


def test_flows_back_into_the_start_lead_to_a_gateway_behind_it() -> None:
    imported, root = one(
        file(
            around('<exclusiveGateway id="a" default="a_e"/>')
            + (f'<sequenceFlow id="back" sourceRef="a" targetRef="s">{IF_X}</sequenceFlow>')
        )
    )
    assert node(root, "back").get("targetRef") == "s_again_1"
    assert todos(imported) == ""


def test_a_flow_to_nowhere_is_a_to_do_where_it_began() -> None:
    imported, root = one(file(around('<task id="a"/>') + '<sequenceFlow id="l" sourceRef="a"/>'))
    assert "a: A flow led to nowhere" in todos(imported)
    assert "l" not in {each.get("id") for each in root.iter("*")}


def test_new_steps_lie_in_the_lane_of_those_they_belong_to() -> None:
    lanes = (
        '<laneSet id="ls"><lane id="l" name="Team"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    )
    _imported, root = one(file(f'{lanes}<task id="a"/>'))
    inside = {(each.text or "") for each in node(root, "l").iter("{*}flowNodeRef")}
    assert inside == {"a", "p_start_1", "a_end_1"}


MEANT = {
    "transaction": (
        '<transaction id="a"><task id="t"/></transaction>',
        "Draw what has to be undone",
    ),
    "ad-hoc": (
        '<adHocSubProcess id="a"><task id="t"/><task id="u"/></adHocSubProcess>',
        "done once each here, side by side",
    ),
    "an empty sub-process": ('<subProcess id="a"/>', "Nothing is drawn inside"),
    "complex": ('<complexGateway id="a"/>', "A complex gateway cannot run"),
    "compensation": ('<task id="a" isForCompensation="true"/>', "Compensation cannot run"),
    "a loop marker": (
        '<task id="a"><standardLoopCharacteristics/></task>',
        "The loop marker cannot run",
    ),
    "a signal": (
        '<intermediateCatchEvent id="a"><signalEventDefinition/></intermediateCatchEvent>',
        "Signal events cannot run",
    ),
    "a timer": (
        '<intermediateCatchEvent id="a"><timerEventDefinition/></intermediateCatchEvent>',
        "The timer says no date",
    ),
    "a repeat": (
        '<task id="a"><multiInstanceLoopCharacteristics/></task>',
        "Name the collection",
    ),
    "a service": ('<serviceTask id="a"/>', "names no automatic step"),
    "a receive task that begins": (
        '<receiveTask id="a" name="In" instantiate="true"/>',
        "It began the process",
    ),
}


@pytest.mark.parametrize(("step", "said"), MEANT.values(), ids=MEANT)
def test_what_needs_somebody_is_a_to_do_at_its_element(step: str, said: str) -> None:
    imported, root = one(file(around(step)))
    assert node(root, "a") is not None
    assert any(t.element_id == "a" and said in t.message for t in imported.drafts[0].todos)


@pytest.mark.parametrize(("said", "meant"), [("0", "false"), ("1", "true"), (" false ", "false")])
def test_yes_and_no_are_written_as_editors_read_them(said: str, meant: str) -> None:
    late = (
        f'<boundaryEvent id="late" attachedToRef="a" cancelActivity="{said}">'
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
        "</boundaryEvent>"
    )
    content = file(around('<task id="a"/>') + late + '<endEvent id="l"/>' + chain("late", "l"))
    imported, root = one(content)
    assert node(root, "late").get("cancelActivity") == meant
    assert f"Its “cancelActivity” was “{said.strip()}”" in words(imported)


def test_a_step_that_begins_the_process_is_known_by_a_one() -> None:
    step = '<receiveTask id="a" instantiate="1"/>'
    imported, _root = one(file(f'{step}<endEvent id="e"/>{chain("a", "e")}'))
    assert "It began the process" in todos(imported)


def _event_sub_process(trigger: str) -> str:
    inside = f'<startEvent id="es_s">{trigger}</startEvent><endEvent id="es_e"/>'
    flow = chain("es_s", "es_e")
    return f'<subProcess id="es" triggeredByEvent="true">{inside}{flow}</subProcess>'


COMPENSATED = """<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
<task id="undo" isForCompensation="true"/>
<association id="line" sourceRef="b" targetRef="undo"/>"""


@pytest.mark.parametrize(
    ("apart", "at"),
    [
        (_event_sub_process("<errorEventDefinition/>"), ["es"]),
        (_event_sub_process("<signalEventDefinition/>"), ["es"]),
        (COMPENSATED, ["b", "undo"]),
    ],
)
def test_what_stands_apart_from_the_flow_is_one_to_do_at_the_element(
    apart: str, at: list[str]
) -> None:
    imported, _root = one(file(around('<task id="a"/>') + apart))
    [draft] = imported.drafts
    assert [todo.element_id for todo in draft.todos] == at
