"""Between what a person typed (lists of text, by name) and answers (JSON)."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from app.clock import LONDON
from app.forms.model import Choice, Field, Kind, Subtype
from app.forms.wording import words

Raw = Mapping[str, Sequence[str]]

YES = "yes"
LONGEST_NUMBER = 20
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: All control characters but line feed and tab; databases and printers choke on them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*([ap]\.?m\.?)?", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """One answer. ``problem`` says why what was typed is none; ``part`` is where to mend it."""

    value: object = None
    problem: str = ""
    part: str = ""


def first(raw: Raw, name: str) -> str:
    typed = raw.get(name) or ("",)
    return clean(typed[0])


def clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def read(field: Field, name: str, raw: Raw, choices: Sequence[Choice]) -> Reading:
    """The answer that was typed under ``name``; rules between answers come later."""
    match field.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            return Reading(first(raw, name) or None)
        case Kind.NUMBER:
            return _number(field, first(raw, name))
        case Kind.CHOICE | Kind.LIST_CHOICE:
            return _choice(field, first(raw, name), choices)
        case Kind.SEVERAL:
            return _several(field, [clean(item) for item in raw.get(name) or ()], choices)
        case Kind.YES:
            return Reading(first(raw, name) != "")
    return _moment(field, name, raw)


def _number(field: Field, text: str) -> Reading:
    if not text:
        return Reading()
    plain = text.replace(",", "").replace(" ", "").removeprefix("£")
    try:
        number = Decimal(plain) if len(plain) <= LONGEST_NUMBER else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        return Reading(problem=words(field, "errorInvalid", "‘{name}’ must be a number, like 3"))
    decimals = field.rules.decimals
    if decimals is not None and number != round(number, decimals):
        allowed = "a whole number" if decimals == 0 else f"at most {decimals} decimal places"
        return Reading(problem=words(field, "errorInvalid", "‘{name}’ must be " + allowed))
    return Reading(int(number) if number == number.to_integral_value() else float(number))


def _choice(field: Field, text: str, choices: Sequence[Choice]) -> Reading:
    if not text or any(choice.value == text for choice in choices):
        return Reading(text or None)
    return Reading(problem=words(field, "errorChoice", "Select one of the answers to ‘{name}’"))


def _several(field: Field, texts: list[str], choices: Sequence[Choice]) -> Reading:
    chosen = [choice.value for choice in choices if choice.value in texts]
    if set(texts) - set(chosen) - {""}:
        return Reading(
            problem=words(field, "errorChoice", "Select only answers listed for ‘{name}’")
        )
    return Reading(chosen)


def _moment(field: Field, name: str, raw: Raw) -> Reading:
    on: Reading | None = None
    at: Reading | None = None
    if field.subtype is not Subtype.TIME:
        on = _date(field, {part: first(raw, f"{name}-{part}") for part in ("day", "month", "year")})
    if field.subtype is not Subtype.DATE:
        at = _time(field, first(raw, f"{name}-time"))
    if on is None or at is None:
        return on or at or Reading()
    if on.problem or at.problem or (on.value is None and at.value is None):
        return on if on.problem else at
    if on.value is None or at.value is None:
        missing = ("-day", "date") if on.value is None else ("-time", "time")
        return Reading(
            problem=words(field, "errorInvalid", f"‘{{name}}’ must include a {missing[1]}"),
            part=missing[0],
        )
    return Reading(f"{on.value}T{at.value}")


def _date(field: Field, typed: Mapping[str, str]) -> Reading:
    missing = [part for part, text in typed.items() if not text]
    if len(missing) == len(typed):
        return Reading(part="-day")
    if missing:
        return Reading(
            problem=words(
                field, "errorInvalid", "‘{name}’ must include a " + " and a ".join(missing)
            ),
            part=f"-{missing[0]}",
        )
    found = _real_date(typed)
    if found is None:
        return Reading(
            problem=words(field, "errorInvalid", "‘{name}’ must be a real date"), part="-day"
        )
    return Reading(found.isoformat(), part="-day")


def _real_date(typed: Mapping[str, str]) -> date | None:
    month = typed["month"].lower()
    number = str(MONTHS.index(month[:3]) + 1) if month[:3] in MONTHS else month
    digits = (typed["year"], number, typed["day"])
    if not all(re.fullmatch("[0-9]{1,4}", text) for text in digits):
        return None
    year, month_number, day = (int(text) for text in digits)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return date(year, month_number, day)
    except ValueError:
        return None


def _time(field: Field, text: str) -> Reading:
    if not text:
        return Reading(part="-time")
    found = _TIME.fullmatch(text.lower())
    if found:
        hour, minute = int(found[1]), int(found[2] or 0)
        if found[3] and 1 <= hour <= 12:
            hour = hour % 12 + (12 if found[3][0] == "p" else 0)
        if hour < 24 and minute < 60 and (found[2] or found[3]):
            return Reading(time(hour, minute).isoformat(), part="-time")
    problem = words(field, "errorInvalid", "‘{name}’ must be a time, like 9:30am or 14:30")
    return Reading(problem=problem, part="-time")


def typed_from(field: Field, name: str, value: object) -> dict[str, list[str]]:
    """What the boxes hold when a question starts with ``value``; nothing for what does not fit."""
    if value is None or isinstance(value, Mapping):
        return {}
    match field.kind:
        case Kind.SEVERAL:
            items = value if isinstance(value, list | tuple) else [value]
            return {name: [_text(item) for item in items]}
        case Kind.YES:
            return {name: [YES]} if value is True else {}
        case Kind.MOMENT:
            return _typed_moment(field, name, value)
    return {} if isinstance(value, list | tuple) else {name: [_text(value)]}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"  # a known fact as the answer of a yes/no question
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)


def _typed_moment(field: Field, name: str, value: object) -> dict[str, list[str]]:
    moment = _as_moment(value)
    if moment is None:
        return {}
    typed = {}
    if isinstance(moment, date) and field.subtype is not Subtype.TIME:
        typed = {
            f"{name}-{part}": [str(getattr(moment, part))] for part in ("day", "month", "year")
        }
    if isinstance(moment, datetime | time) and field.subtype is not Subtype.DATE:
        typed[f"{name}-time"] = [f"{moment:%H:%M}"]
    return typed


def _as_moment(value: object) -> date | time | None:
    if isinstance(value, str):
        for kind in (date, datetime, time):
            try:
                return _as_moment(kind.fromisoformat(value))
            except ValueError:
                continue
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(LONDON)
    return value if isinstance(value, date | time) else None
