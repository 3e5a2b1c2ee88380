"""``feel``: our values beside those of npm ``feelin``, another implementation of the standard."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random

from app import feel
from app.config import ROOT
from app.feel.text import show
from tests.feel.conftest import ENVIRONMENT
from tests.fuzz.feel_grammar import expression

FRONTEND = ROOT / "app" / "frontend" / "package.json"
SCRIPT = ROOT / "tests" / "fuzz" / "feelin.mjs"
Typed = dict[str, object] | None
CLOSE = 1e-7


def feelin(texts: list[str]) -> list[Typed]:
    ran = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "node"), str(SCRIPT), str(FRONTEND)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Typed] = json.loads(ran.stdout)
    return found


def same(ours: object, theirs: Typed) -> bool:
    if theirs is None:
        return ours is None
    ((kind, value),) = theirs.items()
    judge: dict[str, Callable[[], bool]] = {
        "n": lambda: _close(ours, value),
        "s": lambda: isinstance(ours, str) and ours == value,
        "b": lambda: ours is value,
        "l": lambda: isinstance(ours, list) and _all_same(ours, value),
        "o": lambda: isinstance(ours, dict) and _same_context(ours, value),
        "x": lambda: ours is not None and show(ours, most=1000) == value,
    }
    return kind in judge and judge[kind]()


def _close(ours: object, value: object) -> bool:
    if not isinstance(ours, Decimal) or not isinstance(value, int | float):
        return False
    return abs(float(ours) - value) <= CLOSE * max(1, abs(value))


def _all_same(ours: list[object], value: object) -> bool:
    return isinstance(value, list) and len(ours) == len(value) and all(map(same, ours, value))


def _same_context(ours: dict[str, object], value: object) -> bool:
    return (
        isinstance(value, dict)
        and ours.keys() == value.keys()
        and all(same(ours[key], value[key]) for key in ours)
    )


#: Where the two differ and we follow the standard. A rule looks at the smallest part of an
#: expression on which the two differ, while they agree on everything that is inside it.
EXPLAINED: tuple[tuple[str, str], ...] = (
    ("a duration negated is a duration (feelin: null)", r"\(-.*(duration|date|time|abs)"),
    (
        "a position outside the list or text gives null, and why (feelin cuts or extends)",
        r"(sublist|substring|remove|insert before|list replace)\(",
    ),
    ("lists of different lengths are not equal (feelin: null)", r"\(.* (=|!=) .*\)"),
    (
        "the relation of two ranges is true or false (feelin: null or wrong for open ends)",
        r"(before|after|overlaps|includes|meets|met by|starts|finishes)\(",
    ),
    ("an empty text is no number (feelin: 0)", r"number\("),
    ("an interval with its ends the wrong way round holds nothing", r"\(.* (between|in) "),
    ("years and months have no days (feelin keeps them)", r"years and months duration\("),
    ("the median is that of the values in order (feelin: as given)", r"median\("),
    (
        "moments with a zone are never compared with those without (feelin forgets zones)",
        r"\(.*date and time\(.* (-|<|<=|>|>=|=|!=|between|in) ",
    ),
    ("34 digits, as the standard says (feelin: 17)", r"string\("),
    ("null differs from every text (feelin: null)", r".*\[item != "),
    ("most frequent values in order, and none of nothing", r"mode\("),
)


def explained(culprit: str) -> str | None:
    return next((why for why, pattern in EXPLAINED if re.match(pattern, culprit)), None)


def expressions(count: int, first: int = 0) -> dict[str, list[str]]:
    """Different expressions, each with its parts."""
    random, found = Random(first), dict[str, list[str]]()
    while len(found) < count:
        parts = expression(random)
        if len(parts[-1]) <= 300:
            found[parts[-1]] = parts
    return found


def value_of(text: str) -> object:
    return feel.parse(text).evaluate({}, ENVIRONMENT).value


def differing(texts: list[str]) -> dict[str, Typed]:
    """Those on which the two differ, with what feelin says."""
    answers = zip(texts, feelin(texts), strict=True)
    return {text: theirs for text, theirs in answers if not same(value_of(text), theirs)}


def compare(count: int, first: int = 0) -> dict[str, object]:
    known = expressions(count, first)
    wrong = differing(list(known))
    parts = differing(sorted({part for text in wrong for part in known[text]}))
    reasons: Counter[str] = Counter()
    unexplained: dict[str, str] = {}
    for text in wrong:
        culprit = next(part for part in known[text] if part in parts)
        why = explained(culprit)
        if why is None:
            unexplained[culprit] = f"ours {show(value_of(culprit), most=200)}, {parts[culprit]}"
        else:
            reasons[why] += 1
    return {
        "expressions": count,
        "same": count - len(wrong),
        "explained": dict(reasons.most_common()),
        "unexplained": unexplained,
        "failed": bool(unexplained),
    }
