"""Short ways to write forms in tests."""

from datetime import UTC, datetime
from typing import Any

from app import feel
from app.calendars import WorkingCalendar
from app.forms import Form, load

#: Friday 20 March 2026, 10:00 in London.
FRIDAY = datetime(2026, 3, 20, 10, tzinfo=UTC)
ENV = feel.Environment(now=FRIDAY, calendar=WorkingCalendar())


def form(*components: dict[str, Any]) -> Form:
    return load({"id": "a_form", "type": "default", "components": list(components)})


def ask(kind: str, key: str, **attributes: Any) -> dict[str, Any]:
    """A component with a label; ``required`` and ``hide`` go where form-js wants them."""
    component: dict[str, Any] = {
        "type": kind,
        "id": f"id_{key}",
        "key": key,
        "label": f"About {key}?",
    }
    if attributes.pop("required", False):
        component["validate"] = {"required": True, **attributes.pop("validate", {})}
    if hide := attributes.pop("hide", None):
        component["conditional"] = {"hide": hide}
    if kind in ("radio", "select", "checklist"):
        component["values"] = [{"value": v, "label": v.upper()} for v in ("a", "b", "c")]
    if kind == "datetime":
        component["subtype"] = "date"
        component["dateLabel"] = component.pop("label")
    return {**component, **attributes}


def rows(key: str, *components: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    required = attributes.pop("required", False)
    hide = attributes.pop("hide", None)
    return {
        "type": "dynamiclist",
        "id": f"id_{key}",
        "path": key,
        "label": f"All {key}",
        "components": list(components),
        "validate": {"required": required},
        **({"conditional": {"hide": hide}} if hide else {}),
        **attributes,
    }


def on(name: str, day: object, month: object, year: object) -> dict[str, str]:
    """What the three boxes of a date post."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}
