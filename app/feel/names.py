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
_WORD_END = rf"(?![{_PART}])"
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


class KnownNames:
    """The names that need telling. Grows while a text is read: contexts declare names."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for name in (*WITH_KEYWORDS, *names):
            self.add(name)

    def add(self, name: str) -> None:
        """Remember a name; plain single words need no remembering."""
        first = _WORD.match(name)
        if first is None or first.end() == len(name):
            return
        known = self._by_first.setdefault(first[0], [])
        if all(name != other for other, _ in known):
            known.append((name, _pattern(name)))
            known.sort(key=lambda entry: -len(entry[0]))

    def longest_at(self, text: str, position: int, word: str) -> tuple[str, int] | None:
        """The longest known name that starts with ``word`` here, and where it ends."""
        for name, pattern in self._by_first.get(word, ()):
            if match := pattern.match(text, position):
                return name, match.end()
        return None


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    pieces = _PIECE.findall(name)
    text = ""
    for before, piece in zip(("", *pieces), pieces, strict=False):
        if before:
            both_words = _is_word(before) and _is_word(piece)
            text += f"{SPACE}+" if both_words else f"{SPACE}*"
        text += re.escape(piece)
    return re.compile(text + (_WORD_END if _is_word(pieces[-1]) else ""))


def _is_word(piece: str) -> bool:
    return re.fullmatch(rf"[{_PART}]+", piece) is not None
