"""Which element of the old drawing is which of the new: by id, else by kind, name and neighbours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.engine.catalogue import Element
from app.engine.drawing import GATEWAYS, Drawing

Spot: TypeAlias = tuple[str, str]
"""A process id and the id of an element in it."""
Drawings: TypeAlias = Mapping[str, Drawing]
"""Process id → the drawing it is on, of everything that one case runs on."""

WORDS: dict[str, str] = {
    "user": "a task",
    "exclusive": "a decision",
    "parallel": "a meeting of ways",
    "catch": "a wait",
    "receive": "a wait for a message",
    "boundary": "an event beside a step",
    "call": "another process",
    "subprocess": "a part of the process",
}


@dataclass(frozen=True)
class Match:
    """``to`` is None when no step of the new drawing is clearly the same one."""

    to: Spot | None
    how: Literal["id", "structure", "chosen", "none"]


def propose(
    old: Drawings, new: Drawings, chosen: Mapping[Spot, Spot] | None = None
) -> dict[Spot, Match]:
    """For every element a token may wait at, its place in the new drawings.

    What is found helps to find the rest: a step whose neighbours were drawn anew as well, an event
    beside one. ``chosen`` are places that somebody has named; they count as found.
    """
    found = {spot_of(element): _by_id(element, new) for element in elements_of(old)}
    found |= {spot: Match(to, "chosen") for spot, to in (chosen or {}).items() if spot in found}
    taken = {match.to for match in found.values() if match is not None}
    free = [element for element in elements_of(new) if spot_of(element) not in taken]
    lost = [element for element in elements_of(old) if found[spot_of(element)] is None]
    while more := {
        spot_of(element): match
        for element in lost
        if (match := _by_structure(element, old, new, free, found)) is not None
    }:
        found |= more
        lost = [element for element in lost if spot_of(element) not in more]
    return {spot: match or Match(None, "none") for spot, match in found.items()}


def unfit(old: Element, new: Element) -> str | None:
    """Why a token that waits at ``old`` cannot wait at ``new``, in words; None when it can."""
    if old.kind != new.kind or old.event != new.event:
        return f"It is {_said(old)} now and would become {_said(new)}."
    if (old.sign_off is None) != (new.sign_off is None):
        return (
            "Somebody has been asked to sign it off, and in the new version nobody signs off here."
            if old.sign_off
            else "In the new version somebody signs off here."
        )
    if (old.loop is None) != (new.loop is None):
        return "It is done once for each of several in one version, and once only in the other."
    if old.loop and new.loop and old.loop.sequential != new.loop.sequential:
        return "In one version it is done for all at once, in the other one after the other."
    if old.called_process != new.called_process:
        return f"It runs “{old.called_process}” now and would run “{new.called_process}”."
    return None


def element_at(drawings: Drawings, spot: Spot) -> Element | None:
    drawing = drawings.get(spot[0])
    found = drawing.elements.get(spot[1]) if drawing else None
    return found if found is not None and found.process_id == spot[0] else None


def elements_of(drawings: Drawings) -> Iterator[Element]:
    """Every element of these processes; a drawing may show others beside them."""
    for process_id, drawing in drawings.items():
        yield from (e for e in drawing.elements.values() if e.process_id == process_id)


def spot_of(element: Element) -> Spot:
    return element.process_id, element.id


def _said(element: Element) -> str:
    return WORDS.get(element.kind, "an automatic step")


def _by_id(element: Element, new: Drawings) -> Match | None:
    """The same id in the same process; or, moved out of it, in a process the new drawing calls."""
    same = element_at(new, spot_of(element))
    if same is not None:
        return Match(spot_of(same), "id") if same.kind == element.kind else None
    elsewhere = [other for other in elements_of(new) if other.id == element.id]
    if len(elsewhere) == 1 and elsewhere[0].kind == element.kind:
        return Match(spot_of(elsewhere[0]), "id")
    return None


def _by_structure(
    element: Element,
    old: Drawings,
    new: Drawings,
    free: list[Element],
    found: Mapping[Spot, Match | None],
) -> Match | None:
    alike = [e for e in free if e.process_id == element.process_id and unfit(element, e) is None]
    if element.attached_to:
        alike = [e for e in alike if e.interrupting == element.interrupting]
    named = [e for e in alike if e.name.casefold() == element.name.casefold() != ""]
    if len(named) == 1:
        return Match(spot_of(named[0]), "structure")
    around = {
        (side, _now(found.get((element.process_id, beside)), beside))
        for side, beside in _neighbours(old[element.process_id], element)
    }
    placed = [
        e for e in named or alike if _neighbours(new[e.process_id], e) & around == around != set()
    ]
    if len(placed) > 1:
        placed = [e for e in placed if _says(e) == _says(element)]
    return Match(spot_of(placed[0]), "structure") if len(placed) == 1 else None


def _says(element: Element) -> tuple[str | None, ...]:
    return element.timer, element.message, element.form_id


def _now(match: Match | None, element_id: str) -> str:
    return match.to[1] if match is not None and match.to is not None else element_id


def _neighbours(drawing: Drawing, element: Element) -> set[tuple[str, str]]:
    """The steps before and after, past plain gateways; of an event beside a step, that step."""
    if element.attached_to:
        return {("at", element.attached_to)}
    found: set[tuple[str, str]] = set()
    for side in ("before", "after"):
        waiting, seen = [element.id], {element.id}
        while waiting:
            for other in _next(drawing, waiting.pop(), side) - seen:
                seen.add(other)
                beside = drawing.elements[other]
                if beside.kind in GATEWAYS and not beside.sign_off:
                    waiting.append(other)
                else:
                    found.add((side, other))
    return found


def _next(drawing: Drawing, element_id: str, side: str) -> set[str]:
    element = drawing.elements[element_id]
    if side == "after":
        return {drawing.flows[flow].target for flow in element.outgoing}
    return {drawing.flows[flow].source for flow in element.incoming}
