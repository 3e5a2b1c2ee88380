"""Whether a text typed into a field can be understood, told where it is typed.

The same is found when the whole draft is checked. Here somebody still has it in mind.
"""

from typing import Literal, TypeAlias

from app import feel
from app.engine import moments
from app.engine.moments import NotAMoment

ClockKind: TypeAlias = Literal["date", "duration", "cycle"]


def wrong_with_condition(text: str) -> str:
    """Words for the page, empty when nothing is wrong."""
    if not text or text.startswith("="):
        return _wrong_with_expression(text)
    return f"An expression begins with “=”. Write “={text}” if that is meant."


def wrong_with_moment(text: str, kind: ClockKind | None = None) -> str:
    """The same for a due date or a clock."""
    if not text or text.startswith("="):
        return _wrong_with_expression(text)
    if kind is None and text[:1] in "Pp":
        kind = "duration"
    try:
        moments.parse_timer(text, kind)
    except NotAMoment as error:
        if kind == "date" and text[:1] in "Pp":
            return f'This clock rings on a date. For a span from now write =now() + duration("{text}").'
        return f"{error} An expression such as =working days(5) begins with “=”."
    return ""


def _wrong_with_expression(text: str) -> str:
    if not text:
        return ""
    try:
        feel.parse(text[1:])
    except feel.FeelSyntaxError as error:
        # people count the “=” as well
        column = error.column + 1 if error.line == 1 else error.column
        line = f"line {error.line}, " if "\n" in text else ""
        return f"This cannot be read at {line}letter {column}: {error.message}."
    return ""
