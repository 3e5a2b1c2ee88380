"""Rules: whatever happens, a case comes to an end, and nothing is left open behind it."""

from collections.abc import Iterator

from app.definitions.findings import Finding, Severity
from app.definitions.paths import elements_on, name_of, told
from app.definitions.place import Place
from app.definitions.soundness import Level, levels
from app.engine.tokengame.faults import Fault
from app.engine.tokengame.scope import ScopeGame, Step

SHOWN = 200
"""Elements of a path that are pointed out on the drawing."""


def sound(place: Place) -> Iterator[Finding]:
    for level in levels(place.diagram, place.view.diagrams):
        for fault in level.believed:
            yield _fault(place, level, fault)
        for fault in level.doubted:
            yield place.finding(
                fault.element_id,
                "soundness-disagrees",
                f"By the drawing, something goes wrong at {_name(level, fault.element_id)}, but "
                f"the engine played the same path and came elsewhere. {_told(level, fault)}",
                severity="note",
                path=elements_on(fault.path)[:SHOWN],
            )
        yield from _unreached(place, level)
        if not level.explored.whole:
            yield place.finding(
                level.game.parent or level.game.process_id,
                "soundness-unfinished",
                f"There is more here than can be looked at: after {level.explored.states:,} "
                "different situations the check gave up.",
                severity="note",
            )


def _fault(place: Place, level: Level, fault: Fault) -> Finding:
    rule, words, severity = _WORDS[fault.kind](level.game, fault)
    return place.finding(
        fault.element_id,
        rule,
        f"{words} {_told(level, fault)}",
        severity=severity,
        path=elements_on(fault.path)[:SHOWN],
    )


def _told(level: Level, fault: Fault) -> str:
    return told(level.game, fault.path)


def _name(level: Level, element_id: str) -> str:
    return name_of(level.game.elements[element_id])


def _stuck(game: ScopeGame, fault: Fault) -> tuple[str, str, Severity]:
    join = game.elements[fault.element_id]
    here = {token.via for token in fault.state if token.at == join.id}
    missing = [
        name_of(game.elements[game.drawing.flows[flow].source])
        for flow in join.incoming
        if flow not in here
    ]
    words = (
        f"A case can stop for ever at {name_of(join)}: it waits for the way from "
        f"{' and from '.join(missing)}, on which nothing comes any more."
    )
    return "xor-split-and-join" if _was_chosen(game, fault.path) else "no-dead-end", words, "error"


def _was_chosen(game: ScopeGame, path: tuple[Step, ...]) -> bool:
    """Whether another way could have been taken before."""
    return any(
        step.what in {"choose", "raise"} or (step.what == "event" and _decides(game, step))
        for step in path
    )


def _decides(game: ScopeGame, step: Step) -> bool:
    """An event that won against others, or against the task it interrupts."""
    element = game.elements[step.element_id]
    if step.host:
        return element.interrupting
    before = [game.elements[game.drawing.flows[flow].source] for flow in element.incoming]
    return any(each.kind == "event_gateway" for each in before)


def _twice(game: ScopeGame, fault: Fault) -> tuple[str, str, Severity]:
    meets = _meeting(game, fault)
    words = (
        f"{name_of(game.elements[fault.element_id])} can be open twice at once, because ways that "
        f"are taken side by side meet{f' at {name_of(game.elements[meets])}' if meets else ''} "
        "without waiting for each other."
    )
    split = any(
        len(step.flows) > 1 and game.elements[step.element_id].kind in {"parallel", "inclusive"}
        for step in fault.path
    )
    return "and-split-xor-join", words, "error" if split else "note"


def _meeting(game: ScopeGame, fault: Fault) -> str:
    """The last place on the path where ways come together without a join."""
    passed = [step.element_id for step in fault.path] + [fault.element_id]
    for element_id in reversed(passed):
        element = game.elements[element_id]
        if len(element.incoming) > 1 and element.kind != "parallel":
            return element_id
    return ""


def _more_and_more(game: ScopeGame, fault: Fault) -> tuple[str, str, Severity]:
    name = name_of(game.elements[fault.element_id])
    words = f"More and more can be open here at once: {name} opens again in each turn of a loop."
    return "too-many-tokens", words, "error"


def _never_ends(game: ScopeGame, fault: Fault) -> tuple[str, str, Severity]:
    name = name_of(game.elements[fault.element_id])
    return "never-ends", f"From {name} no way leads to an end.", "error"


_WORDS = {
    "stuck": _stuck,
    "twice": _twice,
    "more-and-more": _more_and_more,
    "never-ends": _never_ends,
}


def _unreached(place: Place, level: Level) -> Iterator[Finding]:
    """What no case comes to, apart from what lies behind a place where cases stop."""
    game, explored = level.game, level.explored
    if not explored.whole:
        return
    stops = [fault.element_id for fault in explored.faults]
    behind = game.drawing.reach(stops) if stops else set()
    hosts = {e.attached_to for e in game.elements.values() if e.kind == "boundary"}
    for element in game.elements.values():
        if element.id in explored.reached or element.id in behind or _is_quiet(level, element.id):
            continue
        if element.incoming or element.kind == "boundary" or element.id in hosts:
            yield place.finding(
                element.id, "unreachable", f"No case can ever come to {name_of(element)}."
            )


def _is_quiet(level: Level, element_id: str) -> bool:
    """Behind something that is said already: only the first of a row is worth a line."""
    game = level.game
    element = game.elements[element_id]
    sources = {game.drawing.flows[flow].source for flow in element.incoming}
    if element.kind == "boundary":
        sources = {element.attached_to or ""} - level.explored.reached
    unreached = {s for s in sources if s in game.elements} - level.explored.reached
    return bool(unreached) and not _in_a_circle(game, element_id)


def _in_a_circle(game: ScopeGame, element_id: str) -> bool:
    return any(
        element_id in game.drawing.reach([each]) for each in game.drawing.followers(element_id)
    )
