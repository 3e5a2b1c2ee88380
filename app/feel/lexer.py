"""Text to tokens. See grammar.lark for why this is not left to regular grammar terminals."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from lark import Token
from lark.common import LexerConf
from lark.lexer import Lexer

from app.feel.errors import FeelSyntaxError
from app.feel.names import SPACE, WITH_SIGNS, WORD, KnownNames, normal

LONGEST_TEXT = 50_000
DEEPEST_BRACKETS = 80

KEYWORDS = {
    "and": "_AND",
    "between": "_BETWEEN",
    "else": "_ELSE",
    "every": "_EVERY",
    "false": "_FALSE",
    "for": "_FOR",
    "function": "_FUNCTION",
    "if": "_IF",
    "in": "_IN",
    "instance": "_INSTANCE",
    "null": "_NULL",
    "of": "_OF",
    "or": "_OR",
    "return": "_RETURN",
    "satisfies": "_SATISFIES",
    "some": "_SOME",
    "then": "_THEN",
    "true": "_TRUE",
}
SIGNS = {
    "...": "_BELOW",
    "..": "_DOTDOT",
    "**": "_POW",
    "->": "_ARROW",
    "<=": "LE",
    ">=": "GE",
    "!=": "NE",
    "<": "LT",
    ">": "GT",
    "=": "EQ",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    ".": "_DOT",
    ",": "_COMMA",
    ":": "_COLON",
    "?": "_QUESTION",
    "(": "_LPAR",
    ")": "_RPAR",
    "[": "_LSQB",
    "]": "_RSQB",
    "{": "_LBRACE",
    "}": "_RBRACE",
}
CLOSING = {")": "([]", "]": "([]", "}": "{"}
#: After one of these an operator may come; after anything else a value must.
VALUE_ENDS = frozenset(
    {
        "NUMBER", "STRING", "TEMPORAL", "NAME", "_TRUE", "_FALSE", "_NULL", "_QUESTION",
        "_RPAR", "_RSQB", "_RBRACE", "_OPEN_END",
    }
)  # fmt: skip

_SKIP = re.compile(rf"(?:{SPACE}+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_TOKEN = re.compile(
    rf"""(?P<NUMBER>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<STRING>"(?:\\.|[^"\\])*")
    |(?P<TEMPORAL>@{SPACE}*"(?:\\.|[^"\\])*")
    |(?P<WORD>{WORD})
    |(?P<SIGN>\.\.\.(?={SPACE}*{WORD})|\.\.|\*\*|->|<=|>=|!=|[-<>=+*/.,:?()\[\]{{}}])""",
    re.VERBOSE | re.DOTALL,
)
_KEY = re.compile(rf'({WORD}[^"{{}}\[\]():,]*)(?=:)')
#: What follows a `[` that ends an interval like `]1..2[`: nothing a filter could start with.
_NO_FILTER = re.compile(
    rf"{SPACE}*(?:$|[)\],}}=<>!*+/]|\.(?![0-9])|"
    r"(?:and|or|then|else|return|satisfies|in|between|instance)\b)"
)
_STARTS_INTERVAL = re.compile(rf'{SPACE}*[0-9"@]')


class TokenLexer(Lexer):
    """Hands tokens made beforehand to lark."""

    def __init__(self, lexer_conf: LexerConf) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        return iter(data)


def tokens_of(text: str, names: Iterable[str] = ()) -> list[Token]:
    """Cut an expression into tokens.

    Raises:
        FeelSyntaxError: a character or bracket that cannot stand there, or too long a text.
    """
    if len(text) > LONGEST_TEXT:
        raise FeelSyntaxError(f"The expression is longer than {LONGEST_TEXT} characters", 1, 1)
    return _Reader(text, KnownNames(names)).read()


def tokens_of_tests(text: str, names: Iterable[str] = ()) -> list[Token]:
    """Cut a table cell into tokens: `-` means anything, a leading `not(…)` denies all its tests."""
    tokens = tokens_of(text, names)
    if not tokens or [token.type for token in tokens] == ["MINUS"]:
        first = tokens[0] if tokens else None
        return [_token("_ANYTHING", "-", first)]
    if tokens[0] == "not" and len(tokens) > 2 and _closing(tokens, 1) == len(tokens) - 1:
        tokens[0] = _token("_NOT_TESTS", "not", tokens[0])
    return tokens


def _closing(tokens: list[Token], opening: int) -> int | None:
    if tokens[opening].type != "_LPAR":
        return None
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].type in ("_LPAR", "_LSQB", "_LBRACE", "_OPEN_START"):
            depth += 1
        elif tokens[index].type in ("_RPAR", "_RSQB", "_RBRACE", "_OPEN_END"):
            depth -= 1
        if depth == 0:
            return index
    return None


def _token(kind: str, text: str, like: Token | None) -> Token:
    if like is None:
        return Token(kind, text, 0, 1, 1)
    return Token(kind, text, like.start_pos, like.line, like.column)


class _Reader:
    def __init__(self, text: str, known: KnownNames) -> None:
        self._text = text
        self._known = known
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._position = 0
        self._tokens: list[Token] = []
        #: Open brackets, each with whether a `..` was seen directly inside it.
        self._open: list[list[str | bool]] = [["", False]]

    def read(self) -> list[Token]:
        while True:
            skipped = _SKIP.match(self._text, self._position)
            self._position = skipped.end() if skipped else self._position
            if self._position >= len(self._text):
                return self._tokens
            self._next()

    def _next(self) -> None:
        if self._reads_key():
            return
        match = _TOKEN.match(self._text, self._position)
        if match is None:
            raise self._refusal()
        if match.lastgroup == "WORD":
            self._word(match[0])
        elif match.lastgroup == "SIGN":
            self._sign(match[0])
        else:
            self._declares(match)
            self._add(match.lastgroup or "", match[0], match.end())

    def _declares(self, match: re.Match[str]) -> None:
        """Let what follows use a context's quoted key as a name, if it could be one."""
        if self._open[-1][0] != "{" or self._last() not in ("_LBRACE", "_COMMA"):
            return
        name = normal(match[0][1:-1])
        if match.lastgroup == "STRING" and WITH_SIGNS.fullmatch(name):
            self._known.add(name)

    def _reads_key(self) -> bool:
        """Read a context's key, which may contain signs; it becomes a known name."""
        after = self._last()
        if self._open[-1][0] != "{" or after not in ("_LBRACE", "_COMMA"):
            return False
        match = _KEY.match(self._text, self._position)
        if match is None:
            return False
        name = normal(match[1])
        self._known.add(name)
        self._add("NAME", name, match.end(1))
        return True

    def _word(self, word: str) -> None:
        known = self._known.longest_at(self._text, self._position, word)
        if known:
            self._add("NAME", *known)
            return
        end = self._position + len(word)
        last = self._last()
        keyword = None if last in ("_DOT", "_BELOW") else self._keyword(word, end)
        if keyword:
            self._add(keyword, word, end)
        elif last == "NAME":
            before = self._tokens.pop()
            joined = Token("NAME", f"{before} {word}", before.start_pos, before.line, before.column)
            self._tokens.append(joined)
            self._position = end
        else:
            self._add("NAME", word, end)

    def _keyword(self, word: str, end: int) -> str | None:
        if word == "external" and self._last() == "_RPAR":
            following = _SKIP.match(self._text, end)
            if following and self._text.startswith("{", following.end()):
                return "EXTERNAL"
        if word == "of" and self._last() != "_INSTANCE":
            return None
        return KEYWORDS.get(word)

    def _sign(self, sign: str) -> None:
        kind = SIGNS[sign]
        expects_value = self._last() not in VALUE_ENDS
        if sign == "]" and expects_value and self._opens_interval():
            kind = "_OPEN_START"
        elif sign == "[" and not expects_value and self._closes_interval():
            kind = "_OPEN_END"
        if sign == "..":
            self._open[-1][1] = True
        if kind == "_OPEN_START" or (sign in "([{" and kind != "_OPEN_END"):
            self._push(sign)
        elif kind == "_OPEN_END" or sign in CLOSING:
            self._pop(sign)
        self._add(kind, sign, self._position + len(sign))

    def _opens_interval(self) -> bool:
        if self._last() != "_LSQB" or self._open[-1][0] != "[":
            return True
        return _STARTS_INTERVAL.match(self._text, self._position + 1) is not None

    def _closes_interval(self) -> bool:
        following = _NO_FILTER.match(self._text, self._position + 1)
        return bool(self._open[-1][1]) and following is not None

    def _push(self, sign: str) -> None:
        if len(self._open) > DEEPEST_BRACKETS:
            raise self._refusal(f"Brackets are nested more than {DEEPEST_BRACKETS} deep")
        self._open.append([sign, False])

    def _pop(self, sign: str) -> None:
        opener = self._open[-1][0]
        if not opener or str(opener) not in CLOSING.get(sign, "([]"):
            raise self._refusal(f"Found “{sign}” without its opening bracket")
        self._open.pop()

    def _last(self) -> str:
        return self._tokens[-1].type if self._tokens else ""

    def _add(self, kind: str, text: str, end: int) -> None:
        self._tokens.append(Token(kind, text, self._position, *self._place()))
        self._position = end

    def _refusal(self, message: str = "") -> FeelSyntaxError:
        character = self._text[self._position]
        if not message and character in "\"@'“”":
            message = "A text must stand between straight double quotes, and this one does not end"
        message = message or f"The character “{character}” has no meaning here"
        return FeelSyntaxError(message, *self._place())

    def _place(self) -> tuple[int, int]:
        line = bisect_right(self._lines, self._position)
        return line, self._position - self._lines[line - 1] + 1


def place(text: str, position: int) -> tuple[int, int]:
    """Line and column of a position, from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")
