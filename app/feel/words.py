"""Syntax errors in plain words."""

from lark.exceptions import UnexpectedToken

from app.feel.errors import FeelSyntaxError
from app.feel.lexer import KEYWORDS, SIGNS, place

_SIGN_OF = {kind: sign for sign, kind in {**SIGNS, **KEYWORDS}.items()}
_VALUE_STARTS = frozenset({"NUMBER", "STRING", "NAME", "_TRUE", "_NULL"})
#: What an author may have left out, in the order in which it is worth saying.
_WORTH_SAYING = (
    "_RPAR", "_RSQB", "_RBRACE", "_THEN", "_ELSE", "_RETURN", "_SATISFIES", "_IN", "_OF",
    "_AND", "_COLON", "_DOTDOT", "_COMMA", "_LPAR", "_ARROW",
)  # fmt: skip
_MOST_SAID = 3


def expectation(error: UnexpectedToken, text: str) -> FeelSyntaxError:
    """Say where the text goes wrong, what stands there and what should."""
    token = error.token
    expected = frozenset(error.expected)
    if token.type == "$END":
        found = "The expression ends too early"
        line, column = place(text, len(text.rstrip()))
    else:
        found = f"“{token}” cannot stand here"
        line, column = token.line or 1, token.column or 1
    wanted = _wanted(expected)
    return FeelSyntaxError(f"{found}{': ' + wanted if wanted else ''}", line, column)


def _wanted(expected: frozenset[str]) -> str:
    if expected >= _VALUE_STARTS:
        return "expected a value, such as a name, a number or a “text”"
    if expected == {"NAME"}:
        return "expected a name"
    if "$END" in expected:
        return "expected the end, or an operator such as “and” or “=”"
    said = [f"“{_SIGN_OF[kind]}”" for kind in _WORTH_SAYING if kind in expected]
    if not said:
        return "expected a name" if "NAME" in expected else ""
    return "expected " + " or ".join(said[:_MOST_SAID])
