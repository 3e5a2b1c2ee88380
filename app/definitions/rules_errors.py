"""Rule: an error that ends a process is taken by somebody around it.

The standard leaves open what becomes of an error that nothing takes. Here the step fails: the case
stays open at that end with a problem, which only whoever looks after the system sees.
"""

from collections.abc import Iterator

from app.definitions.crossing import crossing_of
from app.definitions.findings import Finding
from app.definitions.given import views_of
from app.definitions.library import View
from app.definitions.paths import name_of
from app.definitions.place import Place
from app.engine.catalogue import Element


def errors_taken(place: Place) -> Iterator[Finding]:
    ends = [e for e in place.elements if e.kind == "end" and e.event == "error"]
    views = views_of(place.around.library, place.file) if ends else []
    for end in ends:
        for view in views:
            lost = _not_taken(view, end)
            if lost is not None:
                yield place.finding(
                    end.id,
                    "error-taken",
                    f"{name_of(end)} ends with an error that nothing takes: {lost}. A case that "
                    "comes here does not end, but stops with a problem.",
                    severity="note",
                )
                break


def _not_taken(view: View, end: Element) -> str | None:
    """Where the error gets out, in words; None when something takes it whoever calls."""
    waiting, seen = [end], set[str]()
    while waiting:
        here = waiting.pop()
        if _is_taken_around(view, here, end.error_code):
            continue
        callers = crossing_of(view).callers.get(here.process_id, ())
        if not callers and here is end:
            return "no process calls this one"
        if not callers:
            return f"{name_of(here)} in “{here.process_id}” does not, and no process calls that one"
        for caller in callers:
            if caller.process_id not in seen:
                seen.add(caller.process_id)
                waiting.append(caller)
    return None


def _is_taken_around(view: View, element: Element, code: str | None) -> bool:
    """By an event at the border of the element itself, or of a sub-process around it."""
    drawing = view.diagrams[element.process_id].drawing
    at: str | None = element.id
    while at is not None:
        events = drawing.boundaries.get(at, ())
        if any(e.event == "error" and e.error_code in {None, code} for e in events):
            return True
        at = drawing.elements[at].parent
    return False
