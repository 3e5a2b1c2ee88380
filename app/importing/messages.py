"""Messages: every one gets a name and a key; message flows become what their ends send and wait for."""

from app.engine.xml import BPMN, Node, local
from app.importing import juel
from app.importing.settings import FLOW_NODES
from app.importing.work import Work, called, everything, made_extension, quoted, taken

SENDS = frozenset(("sendTask", "intermediateThrowEvent", "endEvent"))
WAITS = frozenset(("receiveTask", "intermediateCatchEvent", "boundaryEvent"))
KEY = "=case_id"


def name_messages(work: Work) -> None:
    """Every message event and task says which message it means, where the file tells."""
    messages = {str(node.get("id")): node for node in work.root.iterfind(f"{BPMN}message")}
    for node in messages.values():
        if not (node.get("name") or "").strip():
            node.set("name", str(node.get("id")))
            work.say(node, "message-has-name", "The message had no name. It goes by its id now.")
    by_end = _from_flows(work, messages)
    for node in list(everything(work.root)):
        carrier = _carrier(node)
        if carrier is None:
            continue
        if carrier.get("messageRef") not in messages:
            _choose(work, node, carrier, messages, by_end)
        message = messages.get(carrier.get("messageRef") or "")
        if message is not None:
            _worked_out(work, node, str(message.get("name")))
        if message is not None and local(node) in WAITS:
            _give_key(work, node, message)


def _worked_out(work: Work, node: Node, name: str) -> None:
    if juel.is_juel(name):
        words = f"Its message was “{quoted(name)}”, worked out while it ran. Give it a fixed name."
        work.todo(node, "message", words)


def _carrier(node: Node) -> Node | None:
    """Where ``node`` would say its message; None when it is no message event or task."""
    tag = local(node)
    if tag in {"sendTask", "receiveTask"} and node.tag.startswith(BPMN):
        return node
    return node.find(f"{BPMN}messageEventDefinition") if node.tag.startswith(BPMN) else None


def _choose(
    work: Work, node: Node, carrier: Node, messages: dict[str, Node], by_end: dict[str, str]
) -> None:
    lost = taken(carrier, "messageRef")
    element_id = node.get("id") or ""
    name = by_end.get(element_id) or " ".join((node.get("name") or "").split())
    if not name:
        if lost:
            work.say(node, "message-has-name", f"The message “{quoted(lost)}” is not in the file.")
        return
    message = next((m for m in messages.values() if m.get("name") == name), None)
    if message is None:
        message = work.root.makeelement(f"{BPMN}message")
        message.set("id", work.fresh("message"))
        message.set("name", name)
        work.root.insert(0, message)
        messages[str(message.get("id"))] = message
    carrier.set("messageRef", str(message.get("id")))
    why = "as the arrow between the pools" if element_id in by_end else "as the step"
    said = (
        f"Its message “{quoted(lost)}” is not in the file."
        if lost
        else "It did not say which message."
    )
    work.say(node, "message-has-name", f"{said} It is called “{name}”, {why}.")


def _give_key(work: Work, node: Node, message: Node) -> None:
    path = work.matched.get(str(message.get("id")))
    if path:
        words = f"Its message was matched by “{quoted(path)}”. Write this key at the message."
        work.todo(node, "message", words)
    subscription = made_extension(message, "subscription")
    own = node.find(f"{BPMN}extensionElements/*[@correlationKey]")
    if not subscription.get("correlationKey") and own is None:
        subscription.set("correlationKey", KEY)
        words = f"“{message.get('name')}” is matched by the case ({KEY}): nothing else was said."
        work.say(node, "message-has-key", words)


def _from_flows(work: Work, messages: dict[str, Node]) -> dict[str, str]:
    """Take the arrows between pools out; returns by element the message it sends or waits for."""
    nodes = {
        str(node.get("id")): node
        for node in everything(work.root)
        if node.get("id") and node.tag.startswith(BPMN)
    }
    found: dict[str, str] = {}
    for flow in list(work.root.iter(f"{BPMN}messageFlow")):
        ends = [nodes.get(flow.get(end) or "") for end in ("sourceRef", "targetRef")]
        message = messages.get(flow.get("messageRef") or "")
        name = (message.get("name") if message is not None else None) or flow.get("name")
        name = " ".join((name or "").split()) or _between(ends)
        where = next(
            (node for node in ends if node is not None and local(node) in FLOW_NODES), None
        )
        for number, (node, other) in enumerate(zip(ends, reversed(ends), strict=True)):
            if node is not None and local(node) in FLOW_NODES:
                _end(work, node, other, name, found, is_sender=number == 0)
        own = " ".join((flow.get("name") or "").split())
        also = f" (drawn as “{quoted(own)}”)" if own and own != name else ""
        words = (
            f"The arrow between pools “{quoted(name)}”{also} from {_named(ends[0])} to "
            f"{_named(ends[1])} is not drawn any more: a message goes by its name."
        )
        work.drop(flow, "message-flow-drawn-only", words, at=where if where is not None else flow)
    return found


def _end(
    work: Work, node: Node, other: Node | None, name: str, found: dict[str, str], *, is_sender: bool
) -> None:
    able = _carrier(node) is not None
    plain = local(node) in ({"intermediateThrowEvent", "endEvent"} if is_sender else {"startEvent"})
    if not able and plain and not any(str(c.tag).endswith("EventDefinition") for c in node):
        node.append(node.makeelement(f"{BPMN}messageEventDefinition"))
        work.say(
            node, "message-flow-drawn-only", f"It {_does(is_sender)} the message “{quoted(name)}”."
        )
        able = True
    if able:
        found.setdefault(str(node.get("id")), name)
    else:
        words = (
            f"An arrow says that it {_does(is_sender)} “{quoted(name)}” "
            f"{'to' if is_sender else 'from'} {_named(other)}. Add a message event, or leave it "
            "to the people who do the step."
        )
        work.todo(node, "message-flow", words)


def _does(is_sender: bool) -> str:
    return "sends" if is_sender else "waits for"


def _between(ends: list[Node | None]) -> str:
    names = [(node.get("name") or str(node.get("id"))) for node in ends if node is not None]
    return " ".join(" to ".join(names).split()) or "message"


def _named(node: Node | None) -> str:
    return called(node) if node is not None else "something that is not in the file"
