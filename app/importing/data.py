"""Facts that go into a step and come out of it, as the standard writes them: arrows between data."""

import re

from app.engine.xml import BPMN, Node, local, text_of
from app.importing.content import content
from app.importing.vendor_elements import map_fact
from app.importing.work import Work, everything, quoted

ARROWS = {"dataInputAssociation": "input", "dataOutputAssociation": "output"}
DRAWN = frozenset(("dataObject", "dataObjectReference", "dataStore", "dataStoreReference"))
"""What is drawn beside the flow for people to see: an arrow to it carries nothing."""
ABOUT_TASKS = frozenset(
    [
        "TaskName",
        "NodeName",
        "GroupId",
        "ActorId",
        "BusinessAdministratorId",
        "BusinessAdministratorGroupId",
        "Comment",
        "Content",
        "CreatedBy",
        "Description",
        "Locale",
        "NotCompletedNotify",
        "NotCompletedReassign",
        "NotStartedNotify",
        "NotStartedReassign",
        "Priority",
        "Skippable",
        "Groupe",
    ]
)
"""Inputs by which jBPM is told about the task itself."""
_FACT = re.compile(r"[A-Za-z_]\w{0,99}")


def translate_data(work: Work) -> None:
    """What a call is given and gives back is mapped; other arrows that carry facts are left to do."""
    named = {str(node.get("id")): node for node in everything(work.root) if node.get("id")}
    for tag, into in ARROWS.items():
        for arrow in list(work.root.iter(f"{BPMN}{tag}")):
            _arrow(work, arrow, into, named)


def _arrow(work: Work, arrow: Node, into: str, named: dict[str, Node]) -> None:
    step = arrow.getparent()
    outer, inner = ("sourceRef", "targetRef") if into == "input" else ("targetRef", "sourceRef")
    fact, own = (text_of(arrow, end) or "" for end in (outer, inner))
    is_plain = not any(local(child) in {"assignment", "transformation"} for child in arrow)
    held = named.get(fact)
    if step is None or (is_plain and (held is None or local(held) in DRAWN)):
        return
    name = _name(named, own)
    fact = _name(named, fact)
    if into == "input" and name in ABOUT_TASKS:
        return
    source, target = (fact, name) if into == "input" else (name, fact)
    is_call = local(step) == "callActivity"
    if is_plain and _FACT.fullmatch(source) and _FACT.fullmatch(target) and is_call:
        map_fact(step, into, f"={source}", target)
        words = f"The {into} “{target}” is mapped from “={source}”."
        work.say(step, "translated", words)
    elif not (is_plain and source == target):
        said = quoted(f"{into} {name}: {content(arrow)}")
        work.todo(step, "mapping", f"Data went in or came out of it ({said}). Map what is needed.")


def _name(named: dict[str, Node], ref: str) -> str:
    found = named.get(ref)
    return ref if found is None else found.get("name") or ref
