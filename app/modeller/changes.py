"""What differs between two drawings, in words. Where things are drawn does not count."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.catalogue import Element, Flow
from app.modeller.drawing import Sketch, sketch_or_none

#: What of an element people know, and what we call it. The rest goes by "settings".
ASPECTS = {
    "name": "name",
    "documentation": "help text",
    "kind": "kind of step",
    "lane": "lane",
    "form_id": "form",
    "candidate_groups": "who does it",
    "assignee": "who does it",
    "due_date": "due date",
    "sign_off": "sign-off",
    "default_flow": "default way",
    "called_process": "called process",
    "decision_id": "decision table",
    "task_type": "automatic step",
    "timer": "clock",
    "script": "calculation",
    "sources": "guide rules",
}
#: Follow from the lines, which are told themselves.
FOLLOWING = frozenset({"incoming", "outgoing", "properties", "process_id"})


@dataclass(frozen=True)
class Change:
    """``what`` is ``added``, ``removed`` or ``changed``; ``aspects`` say which parts changed."""

    what: str
    element_id: str
    name: str
    aspects: tuple[str, ...] = ()


def changes(before: str | None, after: str) -> list[Change] | None:
    """From one drawing to another; None when one of them cannot be read.

    The empty list means that at most the layout differs. Without ``before`` everything is new,
    which is not worth a list.
    """
    if before is None:
        return None
    old, new = sketch_or_none(before), sketch_or_none(after)
    if old is None or new is None:
        return None
    return [*_of_elements(old, new), *_of_flows(old, new)]


def _of_elements(old: Sketch, new: Sketch) -> Iterator[Change]:
    was, now = old.drawing.elements, new.drawing.elements
    for key, element in now.items():
        if key not in was:
            yield Change("added", key, element.name)
        elif aspects := tuple(dict.fromkeys(_aspects(was[key], element))):
            yield Change("changed", key, was[key].name, aspects)
    for key, element in was.items():
        if key not in now:
            yield Change("removed", key, element.name)


def _aspects(was: Element, now: Element) -> Iterator[str]:
    for name, value in vars(was).items():
        if name not in FOLLOWING and getattr(now, name) != value:
            yield ASPECTS.get(name, "settings")
    own = {k: v for k, v in now.properties.items() if k != "source" and "." not in k}
    had = {k: v for k, v in was.properties.items() if k != "source" and "." not in k}
    if own != had:
        yield "settings"


def _of_flows(old: Sketch, new: Sketch) -> Iterator[Change]:
    was, now = old.drawing.flows, new.drawing.flows
    for key, flow in now.items():
        if key not in was:
            yield Change("added", key, new.name_of(key), ("way",))
        elif aspects := tuple(_flow_aspects(was[key], flow)):
            yield Change("changed", key, old.name_of(key), aspects)
    for key in was:
        if key not in now:
            yield Change("removed", key, old.name_of(key), ("way",))


def _flow_aspects(was: Flow, now: Flow) -> Iterator[str]:
    if was.name != now.name:
        yield "name"
    if was.condition != now.condition:
        yield "condition"
    if (was.source, was.target) != (now.source, now.target):
        yield "where it leads"
