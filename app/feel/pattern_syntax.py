"""The regular expressions of XPath, read into a tree.

Python's own engine is not used: a hostile pattern can keep it busy for years, and it reads
another dialect. Not carried: Unicode blocks beyond a few, look-around (XPath has none).
"""

import unicodedata

from app.feel.errors import Undefined
from app.feel.pattern_parts import (
    BLOCKS,
    CATEGORIES,
    CLASSES,
    Again,
    Edge,
    Either,
    Group,
    Holds,
    One,
    Piece,
    Repeat,
    Sequence,
    any_of,
    but_not,
    exactly,
    negated,
)

MOST_REPEATS = 1_000
DEEPEST = 60
#: Stands for the end of the pattern; it cannot occur in one.
END = ""

_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_LITERAL_ESCAPES = frozenset("\\|.?*+(){}-[]^$/ ")


def refuse(text: str) -> Undefined:
    return Undefined(f"the pattern “{text[:60]}” is not a regular expression of XPath")


def _without_spaces(pattern: str) -> str:
    """What the flag x leaves: spaces count nowhere but between square brackets."""
    kept: list[str] = []
    depth, escaped = 0, False
    for character in pattern:
        if character in " \t\n\r" and not depth:
            continue
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
        kept.append(character)
    return "".join(kept)


class Reader:
    """Reads one pattern. ``flags`` are those of XPath: s, m, i, x, q."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._text = _without_spaces(pattern) if "x" in flags else pattern
        self._position = 0
        self._dot_all = "s" in flags
        self._ignore_case = "i" in flags
        self._depth = 0
        self.groups = 0

    def read(self) -> Piece:
        """Read the whole pattern.

        Raises:
            Undefined: it is no regular expression.
        """
        piece = self._either()
        if self._peek() != END:
            raise refuse(self._pattern)
        return piece

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _take(self) -> str:
        character = self._peek()
        self._position += 1
        return character

    def _takes(self, wanted: str) -> bool:
        if self._text.startswith(wanted, self._position):
            self._position += len(wanted)
            return True
        return False

    def _either(self) -> Piece:
        self._depth += 1
        if self._depth > DEEPEST:
            raise refuse(self._pattern)
        options = [self._sequence()]
        while self._takes("|"):
            options.append(self._sequence())
        self._depth -= 1
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _sequence(self) -> Piece:
        parts: list[Piece] = []
        while self._peek() not in (END, "|", ")"):
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _atom(self) -> Piece:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return One(self._set())
        if character == "\\":
            return self._escaped()
        if character == ".":
            return One((lambda _: True) if self._dot_all else (lambda c: c not in "\n\r"))
        if character in ("^", "$"):
            return Edge(character == "^")
        if character in ("?", "*", "+", "{", "}", "]"):
            raise refuse(self._pattern)
        return One(self._exactly(character))

    def _group(self) -> Piece:
        if self._takes("?:"):
            inner = self._either()
        elif self._peek() == "?":
            raise refuse(self._pattern)
        else:
            self.groups += 1
            number = self.groups
            inner = Group(number, self._either())
        if not self._takes(")"):
            raise refuse(self._pattern)
        return inner

    def _repeated(self, piece: Piece) -> Piece:
        sign = self._peek()
        if sign not in ("?", "*", "+", "{") or sign == END:
            return piece
        self._position += 1
        bounds = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        least, most = bounds[sign] if sign in bounds else self._bounds()
        repeat = Repeat(piece, least, most, greedy=not self._takes("?"))
        if self._peek() in ("?", "*", "+", "{") and self._peek() != END:
            raise refuse(self._pattern)
        return repeat

    def _bounds(self) -> tuple[int, int | None]:
        close = self._text.find("}", self._position)
        low, comma, high = self._text[self._position : max(close, 0)].partition(",")
        digits = (
            low.isascii() and low.isdigit() and (not high or (high.isascii() and high.isdigit()))
        )
        if close < 0 or not digits or len(low + high) > 8:
            raise refuse(self._pattern)
        self._position = close + 1
        least = int(low)
        most = int(high) if high else (None if comma else least)
        if least > MOST_REPEATS or (most is not None and (most > MOST_REPEATS or most < least)):
            raise refuse(self._pattern)
        return least, most

    def _escaped(self) -> Piece:
        character = self._text[self._position : self._position + 1]
        if character.isascii() and character.isdigit() and character != "0":
            self._position += 1
            if int(character) > self.groups:
                raise refuse(self._pattern)
            return Again(int(character))
        return One(self._escape())

    def _escape(self) -> Holds:
        """What stands behind a backslash, as a test of one character."""
        character = self._text[self._position : self._position + 1]
        self._position += 1
        if character in ("p", "P"):
            return negated(self._category(), negate=character == "P")
        if character in _CONTROLS:
            return self._exactly(_CONTROLS[character])
        if character and character in _LITERAL_ESCAPES:
            return self._exactly(character)
        if character.lower() in CLASSES and character:
            return negated(CLASSES[character.lower()], negate=character.isupper())
        raise refuse(self._pattern)

    def _category(self) -> Holds:
        close = self._text.find("}", self._position)
        if close < 0 or self._text[self._position : self._position + 1] != "{":
            raise refuse(self._pattern)
        name = self._text[self._position + 1 : close]
        self._position = close + 1
        if name.startswith("Is") and name[2:] in BLOCKS:
            first, last = BLOCKS[name[2:]]
            return lambda c: first <= ord(c) <= last
        if name not in CATEGORIES:
            raise refuse(self._pattern)
        return lambda c: unicodedata.category(c).startswith(name)

    def _set(self) -> Holds:
        negate = self._text.startswith("^", self._position)
        self._position += negate
        members: list[Holds] = []
        without: Holds | None = None
        while not self._text.startswith("]", self._position) or not members:
            if members and self._text.startswith("-[", self._position):
                self._position += 2
                without = self._nested_set()
                break
            members.append(self._member())
        if not self._text.startswith("]", self._position):
            raise refuse(self._pattern)
        self._position += 1
        inside = negated(any_of(tuple(members)), negate=negate)
        return inside if without is None else but_not(inside, without)

    def _nested_set(self) -> Holds:
        self._depth += 1
        if self._depth > DEEPEST:
            raise refuse(self._pattern)
        inner = self._set()
        self._depth -= 1
        return inner

    def _member(self) -> Holds:
        first = self._set_character()
        if not isinstance(first, str):
            return first
        dash = self._text[self._position : self._position + 2]
        if len(dash) < 2 or dash[0] != "-" or dash[1] in ("]", "["):
            return self._exactly(first)
        self._position += 1
        last = self._set_character()
        if not isinstance(last, str) or last < first:
            raise refuse(self._pattern)
        return self._folded(lambda c: first <= c <= last)

    def _set_character(self) -> str | Holds:
        character = self._text[self._position : self._position + 1]
        self._position += 1
        if character in (END, "[", "]"):
            raise refuse(self._pattern)
        if character != "\\":
            return character
        escaped = self._text[self._position : self._position + 1]
        if escaped in _CONTROLS or (escaped and escaped in _LITERAL_ESCAPES):
            self._position += 1
            return _CONTROLS.get(escaped, escaped)
        return self._escape()

    def _exactly(self, wanted: str) -> Holds:
        if not self._ignore_case:
            return exactly(wanted)
        lower, upper = wanted.lower(), wanted.upper()
        return lambda c: c.lower() == lower or c.upper() == upper

    def _folded(self, holds: Holds) -> Holds:
        """Without regard to case; only what is written out folds, classes of letters do not."""
        if not self._ignore_case:
            return holds
        return lambda c: holds(c) or holds(c.lower()) or holds(c.upper())
