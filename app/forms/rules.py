"""What an answer must satisfy beyond its own shape: presence, length, limits, other answers."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from app import clock, feel
from app.forms.model import Field, Kind
from app.forms.values import Reading
from app.forms.wording import required, words

FORMATS = {
    "email": (
        re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+"),
        "‘{name}’ must be an email address, like name@example.org",
    ),
    "phone": (
        re.compile(r"\+?[\d\s()-]{6,25}(\s*(x|ext\.?)\s*\d+)?", re.IGNORECASE),
        "‘{name}’ must be a phone number, like 01482 300 300",
    ),
}
MATCHES = feel.parse("matches(text, pattern)")


def problem_with(
    field: Field, reading: Reading, facts: Mapping[str, object], env: feel.Environment
) -> str:
    """Why an answer will not do, in the words of the page; empty when it will.

    Args:
        field: the question.
        reading: what was read from the page.
        facts: the other answers by key, as expressions see them.
        env: the world outside the facts.
    """
    if reading.problem:
        return reading.problem
    if reading.value is None or reading.value is False or reading.value == []:
        return required(field) if field.required else ""
    return (
        _text_problem(field, reading.value, env)
        or _size_problem(field, reading.value)
        or _date_problem(field, reading.value, facts, env)
        or _check_problem(field, facts, env)
    )


def _text_problem(field: Field, value: object, env: feel.Environment) -> str:
    if field.kind not in (Kind.TEXT, Kind.LONG_TEXT) or not isinstance(value, str):
        return ""
    rules = field.rules
    if rules.max_length is not None and len(value) > rules.max_length:
        return words(
            field, "errorTooLong", f"‘{{name}}’ must be {rules.max_length:,} characters or fewer"
        )
    if rules.min_length is not None and len(value) < rules.min_length:
        return words(
            field, "errorTooShort", f"‘{{name}}’ must be {rules.min_length:,} characters or more"
        )
    pattern, otherwise = FORMATS.get(rules.format or "", (None, ""))
    if pattern and not pattern.fullmatch(value):
        return words(field, "errorInvalid", otherwise)
    if rules.pattern and field.kind is Kind.TEXT and not fits(rules.pattern, value, env):
        return words(field, "errorInvalid", "‘{name}’ is not written as it should be")
    return ""


def fits(pattern: str, value: str, env: feel.Environment) -> bool | None:
    """Whether a text fits a pattern; None when the pattern cannot be read, or asks for too much.

    FEEL's patterns and not Python's: those can take longer than anybody lives.
    """
    found = MATCHES.evaluate({"text": value, "pattern": pattern}, env).value
    return found if isinstance(found, bool) else None


def _size_problem(field: Field, value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return ""
    low, high = field.rules.minimum, field.rules.maximum
    if low is not None and value < low:
        return words(field, "errorTooSmall", f"‘{{name}}’ must be {low:g} or more")
    if high is not None and value > high:
        return words(field, "errorTooLarge", f"‘{{name}}’ must be {high:g} or less")
    return ""


def _date_problem(
    field: Field, value: object, facts: Mapping[str, object], env: feel.Environment
) -> str:
    rules = field.rules
    if field.kind is not Kind.MOMENT or not (rules.not_before or rules.not_after):
        return ""
    day = _day(value)
    earliest = _limit(rules.not_before, facts, env)
    latest = _limit(rules.not_after, facts, env)
    if day and earliest and day < earliest:
        return words(
            field, "errorNotBefore", f"‘{{name}}’ must be {_named(earliest, env)} or later"
        )
    if day and latest and day > latest:
        return words(field, "errorNotAfter", f"‘{{name}}’ must be {_named(latest, env)} or earlier")
    return ""


def _named(day: date, env: feel.Environment) -> str:
    return "today" if day == _today(env) else f"{day:%-d %B %Y}"


def _limit(
    rule: str | feel.Expression | None, facts: Mapping[str, object], env: feel.Environment
) -> date | None:
    """The day a rule means; nothing when what it refers to has no answer."""
    if rule is None:
        return None
    if not isinstance(rule, str):
        return _day(rule.evaluate(facts, env).value)
    return _today(env) if rule == "today" else _day(facts.get(rule)) or _day(rule)


def _today(env: feel.Environment) -> date:
    return env.now.astimezone(clock.LONDON).date()


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(clock.LONDON).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _check_problem(field: Field, facts: Mapping[str, object], env: feel.Environment) -> str:
    check = field.rules.check
    if check is None or check.evaluate(facts, env).value is not False:
        return ""
    return words(field, "errorCheck", "Check your answer to ‘{name}’")
