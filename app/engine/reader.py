"""From XML to the catalogue: what is drawn, whether or not it can run. ``rules`` judges it."""

from collections.abc import Iterator

from app.engine.catalogue import ONE_AT_A_TIME, Element, Flow, Kind, Loop, ProcessInfo, SignOffRule
from app.engine.errors import DiagramRefused, Finding
from app.engine.extensions import read_extensions
from app.engine.read_events import with_event
from app.engine.read_once import refuse_said_twice, refuse_two_lanes
from app.engine.reading import UNSUPPORTED, Reading
from app.engine.todos import todos
from app.engine.xml import BPMN, Node, flag, local, name_of, text_of, texts_of

KINDS: dict[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "user",
    "manualTask": "user",  # somebody does it and says so
    "task": "user",
    "serviceTask": "service",
    "businessRuleTask": "rule",
    "scriptTask": "script",
    "sendTask": "send",
    "receiveTask": "receive",
    "intermediateCatchEvent": "catch",
    "intermediateThrowEvent": "throw",
    "boundaryEvent": "boundary",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "eventBasedGateway": "event_gateway",
    "callActivity": "call",
    "subProcess": "subprocess",
}
ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
MOST_PARTS = 3_000
"""Far more than anybody can read, and few enough for every rule to answer at once."""


def read_processes(reading: Reading) -> list[ProcessInfo]:
    """Every executable process of the document; findings go into ``reading``.

    Raises:
        DiagramRefused: there is more in it than is worth looking at.
    """
    tags = (f"{BPMN}{tag}" for tag in (*KINDS, "sequenceFlow"))
    if sum(1 for _ in reading.root.iter(*tags)) > MOST_PARTS:
        message = f"The file has more than {MOST_PARTS} elements and flows."
        raise DiagramRefused((Finding("", "too-many", message),))
    for node in reading.root.iter(f"{BPMN}message"):
        if message_id := node.get("id"):
            key = read_extensions(node).correlation_key
            reading.messages[message_id] = (node.get("name"), key)
    for node in reading.root.iter(f"{BPMN}error"):
        if error_id := node.get("id"):
            reading.error_codes[error_id] = node.get("errorCode")
    nodes = [
        node
        for node in reading.root.iterfind(f"{BPMN}process")
        if flag(node, "isExecutable", otherwise=True)
    ]
    if not nodes:
        reading.refuse(
            "", "single-process-executable", "No process in the file is marked as executable."
        )
    processes = [_process(reading, node) for node in nodes]
    reading.findings += todos(reading.root)
    return processes


def _process(reading: Reading, node: Node) -> ProcessInfo:
    process_id = _checked_id(reading, node, "process")
    refuse_two_lanes(reading, node)
    elements = {e.id: e for e in _elements(reading, node, process_id, None, _lanes(node))}
    starts = [e for e in elements.values() if e.kind == "start" and e.parent is None]
    said = read_extensions(node)
    return ProcessInfo(
        id=process_id,
        name=node.get("name") or process_id,
        elements=elements,
        start_message=next((e.message for e in starts if e.message), None),
        start_timer=next((e.timer for e in starts if e.timer), None),
        one_at_a_time=any(ONE_AT_A_TIME in e.properties for e in starts),
        documentation=texts_of(node, "documentation"),
        properties=said.properties,
        not_read=tuple(dict.fromkeys(said.not_read)),
    )


def _checked_id(reading: Reading, node: Node, what: str) -> str:
    found = node.get("id", "")
    if not found:
        reading.refuse("", "element-has-id", f"A {what} has no id.")
    elif found in reading.seen:
        reading.refuse(found, "id-unique", "This id is used twice in the file.")
    reading.seen.add(found)
    return found


def _lanes(node: Node) -> dict[str, str]:
    """Lane name by element id; an inner lane wins over the lane around it."""
    lanes: dict[str, str] = {}
    for lane in node.iter(f"{BPMN}lane"):
        for ref in lane.iterfind(f"{BPMN}flowNodeRef"):
            lanes[(ref.text or "").strip()] = lane.get("name") or ""
    return lanes


def _elements(
    reading: Reading, holder: Node, process_id: str, parent: Element | None, lanes: dict[str, str]
) -> Iterator[Element]:
    for node in holder.iterchildren(f"{BPMN}*"):
        tag = local(node)
        if tag == "sequenceFlow":
            reading.flows.append(_flow(reading, node))
        elif tag in KINDS:
            element = _element(reading, node, process_id, parent, lanes)
            yield element
            if element.kind == "subprocess":
                yield from _elements(reading, node, process_id, element, lanes)
        elif tag in UNSUPPORTED:
            reading.not_run.add(node.get("id", ""))
            reading.refuse_unsupported(node.get("id", ""), tag)
        elif tag.endswith(("Task", "Gateway", "Event", "Process")):
            reading.refuse(node.get("id", ""), "element-supported", f"{tag} cannot run here.")


def _flow(reading: Reading, node: Node) -> Flow:
    source, target = node.get("sourceRef", ""), node.get("targetRef", "")
    flow_id = node.get("id", "")
    if not flow_id:
        reading.refuse(source, "flow-has-id", f"The flow to {target} has no id.")
    elif flow_id in reading.seen:
        reading.refuse(flow_id, "id-unique", "This id is used twice in the file.")
    reading.seen.add(flow_id)
    refuse_said_twice(reading, node, flow_id or source)
    condition = node.find(f"{BPMN}conditionExpression")
    language = condition.get("language") if condition is not None else None
    if language and "feel" not in language.lower():
        reading.refuse(
            flow_id, "expression-language", f"Conditions are written in FEEL, not in {language}."
        )
    return Flow(
        id=flow_id,
        source=source,
        target=target,
        name=name_of(node),
        condition=text_of(node, "conditionExpression"),
        documentation=texts_of(node, "documentation"),
    )


def _element(
    reading: Reading, node: Node, process_id: str, parent: Element | None, lanes: dict[str, str]
) -> Element:
    element_id = _checked_id(reading, node, local(node))
    said = read_extensions(node)
    for name in said.not_run:
        reading.refuse(
            element_id, "no-foreign-extensions", f"“{name}” belongs to another engine. Remove it."
        )
    _refuse_marks(reading, node, element_id)
    refuse_said_twice(reading, node, element_id)
    element = Element(
        id=element_id,
        name=name_of(node) or element_id,
        kind=KINDS[local(node)],
        process_id=process_id,
        lane=lanes.get(element_id) or (parent.lane if parent else None),
        documentation=texts_of(node, "documentation"),
        sources=_listed(said.properties.get("source")),
        form_id=said.form_id,
        candidate_groups=said.candidate_groups,
        assignee=said.assignee,
        due_date=said.due_date,
        sign_off=_sign_off(said.properties),
        default_flow=node.get("default"),
        called_process=said.called_process,
        decision_id=said.decision_id,
        task_type=said.task_type,
        attached_to=node.get("attachedToRef"),
        interrupting=flag(node, "cancelActivity", otherwise=True),
        parent=parent.id if parent else None,
        loop=_loop(reading, node, element_id),
        script=said.script,
        result_variable=said.result_variable,
        properties=said.properties,
        inputs=said.inputs,
        outputs=said.outputs,
        not_read=tuple(dict.fromkeys(said.not_read)),
    )
    return with_event(reading, node, element, said)


def _refuse_marks(reading: Reading, node: Node, element_id: str) -> None:
    """What is said by an attribute or a marker rather than by a kind of element."""
    if flag(node, "triggeredByEvent"):
        reading.refuse(
            element_id,
            "event-subprocess-start-supported",
            "Event sub-processes cannot run. Use a boundary event, or a process of its own that "
            "a message starts.",
        )
    if flag(node, "isForCompensation"):
        reading.refuse_unsupported(element_id, "compensateEventDefinition")
    if node.find(f"{BPMN}standardLoopCharacteristics") is not None:
        reading.refuse(
            element_id,
            "no-loop-marker",
            "The loop marker cannot run. Draw the loop with a gateway.",
        )
    _refuse_unplayed(reading, node, element_id)
    if node.get("scriptFormat") or node.find(f"{BPMN}script") is not None:
        reading.refuse(
            element_id, "script-is-feel", "Scripts are one FEEL expression; nothing else is run."
        )


def _refuse_unplayed(reading: Reading, node: Node, element_id: str) -> None:
    """What the standard lets a diagram ask for, and nothing here would do."""
    if {node.get("startQuantity", "1"), node.get("completionQuantity", "1")} != {"1"}:
        reading.refuse(
            element_id,
            "one-token-quantity",
            "It waits for several tokens, or makes several. Use a parallel gateway.",
        )
    if flag(node, "instantiate"):
        reading.refuse(
            element_id, "start-by-start-event", "It begins the process. Draw a start event instead."
        )
    if node.get("eventGatewayType") == "Parallel":
        reading.refuse(
            element_id, "event-gateway-events", "It waits for all events. Use a parallel gateway."
        )
    if node.find(f"{BPMN}eventDefinitionRef") is not None:
        reading.refuse(
            element_id, "event-supported", "It waits for an event drawn elsewhere. Set it here."
        )
    if any(node.find(f"{BPMN}{tag}") is not None for tag in ASSOCIATIONS):
        reading.refuse(
            element_id,
            "no-data-association",
            "A dotted arrow brings or takes its data, and nothing would move along it. Remove the "
            "arrow, and use a mapping or a form.",
        )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _sign_off(properties: dict[str, str]) -> SignOffRule | None:
    said = {
        name.removeprefix("signOff."): value.strip() or None
        for name, value in properties.items()
        if name.startswith("signOff.")
    }
    if not said:
        return None
    return SignOffRule(
        role=said.get("role"),
        due=said.get("due"),
        remind=said.get("reminder"),
        when=said.get("when"),
        decision=said.get("decision"),
        fields=_listed(said.get("fields")),
        send_back_to=_listed(said.get("sendBackTo")),
    )


def _loop(reading: Reading, node: Node, element_id: str) -> Loop | None:
    marker = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if marker is None:
        return None
    said = read_extensions(marker).loop
    if marker.get("behavior", "All") != "All":
        reading.refuse(
            element_id,
            "repeat-complete",
            "An event of its own is thrown for each repetition. Nothing here would throw it.",
        )
    if not said.get("inputCollection"):
        reading.refuse(
            element_id,
            "repeat-has-collection",
            "Name the collection this is repeated for (input collection).",
        )
    return Loop(
        sequential=flag(marker, "isSequential"),
        input_collection=said.get("inputCollection", ""),
        input_element=said.get("inputElement"),
        output_collection=said.get("outputCollection"),
        output_element=said.get("outputElement"),
        completion_condition=text_of(marker, "completionCondition"),
    )
