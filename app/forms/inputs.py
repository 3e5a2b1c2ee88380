"""Parameters of the GOV.UK components for one question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.forms.model import Choice, Field, Kind, Subtype
from app.forms.values import YES, Raw, clean

Params = dict[str, Any]

#: From this many answers on, and if none is longer, answers stand in columns.
COLUMNS_FROM, COLUMN_LETTERS = 4, 34
INLINE_LETTERS = 12
ROWS = 4
INPUT_TYPES = {"email": "email", "phone": "tel"}


@dataclass(frozen=True)
class Drawn:
    """A question, where it is, what was typed there, what may be chosen, what is wrong."""

    field: Field
    name: str
    raw: Raw
    choices: Sequence[Choice]
    error: str

    def typed(self, part: str = "") -> str:
        return clean((self.raw.get(f"{self.name}{part}") or ("",))[0])


def inputs_for(drawn: Drawn, *, small: bool = False) -> Iterator[tuple[str, Params]]:
    """Names of the components and their parameters; two for a date with a time."""
    size = "s" if small else "m"
    match drawn.field.kind:
        case Kind.TEXT | Kind.NUMBER:
            yield "input", _input(drawn, size)
        case Kind.LONG_TEXT:
            yield "character-count", _long_text(drawn, size)
        case Kind.LIST_CHOICE:
            yield "select", _select(drawn, size)
        case Kind.CHOICE | Kind.SEVERAL:
            yield _choices(drawn, size)
        case Kind.YES:
            yield "checkboxes", _single(drawn)
        case Kind.MOMENT:
            if drawn.field.subtype is not Subtype.TIME:
                yield "date-input", _date(drawn, size)
            if drawn.field.subtype is not Subtype.DATE:
                yield "input", _time(drawn, size)


def label_text(field: Field) -> str:
    optional = not field.required and not field.readonly and field.kind is not Kind.YES
    return f"{field.label} (optional)" if optional else field.label


def _base(drawn: Drawn, size: str) -> Params:
    return {
        "id": drawn.name,
        "name": drawn.name,
        "label": {"text": label_text(drawn.field), "classes": f"govuk-label--{size}"},
        **_hint_and_error(drawn),
    }


def _hint_and_error(drawn: Drawn) -> Params:
    found: Params = {}
    if drawn.field.hint:
        found["hint"] = {"text": drawn.field.hint}
    if drawn.error:
        found["errorMessage"] = {"text": drawn.error}
    return found


def _legend(drawn: Drawn, size: str) -> Params:
    return {
        "legend": {
            "text": label_text(drawn.field),
            "classes": f"govuk-fieldset__legend--{size}",
        }
    }


def _input(drawn: Drawn, size: str) -> Params:
    field = drawn.field
    params = {**_base(drawn, size), "value": drawn.typed()}
    if field.prefix:
        params["prefix"] = {"text": field.prefix}
    if field.suffix:
        params["suffix"] = {"text": field.suffix}
    if field.look.get("autocomplete"):
        params["autocomplete"] = field.look["autocomplete"]
    width = field.look.get("width")
    if field.kind is Kind.NUMBER:
        whole = field.rules.decimals == 0
        params |= {
            "inputmode": "numeric" if whole else "decimal",
            "spellcheck": False,
            "attributes": {"data-kind": "number"},
        }
        width = width or "5"
    elif field.rules.format:
        params |= {"type": INPUT_TYPES.get(field.rules.format, "text"), "spellcheck": False}
    if width:
        params["classes"] = f"govuk-input--width-{width}"
    return params


def _long_text(drawn: Drawn, size: str) -> Params:
    return {
        **_base(drawn, size),
        "value": drawn.typed(),
        "rows": drawn.field.look.get("rows", ROWS),
        "maxlength": drawn.field.rules.max_length,
        "threshold": 75,
    }


def _select(drawn: Drawn, size: str) -> Params:
    chosen = drawn.typed()
    nothing = "Select an option" if drawn.field.required else "Not chosen"
    items: list[Params] = [{"value": "", "text": nothing}]
    items += [
        {"value": choice.value, "text": choice.label, "selected": choice.value == chosen}
        for choice in drawn.choices
    ]
    return {**_base(drawn, size), "items": items}


def _choices(drawn: Drawn, size: str) -> tuple[str, Params]:
    several = drawn.field.kind is Kind.SEVERAL
    component = "checkboxes" if several else "radios"
    typed = {clean(text) for text in drawn.raw.get(drawn.name, ())}
    items: list[Params] = []
    for choice in drawn.choices:
        item: Params = {
            "value": choice.value,
            "text": choice.label,
            "checked": choice.value in typed,
        }
        if choice.hint:
            item["hint"] = {"text": choice.hint}
        if several:
            item["attributes"] = {"data-kind": "many"}
        items.append(item)
    return component, {
        "idPrefix": drawn.name,
        "name": drawn.name,
        "fieldset": _legend(drawn, size),
        "items": items,
        "classes": " ".join([f"govuk-{component}--small", _arrangement(drawn, component)]).strip(),
        **_hint_and_error(drawn),
    }


def _arrangement(drawn: Drawn, component: str) -> str:
    longest = max((len(choice.label) for choice in drawn.choices), default=0)
    if any(choice.hint for choice in drawn.choices):
        return ""
    if len(drawn.choices) >= COLUMNS_FROM and longest <= COLUMN_LETTERS:
        return "app-choices--columns"
    inline = component == "radios" and longest <= INLINE_LETTERS
    return "govuk-radios--inline" if inline else ""


def _single(drawn: Drawn) -> Params:
    return {
        "idPrefix": drawn.name,
        "name": drawn.name,
        "items": [{"value": YES, "text": drawn.field.label, "checked": bool(drawn.typed())}],
        **_hint_and_error(drawn),
    }


def _date(drawn: Drawn, size: str) -> Params:
    bad = " govuk-input--error" if drawn.error else ""
    return {
        "id": drawn.name,
        "namePrefix": drawn.name,
        "fieldset": _legend(drawn, size),
        "items": [
            {
                "name": part,
                "classes": f"govuk-input--width-{width}{bad}",
                "value": drawn.typed(f"-{part}"),
                "attributes": {"data-kind": part},
            }
            for part, width in (("day", 2), ("month", 2), ("year", 4))
        ],
        **_hint_and_error(drawn),
    }


def _time(drawn: Drawn, size: str) -> Params:
    alone = drawn.field.subtype is Subtype.TIME
    params = _base(drawn, size)
    params |= {
        "id": f"{drawn.name}-time",
        "name": f"{drawn.name}-time",
        "value": drawn.typed("-time"),
        "classes": "govuk-input--width-5",
        "spellcheck": False,
    }
    if not alone:
        params["label"] = {"text": "Time", "classes": "govuk-label--s"}
        params["hint"] = {"text": "For example, 9:30am or 14:30"}
        params.pop("errorMessage", None)
    return params
