"""Names with spaces or signs in them: which ones a text may use, and where one ends.

`date and time` or `Monthly fee - net` cannot be told from an expression by grammar alone. The
lexer takes the longest name it has been told of; besides, two plain words side by side can only
be one name.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d"
    "\u180f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf"
    "\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
SPACE = r"[\s\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]"
#: A `?` begins a name only with something of a name right behind it: alone it is a test's value.
WORD = rf"(?:[{_START}]|\?(?=[{_PART}]))[{_PART}]*"

#: A name of several words or with signs in it, as the standard allows it.
WITH_SIGNS = re.compile(rf"{WORD}(?:{SPACE}*[{_PART}./\-'+*]+)*")
_PIECE = re.compile(rf"[{_PART}]+|[^\s]")
_WORD = re.compile(WORD)
_FOLLOWING = re.compile(rf"{SPACE}*([{_PART}]+|[^\s])")
_PART_OF_WORD = re.compile(rf"[{_PART}]")
_GAP = re.compile(rf"{SPACE}*")
_SPACES = re.compile(rf"{SPACE}+")

#: Built-in names and property names that contain a keyword; other word sequences need no list.
WITH_KEYWORDS = (
    "date and time",
    "years and months duration",
    "days and time duration",
    "get or else",
)


def normal(name: str) -> str:
    """The name with single spaces, as it is stored and looked up."""
    return _SPACES.sub(" ", name.strip())


def needs_telling(name: str) -> bool:
    """Whether a name has more in it than one plain word."""
    word = _WORD.match(name)
    return word is not None and word.end() != len(name)


Pieces = tuple[str, str]
#: A name and what it is made of.
Known = tuple[str, tuple[str, ...]]


class KnownNames:
    """The names that need telling. Grows while a text is read: contexts declare names."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._given = _by_beginning(frozenset(names))
        self._declared: dict[Pieces, list[Known]] = {}

    def add(self, name: str) -> None:
        """Remember a name; plain single words need no remembering."""
        beginning = _beginning(name, 0)
        if beginning is None or not needs_telling(name):
            return
        known = self._declared.setdefault(beginning, [])
        if all(name != other for other, _ in known):
            known.append((name, _pieces(name)))

    def longest_at(self, text: str, position: int, word: str) -> tuple[str, int] | None:
        """The longest known name that starts with ``word`` here, and where it ends."""
        beginning = _beginning(text, position)
        if beginning is None or beginning[0] != word:
            return None
        known = [*self._given.get(beginning, ()), *self._declared.get(beginning, ())]
        for name, pieces in sorted(known, key=lambda entry: -len(entry[0])):
            if (end := _end(pieces, text, position)) is not None:
                return name, end
        return None


def _beginning(text: str, position: int) -> Pieces | None:
    """The word at a position and the piece behind it: what names are looked up by."""
    word = _WORD.match(text, position)
    following = _FOLLOWING.match(text, word.end()) if word else None
    return (word[0], following[1]) if word and following else None


@lru_cache(maxsize=64)
def _by_beginning(names: frozenset[str]) -> dict[Pieces, list[Known]]:
    found: dict[Pieces, list[Known]] = {}
    for name in sorted({*WITH_KEYWORDS, *filter(needs_telling, names)}):
        if beginning := _beginning(name, 0):
            found.setdefault(beginning, []).append((name, _pieces(name)))
    return found


def _end(pieces: tuple[str, ...], text: str, position: int) -> int | None:
    """Where a name ends that stands at a position; None when another one does."""
    before = ""
    for piece in pieces:
        apart = bool(before) and _is_word(before) and _is_word(piece)
        after = _after_space(text, position) if before else position
        if (apart and after == position) or not text.startswith(piece, after):
            return None
        position, before = after + len(piece), piece
    return None if _is_word(before) and _PART_OF_WORD.match(text, position) else position


def _after_space(text: str, position: int) -> int:
    gap = _GAP.match(text, position)
    return gap.end() if gap else position


@lru_cache(maxsize=4096)
def _pieces(name: str) -> tuple[str, ...]:
    return tuple(_PIECE.findall(name))


def _is_word(piece: str) -> bool:
    return _PART_OF_WORD.match(piece) is not None
