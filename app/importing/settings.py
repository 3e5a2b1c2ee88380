"""What is set on single elements: calls, scripts, repeats, timers, kinds that mean the same here."""

import re
from copy import deepcopy

from app.engine.reader import KINDS
from app.engine.xml import BPMN, Node, local, text_of
from app.importing import juel
from app.importing.content import told
from app.importing.work import Work, extension, made_extension, quoted, taken

TIMES = ("timeDate", "timeDuration", "timeCycle")


def translate_settings(work: Work) -> None:
    _shared_definitions(work)
    for node in list(work.root.iter(f"{BPMN}*")):
        translate = SETTINGS.get(local(node))
        if translate is not None and node.getparent() is not None:
            translate(work, node)
    for node in list(work.root.iter(*(f"{BPMN}{tag}" for tag in TIMES))):
        _time(work, node)


def _shared_definitions(work: Work) -> None:
    """Events may refer to a trigger that is defined for the whole file; here each has its own."""
    shared = {
        str(node.get("id")): node
        for node in work.root.iterchildren(f"{BPMN}*")
        if local(node).endswith("EventDefinition")
    }
    for reference in list(work.root.iter(f"{BPMN}eventDefinitionRef")):
        definition = shared.get((reference.text or "").strip())
        event = reference.getparent()
        if definition is None or event is None:
            continue
        own = deepcopy(definition)
        own.set("id", work.fresh(str(definition.get("id"))))
        event.append(own)
        work.drop(
            reference, "translated", "Its trigger stood elsewhere in the file. It is here now."
        )
    for node in shared.values():
        work.drop(
            node, "translated", "A trigger for several events is written at each of them.", at=""
        )


def retag(node: Node, tag: str) -> None:
    node.tag = f"{BPMN}{tag}"


def _call(work: Work, node: Node) -> None:
    target = taken(node, "calledElement")
    if not target:
        return
    name = target.rpartition(":")[2] if ":" in target and "{" not in target else target
    text = juel.value(name)
    if text is None or text.startswith("="):
        words = f"It called “{quoted(target)}”, worked out while it ran. Choose the process."
        work.todo(node, "call", words)
        work.say(node, "other-engine", f"The called process “{quoted(target)}” is left out.")
    elif extension(node, "calledElement") is None:
        made_extension(node, "calledElement").set("processId", text)
        before = f" (it was “{quoted(target)}”)" if text != target else ""
        words = f"It calls the process “{text}”{before}, in the words of this dialect."
        work.say(node, "translated", words)


def _script(work: Work, node: Node) -> None:
    language = taken(node, "scriptFormat")
    script = node.find(f"{BPMN}script")
    text = (script.text or "").strip() if script is not None else ""
    if "feel" in language.lower() and text:
        made_extension(node, "script").set("expression", f"={text.removeprefix('=')}")
        work.say(node, "translated", "The script is kept as an expression.")
    elif language or text:
        said = f" in {language}" if language else ""
        content = f": “{quoted(text)}”" if text else ""
        words = f"Write this script{said} as one FEEL expression{content}."
        work.todo(node, "script", words)
        work.say(node, "other-engine", f"A script{said} is left out{content}.")
    if script is not None:
        work.drop(script, "translated", "The element of the script is not needed any more.")
    _by_worker(work, node)


def _by_worker(work: Work, node: Node) -> None:
    """A worker of the other engine does it: here that is a service task."""
    own = {"scriptTask": "script", "businessRuleTask": "calledDecision"}.get(local(node))
    if extension(node, "taskDefinition") is None:
        return
    if (own is not None and extension(node, own) is None) or (
        local(node) == "sendTask" and not node.get("messageRef")
    ):
        retag(node, "serviceTask")
        work.say(node, "translated", "A worker does this, so it is a service task here.")


def _catch(work: Work, node: Node) -> None:
    """An event that catches nothing lets everything through."""
    if not any(
        str(child.tag).endswith(("EventDefinition", "eventDefinitionRef")) for child in node
    ):
        retag(node, "intermediateThrowEvent")
        work.say(node, "translated", "It waits for nothing, so it lets the work through here.")


def _transaction(work: Work, node: Node) -> None:
    retag(node, "subProcess")
    words = "A transaction is a sub-process here: nothing is undone by itself."
    work.say(node, "translated", words)
    work.todo(node, "transaction", f"{words} Draw what has to be undone.")


def _ad_hoc(work: Work, node: Node) -> None:
    retag(node, "subProcess")
    in_order = taken(node, "ordering") == "Sequential"
    condition = node.find(f"{BPMN}completionCondition")
    until = text_of(node, "completionCondition")
    if condition is not None:
        work.drop(condition, "left-out", f"When it ends (“{quoted(until or '')}”) is left out.")
    ends = f" It was to end when “{quoted(until)}”." if until else ""
    one_by_one = ", one at a time" if in_order else ""
    words = (
        f"What was to be done in any order{one_by_one}, or not at all, is done once each here, "
        "side by side."
    )
    work.say(node, "translated", f"{words}{ends}")
    work.todo(node, "any-order", f"{words}{ends} Draw what has to be done.")


def _repeat(work: Work, node: Node) -> None:
    """Several instances: for a number of times, or for a list, as other engines say it."""
    task = node.getparent()
    if task is None:
        return
    loop = made_extension(node, "loopCharacteristics")
    count, listed = text_of(node, "loopCardinality"), text_of(node, "loopDataInputRef")
    if not loop.get("inputCollection"):
        if count and re.fullmatch(r"\d{1,3}", count):
            # 1..0 would count down
            numbers = f"=for i in 1..{int(count)} return i" if int(count) else "=[]"
            loop.set("inputCollection", numbers)
            work.say(task, "translated", f"It is done {int(count)} times.")
        elif listed and re.fullmatch(r"[A-Za-z_]\w*", listed):
            loop.set("inputCollection", f"={listed}")
            work.say(task, "translated", f"It is repeated for the list “{listed}”.")
        elif count or listed:
            words = f"It was repeated for “{quoted(count or listed or '')}”."
            work.todo(task, "collection", f"{words} Name the list it is repeated for.")
            work.say(task, "other-engine", f"{words} This is left out.")
    for tag in ("loopCardinality", "loopDataInputRef"):
        for child in node.findall(f"{BPMN}{tag}"):
            content = quoted(text_of(node, tag) or "")
            words = f"“{tag}” ({content}) is left out: the list it is repeated for is named."
            work.drop(child, "left-out", words)
    _item(work, node, loop)
    _gathered(work, task, node)
    _until(work, task, node)
    if not loop.attrib:
        work.forget(loop)


def _item(work: Work, node: Node, loop: Node) -> None:
    for item in node.findall(f"{BPMN}inputDataItem"):
        name = item.get("name") or item.get("id") or ""
        if re.fullmatch(r"[A-Za-z_]\w*", name) and not loop.get("inputElement"):
            loop.set("inputElement", name)
            work.drop(item, "translated", f"Each of the list is called “{name}”{told(item)}.")


def _gathered(work: Work, task: Node, node: Node) -> None:
    """The list that the repeats fill, as the standard writes it."""
    into = text_of(node, "loopDataOutputRef")
    item = node.find(f"{BPMN}outputDataItem")
    of = "" if item is None else item.get("name") or item.get("id") or ""
    if into or of:
        said = ", of ".join(filter(None, (into, of)))
        words = f"What all repeats brought was put together ({quoted(said)}). Map it by hand."
        work.todo(task, "mapping", words)


def _until(work: Work, task: Node, node: Node) -> None:
    condition = node.find(f"{BPMN}completionCondition")
    text = text_of(node, "completionCondition")
    if condition is None or (text or "").startswith("="):
        return
    found = _of_repeats(text) if text else None
    if found:
        condition.text = found
        before = f" (it was “{quoted(text)}”)" if text else ""
        work.say(task, "translated", f"It ends early when “{found}”{before}.")
    else:
        if text:
            work.todo(task, "until", f"It was to end early when “{quoted(text)}”. Say so in FEEL.")
        work.drop(
            condition, "other-engine", f"When it ends early (“{quoted(text or '')}”) is left out."
        )


def _of_repeats(text: str) -> str | None:
    """The condition in FEEL; what other engines count is called by its name here."""
    text = re.sub(r"\bnrOf((?:Active|Completed)?Instances)\b", r"numberOf\1", text)
    return juel.as_feel(text) or juel.comparison_as_feel(text)


def _time(work: Work, node: Node) -> None:
    text = "".join(str(part) for part in node.itertext()).strip()
    if not text or not juel.is_juel(text):
        return
    event = node.getparent()
    owner = event.getparent() if event is not None else None
    if owner is None:
        return
    found = juel.as_feel(text)
    if found:
        node.text = found
        work.say(owner, "translated", f"Its time is “{found}”.")
    else:
        work.todo(owner, "timer", f"Its time was “{quoted(text)}”. Write a date, duration or FEEL.")
        work.drop(node, "other-engine", f"The time “{quoted(text)}” is left out.", at=owner)


def _instantiating(work: Work, node: Node) -> None:
    if taken(node, "instantiate") == "true":
        words = "It began the process. Draw a start event that waits for the message instead."
        work.say(node, "translated", "That it begins the process by itself is left out.")
        work.todo(node, "instantiate", words)


SETTINGS = {
    "callActivity": _call,
    "scriptTask": _script,
    "businessRuleTask": _by_worker,
    "sendTask": _by_worker,
    "intermediateCatchEvent": _catch,
    "transaction": _transaction,
    "adHocSubProcess": _ad_hoc,
    "multiInstanceLoopCharacteristics": _repeat,
    "receiveTask": _instantiating,
    "eventBasedGateway": _instantiating,
}
FLOW_NODES = frozenset((*KINDS, "complexGateway", "transaction", "adHocSubProcess"))
