"""Expressions of other engines, where they say something simple, as FEEL."""

import re

from app import feel

WORDS = {
    "==": "=",
    "===": "=",
    "eq": "=",
    "!==": "!=",
    "ne": "!=",
    "&&": "and",
    "||": "or",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
}
LITERALS = {"True": "true", "False": "false", "None": "null", "undefined": "null"}
COMPARISONS = frozenset(("=", "!=", "<", ">", "<=", ">="))
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<sign>===?|!==?|<=|>=|&&|\|\||[<>=!()+*/-]))"""
)
_COERCED = re.compile(r"\s*(true|false|-?\d+(\.\d+)?)\s*", re.IGNORECASE)
_WHOLE = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_SINGLE = re.compile(r"[$#]\{")
#: Names that belong to the other engine and not to the process.
_NOT_FACTS = frozenset(
    [
        "execution",
        "task",
        "loopCounter",
        "nrOfInstances",
        "nrOfActiveInstances",
        "nrOfCompletedInstances",
        "now",
        "dateTime",
        "token",
        "this",
        "environment",
        "kcontext",
        "processInstance",
        "authenticatedUserId",
    ]
)


def is_juel(text: str) -> bool:
    return bool(_SINGLE.search(text))


def as_feel(text: str) -> str | None:
    """``${a == 'b'}`` as ``=a = "b"``; None when it is more than names, values and comparisons."""
    whole = _WHOLE.fullmatch(text)
    return _translated(whole[1]) if whole and not _SINGLE.search(whole[1]) else None


def comparison_as_feel(text: str) -> str | None:
    """A condition without any marks, such as ``amount >= 1000``; None unless it compares or is fixed."""
    found = _translated(text)
    tokens = set((found or "").split())
    return found if tokens & COMPARISONS or found in {"=true", "=false"} else None


def value(text: str) -> str | None:
    """A setting that is a plain text, or an expression as FEEL; None: it cannot be translated."""
    text = text.strip()
    return as_feel(text) if is_juel(text) else text


def _translated(text: str) -> str | None:
    words = _words(text)
    if not words:
        return None
    found = " ".join(words)
    try:
        feel.parse(found)
    except feel.FeelSyntaxError:
        return None
    return "=" + found


def _words(text: str) -> list[str] | None:
    words: list[str] = []
    at, text = 0, text.strip()
    negated = False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        at = token.end()
        word = _word(token, words, negated=negated)
        if word is None:
            return None
        negated = word == "!"
        if not negated:
            words.append(word)
    return None if negated else words


def _word(token: re.Match[str], before: list[str], *, negated: bool) -> str | None:
    """One token in FEEL; ``!`` stands for a negation of the next."""
    sign, name = token["sign"], token["name"]
    if sign in {"!", "("} and negated:
        return "not(" if sign == "(" else None
    if sign == "(" and before and before[-1][-1:].isalnum() and before[-1] not in {"and", "or"}:
        return None  # calls something
    if sign:
        return None if negated else WORDS.get(sign, sign)
    if name:
        return _named(name, before, negated=negated)
    if token["text"] and _COERCED.fullmatch(token["text"][1:-1]):
        return None  # they compare "5" with 5 and "true" with true; FEEL does not
    found = token["number"] or '"' + token["text"][1:-1].replace('"', '\\"') + '"'
    return None if negated else found


def _named(name: str, before: list[str], *, negated: bool) -> str | None:
    if name in LITERALS:
        return None if negated else LITERALS[name]
    if name in {"not"}:
        return None if negated else "!"
    if name in WORDS or name in {"and", "or"}:
        return None if negated else WORDS.get(name, name)
    operand_before = before and (before[-1][-1].isalnum() or before[-1][-1] in '"_')
    if (operand_before and before[-1] not in {"and", "or"}) or name.split(".", maxsplit=1)[
        0
    ] in _NOT_FACTS:
        return None
    return f"not({name})" if negated else name
