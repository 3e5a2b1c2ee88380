"""Looking at everything a diagram could do, level by level, and believing what the engine confirms."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import thread_time

from app.engine.catalogue import Element
from app.engine.drawing import Drawing
from app.engine.parse import Diagram
from app.engine.replay import agrees
from app.engine.tokengame.faults import Explored, Fault, look_for_faults
from app.engine.tokengame.scope import ScopeGame
from app.engine.tokengame.values import NO_CODE

MOST_SECONDS = 0.8
"""Of processor time, so that a busy machine finds what an idle one does."""
MOST_NESTED = 40
#: Codes of errors by the sub-process or call that may end in them.
Raises = frozenset[tuple[str, frozenset[str]]]


@dataclass(frozen=True)
class Level:
    """One process or sub-process, and what was found in it.

    ``believed`` are the faults that the engine comes to as well, ``doubted`` the others.
    """

    game: ScopeGame
    explored: Explored
    believed: tuple[Fault, ...]
    doubted: tuple[Fault, ...]


def levels(diagram: Diagram, others: Mapping[str, Diagram]) -> tuple[Level, ...]:
    """Every process of a diagram, and every sub-process in it, by itself."""
    scopes = [e for e in diagram.elements.values() if e.kind in {"subprocess", "call"}]
    raises = frozenset((e.id, errors_of(e, diagram.drawing, others)) for e in scopes)
    return _levels(diagram, raises)


@lru_cache(maxsize=512)
def _levels(diagram: Diagram, raises: Raises) -> tuple[Level, ...]:
    until = thread_time() + MOST_SECONDS
    found = []
    for process in diagram.processes:
        inside = [e.id for e in process.elements.values() if e.kind == "subprocess"]
        for parent in (None, *inside):
            game = ScopeGame(diagram.drawing, process.id, parent, dict(raises))
            found.append(_level(game, until))
    return tuple(found)


def forget() -> None:
    """Look at every diagram anew; for measurements."""
    _levels.cache_clear()


def _level(game: ScopeGame, until: float) -> Level:
    explored = look_for_faults(game, until=until)
    believed = [fault for fault in explored.faults if agrees(game, fault.path, fault.state)]
    doubted = [fault for fault in explored.faults if fault not in believed]
    return Level(game, explored, tuple(believed), tuple(doubted))


def errors_of(
    element: Element,
    drawing: Drawing,
    others: Mapping[str, Diagram],
    seen: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The errors that a sub-process or called process may end in."""
    if element.kind == "subprocess":
        return _errors_in(drawing, element.process_id, element.id, others, seen)
    called = element.called_process or ""
    if called in seen or len(seen) > MOST_NESTED:
        return frozenset()
    if called not in others:  # said elsewhere; until it is there, it may end in anything
        events = drawing.boundaries.get(element.id, ())
        return frozenset(e.error_code or NO_CODE for e in events if e.event == "error")
    return _errors_in(others[called].drawing, called, None, others, seen | {called})


def _errors_in(
    drawing: Drawing,
    process_id: str,
    parent: str | None,
    others: Mapping[str, Diagram],
    seen: frozenset[str],
) -> frozenset[str]:
    found: set[str] = set()
    for element in drawing.elements.values():
        if (element.process_id, element.parent) != (process_id, parent):
            continue
        if element.kind == "end" and element.event == "error":
            found.add(element.error_code or NO_CODE)
        elif element.kind in {"subprocess", "call"}:
            events = drawing.boundaries.get(element.id, ())
            caught = {e.error_code for e in events if e.event == "error"}
            if None not in caught:
                found |= errors_of(element, drawing, others, seen) - caught
    return frozenset(found)
