"""What a regular expression is made of: its pieces, and tests of one character."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

Holds = Callable[[str], bool]

BLOCKS = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
}
CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)


@dataclass(frozen=True)
class Piece:
    """A part of a pattern."""


@dataclass(frozen=True)
class One(Piece):
    """One character for which ``holds``."""

    holds: Holds


@dataclass(frozen=True)
class Edge(Piece):
    """The start or the end of the text (or of a line)."""

    start: bool


@dataclass(frozen=True)
class Sequence(Piece):
    parts: tuple[Piece, ...]


@dataclass(frozen=True)
class Either(Piece):
    options: tuple[Piece, ...]


@dataclass(frozen=True)
class Group(Piece):
    number: int
    inner: Piece


@dataclass(frozen=True)
class Again(Piece):
    """What group ``number`` matched, once more."""

    number: int


@dataclass(frozen=True)
class Repeat(Piece):
    inner: Piece
    least: int
    most: int | None
    greedy: bool


def exactly(wanted: str) -> Holds:
    return lambda c: c == wanted


def any_of(members: tuple[Holds, ...]) -> Holds:
    return lambda c: any(holds(c) for holds in members)


def but_not(inside: Holds, without: Holds) -> Holds:
    return lambda c: inside(c) and not without(c)


def negated(holds: Holds, *, negate: bool) -> Holds:
    return (lambda c: not holds(c)) if negate else holds


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _starts_name(character: str) -> bool:
    return character.isalpha() or character in "_:"


CLASSES: dict[str, Holds] = {
    "s": lambda c: c in " \t\n\r",
    "d": lambda c: unicodedata.category(c) == "Nd",
    "w": _is_word,
    "i": _starts_name,
    "c": lambda c: _starts_name(c) or c in "-.\u00b7" or unicodedata.category(c) in ("Nd", "Mn"),
}
