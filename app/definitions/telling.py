"""Values and kinds of values as findings say them."""

from collections.abc import Iterable
from decimal import Decimal

MOST_OPTIONS = 8
_WORDS = {"string": "a text", "boolean": "true or false", "list": "a list"}


def told(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else f"“{value}”"


def told_options(offered: Iterable[object]) -> str:
    options = sorted(told(option) for option in offered)
    return ", ".join(options[:MOST_OPTIONS]) + (", …" if len(options) > MOST_OPTIONS else "")


def kinds_told(kinds: Iterable[str]) -> str:
    return " or ".join(_WORDS.get(kind, f"a {kind}") for kind in sorted(kinds))
