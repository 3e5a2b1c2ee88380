"""Values and kinds of values as findings say them."""

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches

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


def near_option(value: object, offered: Iterable[object]) -> str:
    """Which of the texts may have been meant, as advice; empty when none is near."""
    texts = {text.casefold(): text for text in offered if isinstance(text, str)}
    near = get_close_matches(value.casefold(), texts, n=1) if isinstance(value, str) else []
    return f"Did you mean {told(texts[near[0]])}?" if near else ""
