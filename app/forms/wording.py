"""What the page says when an answer will not do. A form's own words come first."""

from app.forms.model import Field, Kind

PAGE_CHANGED = (
    "This page has changed since you opened it. Check your answers, then send them again."
)
TOO_MUCH = "This page holds more than it can take. Shorten your answers, then send them again."

_REQUIRED = {
    Kind.TEXT: "Enter an answer to ‘{name}’",
    Kind.LONG_TEXT: "Enter an answer to ‘{name}’",
    Kind.NUMBER: "Enter a number for ‘{name}’",
    Kind.CHOICE: "Select an answer to ‘{name}’",
    Kind.LIST_CHOICE: "Select an answer to ‘{name}’",
    Kind.SEVERAL: "Select at least one answer to ‘{name}’",
    Kind.YES: "Tick the box to confirm: {name}",
    Kind.MOMENT: "Enter the date for ‘{name}’",
}


def words(field: Field, error: str, otherwise: str) -> str:
    """The form's own wording for ``error`` (``errorRequired`` and so on), else ours."""
    return field.wording.get(error) or otherwise.format(name=name(field))


def required(field: Field) -> str:
    return words(field, "errorRequired", _REQUIRED[field.kind])


def name(field: Field) -> str:
    """The question as it is called inside a sentence; braces in it stay what they are."""
    return field.label.rstrip("?: ").strip()
