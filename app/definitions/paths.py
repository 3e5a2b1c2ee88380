"""A path through a diagram, as a sentence and as the elements to show on the drawing."""

from collections.abc import Iterator, Sequence

from app.engine.catalogue import Element
from app.engine.tokengame.scope import ScopeGame, Step

MOST_TOLD = 8


def elements_on(path: Sequence[Step]) -> tuple[str, ...]:
    """Elements and flows, in the order in which a case passes them."""
    found: list[str] = []
    for step in path:
        found += [step.element_id, *step.flows]
    return tuple(dict.fromkeys(found))


def told(game: ScopeGame, path: Sequence[Step]) -> str:
    """“From the start, when …, …”: what happens, without what happens by itself."""
    parts = [words for step in path[1:] if (words := _words(game, step))]
    beginning = _beginning(game, path[0])
    if not parts:
        return f"{beginning}, at once."
    if len(parts) > MOST_TOLD:
        parts = parts[-MOST_TOLD:]
        beginning += ", after some steps"
    return f"{beginning}, {', then '.join(parts)}."


def name_of(element: Element) -> str:
    """As people know it. A gateway without a name is told by what it is."""
    if element.name != element.id:
        return f"“{element.name}”"
    kinds = {
        "exclusive": "the choice",
        "parallel": "the parallel gateway",
        "inclusive": "the choice",
    }
    kind = kinds.get(element.kind, "")
    return f"{kind} “{element.id}”" if kind else f"“{element.id}”"


def _beginning(game: ScopeGame, step: Step) -> str:
    start = game.elements[step.element_id]
    where = f" of {name_of(game.drawing.elements[game.parent])}" if game.parent else ""
    return f"From {name_of(start)}{where}" if start.name != start.id else f"From the start{where}"


def _words(game: ScopeGame, step: Step) -> str:
    element = game.elements[step.element_id]
    match step.what:
        case "complete":
            return f"when {name_of(element)} is done"
        case "event":
            host = f" while {name_of(game.elements[step.host])} is open" if step.host else ""
            return f"when {name_of(element)} happens{host}"
        case "raise":
            return f"when {name_of(game.elements[step.host])} ends in an error" if step.host else ""
        case "choose":
            return f"when {' and '.join(_ways(game, step))} is chosen at {name_of(element)}"
        case _:
            side_by_side = element.kind == "parallel" and len(step.flows) > 1
            return f"{' and '.join(_ways(game, step))} side by side" if side_by_side else ""


def _ways(game: ScopeGame, step: Step) -> Iterator[str]:
    for flow_id in step.flows:
        flow = game.drawing.flows[flow_id]
        yield f"“{flow.name or game.drawing.leads_to(flow.target)}”"
