"""What other engines say about an element, in our dialect: ``camunda:assignee`` and its relatives."""

from collections.abc import Callable
from dataclasses import replace

from app.engine.extensions import FOREIGN, NOT_RUN, settings_not_run
from app.engine.xml import BPMN, ZEEBE, Node, local
from app.importing.content import told
from app.importing.vendor_attributes import ATTRIBUTES, FORM, ONLY_AT, PEOPLE
from app.importing.vendor_elements import ELEMENTS, leave_out_properties, listener
from app.importing.work import Work, everything, owner_of, quoted, taken

ALL_FACTS = ("propagateAllParentVariables", "propagateAllChildVariables")
LISTENERS = frozenset(("executionListeners", "taskListeners"))
ZEEBE_SETTINGS = {
    "candidateUsers": ("role", PEOPLE),
    "formKey": ("form", FORM),
    "externalReference": ("form", FORM),
    "propagateAllParentVariables": ("mapping", "All facts went in. Map those the process needs."),
    "propagateAllChildVariables": ("mapping", "All facts came back. Map those that are needed."),
}


def translate_vendors(work: Work) -> None:
    for node in list(everything(work.root)):
        if node.tag.startswith(BPMN):
            _attributes(work, node)
    leave_out_properties(work)
    for holder in list(work.root.iter(f"{BPMN}extensionElements")):
        for child in list(holder.iterchildren("*")):
            _element(work, holder, child)
        if not len(holder) and not (holder.text or "").strip():
            work.forget(holder)


def _attributes(work: Work, node: Node) -> None:
    for name in [str(name) for name in node.attrib if is_foreign(str(name))]:
        value, short = node.get(name, ""), name.partition("}")[2]
        del node.attrib[name]
        setter = ATTRIBUTES.get(short) if local(node) in ONLY_AT.get(short, {local(node)}) else None
        done = setter(work, node, value.strip()) if setter and value.strip() else None
        where = node if node.get("id") else owner_of(node)
        said = f"“{short}” of another engine (“{quoted(value)}”)"
        if done:
            work.say(where, "translated", f"{said} {done}.")
        else:
            work.say(where, "other-engine", f"{said} is left out.")


def _element(work: Work, holder: Node, child: Node) -> None:
    node = holder.getparent()
    if node is None:
        return
    tag = local(child)
    if child.tag.startswith(ZEEBE):
        if tag in LISTENERS:
            _carried(work, node, child, listener)
        elif tag in NOT_RUN:
            words = f"“{tag}” of another engine is left out{told(child)}."
            work.drop(child, "other-engine", words, at=node)
        if tag == "calledElement" and (work.root.get("exporter") or "").startswith("Camunda"):
            _said_by_silence(child)
        for name in settings_not_run(child):
            _setting(work, node, child, name)
    elif is_foreign(child.tag):
        translate = ELEMENTS.get(tag)
        if translate is not None:
            _carried(work, node, child, translate)
        else:
            words = f"“{tag}” of another engine is left out{told(child)}."
            work.drop(child, "other-engine", words, at=node)


def _carried(
    work: Work, node: Node, child: Node, translate: Callable[[Work, Node, Node], None]
) -> None:
    """What is said about the part names the parts in it, too, as gone."""
    gone = tuple(str(part.get("id")) for part in everything(child) if part.get("id"))
    before = len(work.lines)
    translate(work, node, child)
    if gone and len(work.lines) > before:
        work.lines[-1] = replace(work.lines[-1], left_out=gone)
    work.forget(child)


def _said_by_silence(child: Node) -> None:
    """Zeebe gives a called process all facts, and takes all back, unless the file says no.

    Ours gives what is mapped. Nothing but the tool that wrote a file tells which is meant.
    """
    for name in ALL_FACTS:
        if child.get(name) is None:
            child.set(name, "true")


def _setting(work: Work, node: Node, child: Node, name: str) -> None:
    """An attribute in our own name space that only another engine acts on."""
    value = quoted(taken(child, name))
    if name in ALL_FACTS:
        child.set(name, "false")  # so that it is asked once only
    work.say(node, "other-engine", f"“{name}” of another engine (“{value}”) is left out.")
    rule, words = ZEEBE_SETTINGS[name]
    if not (rule == "form" and child.get("formId")):
        work.todo(node, rule, words.format(value=value))


def is_foreign(name: str) -> bool:
    return name.startswith(tuple(f"{{{space}}}" for space in FOREIGN))
