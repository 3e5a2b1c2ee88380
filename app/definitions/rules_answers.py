"""Rule: an answer that decides the way later is not left empty by mistake."""

from collections.abc import Iterator

from app.definitions.findings import Finding
from app.definitions.place import Place, called
from app.definitions.readings import read
from app.engine.catalogue import Element
from app.forms import Field, Kind


def answers_required(place: Place) -> Iterator[Finding]:
    optional = _optional(place)
    for gateway in place.elements:
        if gateway.kind not in {"exclusive", "inclusive"} or gateway.sign_off:
            continue
        found = [read(place.diagram.flows[flow].condition) for flow in gateway.outgoing]
        guarded = {name for each in found for name in each.guarded}
        for name in sorted({name for each in found for name in each.names} - guarded):
            if name not in optional:
                continue
            task, field = optional[name]
            yield place.finding(
                gateway.id,
                "form-answers-required",
                f"{called(gateway)} is decided by “{field.label}”, which people may leave empty in "
                f"{called(task)}.",
                severity="note",
            )


def _optional(place: Place) -> dict[str, tuple[Element, Field]]:
    """Answers that may be left empty, by name, and a task where; a box that is not ticked is an answer."""
    found: dict[str, tuple[Element, Field]] = {}
    for task in place.elements:
        form = place.view.forms.get(task.form_id or "")
        for field in form.fields if form and not task.outputs else ():
            asked = not field.required and not field.readonly and field.default is None
            if asked and field.kind is not Kind.YES and not field.conditional:
                found.setdefault(field.key, (task, field))
    return found
