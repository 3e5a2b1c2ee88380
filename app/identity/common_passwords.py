"""Tells passwords everybody tries first, however they are stretched to the wanted length."""

import re
from pathlib import Path

#: What guessing lists are made of. Only long passwords are accepted, so a guessable one is
#: one or more of these put together, repeated, or decorated with digits.
COMMON_WORDS = frozenset(
    Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split()
)
_LONGEST_WORD = max(map(len, COMMON_WORDS))
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")
_LOOKS_LIKE = str.maketrans({"@": "a", "4": "a", "3": "e", "0": "o", "$": "s"})


def is_common(password: str) -> bool:
    """Whether nothing is left of it but common words, runs, repeats and decoration."""
    folded = password.casefold()
    if _has_short_period(folded):
        return True
    letters = re.sub(r"[\W\d_]", "", folded)
    if not letters:
        return len(set(re.sub(r"\D", "", folded))) < 4 or _is_run(re.sub(r"\D", "", folded))
    if _is_run(letters):
        return True
    translated = re.sub(r"[\W\d_]", "", folded.translate(_LOOKS_LIKE))
    return _made_of_few_words(letters) or _made_of_few_words(translated)


def _has_short_period(text: str) -> bool:
    """``abcabcabcabcabc``, ``aaaaaaaaaaaaaaa``: one short piece over and over."""
    return any(
        (text[:size] * (len(text) // size + 1))[: len(text)] == text
        for size in range(1, min(6, len(text) // 2) + 1)
    )


def _is_run(text: str) -> bool:
    return any(text in run * 2 for run in _RUNS)


def _made_of_few_words(letters: str) -> bool:
    """Whether at most three common words make it up; four unrelated ones are a good password."""
    fewest: list[int | None] = [0] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            before = fewest[start]
            if before is not None and letters[start:end] in COMMON_WORDS:
                here = fewest[end]
                fewest[end] = before + 1 if here is None else min(here, before + 1)
    found = fewest[-1]
    return found is not None and found <= 3
