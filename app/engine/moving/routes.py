"""What encloses an element: the sub-processes and calls a token has to be in to stand there."""

from app.engine.catalogue import Element
from app.engine.moving.matching import Drawings, elements_of

DEEPEST_CALLS = 5


def chain_to(
    drawings: Drawings, process_id: str, target: Element, *, depth: int = 0
) -> tuple[Element, ...] | None:
    """From inside ``process_id`` to ``target``, outermost first; None when nothing leads there."""
    if target.process_id == process_id:
        return _parents(drawings, target)
    if depth >= DEEPEST_CALLS:
        return None
    for call in elements_of(drawings):
        if call.called_process == target.process_id and call.kind == "call":
            before = chain_to(drawings, process_id, call, depth=depth + 1)
            if before is not None:
                return (*before, call, *_parents(drawings, target))
    return None


def _parents(drawings: Drawings, element: Element) -> tuple[Element, ...]:
    found: list[Element] = []
    parent = element.parent
    while parent is not None:
        outer = drawings[element.process_id].elements[parent]
        found.insert(0, outer)
        parent = outer.parent
    return tuple(found)
