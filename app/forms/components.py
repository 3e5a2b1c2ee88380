"""Reads the single components of form-js: questions and what stands between them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from app import clock, feel
from app.calendars import WorkingCalendar
from app.forms.model import Choice, Condition, Field, Kind, Prose, Rules, Subtype
from app.forms.rules import fits

LONGEST = {Kind.TEXT: 300, Kind.LONG_TEXT: 10_000}
LONGEST_EVER = 20_000
LONGEST_PATTERN = 200
PATH = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
#: Attributes with which form-js computes what the page would have to compute too.
NOT_SHOWN = ("valuesKey", "valuesExpression")
LOOKS = ("rows", "width", "autocomplete", "columns")

Component = Mapping[str, Any]
InWords = Callable[[str], str]


def read_field(component: Component, conditions: tuple[Condition, ...], in_words: InWords) -> Field:
    """One question.

    Raises:
        ValueError: the message says what about it cannot be shown.
        FeelSyntaxError: one of its expressions is none.
    """
    kind = Kind(component["type"])
    custom = _custom(component)
    validate = component.get("validate") or {}
    subtype = Subtype(component.get("subtype", "date")) if kind is Kind.MOMENT else Subtype.DATE
    appearance = component.get("appearance") or {}
    return Field(
        key=component["key"],
        kind=kind,
        label=_label(component, subtype, in_words),
        hint=in_words(_plain(component.get("description"), "description")),
        required=bool(validate.get("required")),
        readonly=bool(component.get("readonly") or component.get("disabled")),
        subtype=subtype,
        choices=_choices(component, kind, custom, in_words),
        options_from=custom.get("optionsFrom"),
        conditions=conditions,
        rules=_rules(component, kind, validate, custom),
        wording={k: in_words(v) for k, v in custom.items() if k.startswith("error")},
        prefill=_path(custom.get("prefill")),
        default=component.get("defaultValue"),
        prefix=str(appearance.get("prefixAdorner") or ""),
        suffix=str(appearance.get("suffixAdorner") or ""),
        look={name: custom[name] for name in LOOKS if name in custom},
    )


def _custom(component: Component) -> dict[str, str]:
    return {str(k): str(v) for k, v in (component.get("properties") or {}).items()}


def _label(component: Component, subtype: Subtype, in_words: InWords) -> str:
    name = "timeLabel" if subtype is Subtype.TIME else "dateLabel"
    text = component.get(name) if component["type"] == Kind.MOMENT else None
    label = _plain(text or component.get("label"), "label").strip()
    if not label:
        raise ValueError("it has no label")
    return in_words(label)


def _plain(text: object, what: str) -> str:
    """Text as people will read it; computed text would show as its formula."""
    words = str(text or "")
    if words.startswith("=") or "{{" in words:
        raise ValueError(f"its {what} is computed, which a page cannot do")
    return words


def _choices(
    component: Component, kind: Kind, custom: Mapping[str, str], in_words: InWords
) -> tuple[Choice, ...]:
    if kind not in (Kind.CHOICE, Kind.LIST_CHOICE, Kind.SEVERAL):
        return ()
    if any(component.get(name) for name in NOT_SHOWN):
        raise ValueError("its answers are computed; use the property optionsFrom instead")
    choices = tuple(
        Choice(
            str(item["value"]),
            in_words(str(item.get("label") or item["value"])),
            in_words(str(item.get("hint") or "")),
        )
        for item in component.get("values") or ()
    )
    values = [choice.value for choice in choices]
    if len(set(values)) < len(values) or "" in values:
        raise ValueError("two of its answers have the same value, or one has none")
    if not choices and not custom.get("optionsFrom"):
        raise ValueError("it has no answers to choose from")
    return choices


def _rules(
    component: Component, kind: Kind, validate: Mapping[str, Any], custom: Mapping[str, str]
) -> Rules:
    pattern = validate.get("pattern")
    if pattern and len(pattern) > LONGEST_PATTERN:
        raise ValueError("its pattern is too long")
    longest = LONGEST.get(kind)
    if longest and validate.get("maxLength") is not None:
        longest = min(whole(validate["maxLength"], longest), LONGEST_EVER)
    past = "today" if component.get("disallowPassedDates") else None
    return Rules(
        min_length=whole(validate.get("minLength"), 0) or None,
        max_length=longest,
        minimum=_number(validate.get("min")),
        maximum=_number(validate.get("max")),
        decimals=whole(component.get("decimalDigits"), 10) if kind is Kind.NUMBER else None,
        pattern=_pattern(pattern),
        format=validate.get("validationType") if kind is Kind.TEXT else None,
        not_before=_reference(custom.get("notBefore") or past),
        not_after=_reference(custom.get("notAfter")),
        check=_expression(custom["check"]) if custom.get("check") else None,
    )


def _pattern(text: object) -> str | None:
    if not text:
        return None
    env = feel.Environment(now=clock.now(), calendar=WorkingCalendar())
    if fits(str(text), "", env) is None:
        raise ValueError("its pattern cannot be read")
    return str(text)


def _reference(text: str | None) -> str | feel.Expression | None:
    return _expression(text) if text and text.startswith("=") else text


def _expression(text: str) -> feel.Expression:
    if not text.startswith("="):
        raise ValueError("its property check must begin with =")
    return feel.parse(text[1:])


def _path(text: str | None) -> str | None:
    if text and not PATH.fullmatch(text):
        raise ValueError(f"prefill must be a path such as family.name, not {text!r}")
    return text


def whole(value: object, default: int) -> int:
    """A whole number that is not negative, or the default for nothing.

    Raises:
        ValueError: it is something else.
    """
    if value is None or value == "":
        return default
    try:
        number = int(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a whole number") from None
    if number < 0:
        raise ValueError(f"{value!r} is less than 0")
    return number


def _number(value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a number") from None


def read_prose(text: str, hide: Condition | None, in_words: InWords) -> tuple[Prose, ...]:
    """Paragraphs, headings (``#``) and lists (``-``). No other marking is understood."""
    found: list[Prose] = []
    for block in re.split(r"\n\s*\n", in_words(_plain(text, "text")).strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("#"):
            found.append(Prose("heading", (lines.pop(0).lstrip("# "),), hide))
        if lines and all(line[:2] in ("- ", "* ") for line in lines):
            found.append(Prose("list", tuple(line[2:] for line in lines), hide))
        elif lines:
            found.append(Prose("paragraph", (" ".join(lines),), hide))
    return tuple(found)
