"""``feel``: our values beside those of npm ``feelin``, another implementation of the standard."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random

from app import feel
from app.config import ROOT
from app.feel.text import show
from tests.feel.conftest import ENVIRONMENT
from tests.fuzz.feel_grammar import Part, expression
from tests.fuzz.feel_rules import AnyOrder, NotMine, Shown, Whatever, rules_for

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


def explained(part: Part, ours: object, theirs: Typed) -> str | None:
    """Why the two differ, if a rule foretells both answers."""
    operands = [value_of(text) for text in part.operands]
    for words, rule in rules_for(part.template):
        try:
            foretold = rule(*operands)
        except (NotMine, TypeError, AttributeError, ValueError):
            continue
        if show([foretold.ours], most=10_000) == show([ours], most=10_000) and _as_foretold(
            foretold.theirs, theirs
        ):
            return f"{words} (DMN 1.5, {foretold.clause})"
    return None


def _as_foretold(foretold: object, theirs: Typed) -> bool:
    if isinstance(foretold, Shown):
        return theirs == {"x": foretold.text}
    if isinstance(foretold, Whatever):
        return True
    if isinstance(foretold, AnyOrder):
        listed = theirs.get("l") if theirs else None
        return isinstance(listed, list) and all(
            sum(same(item, other) for other in listed) == 1 for item in foretold.items
        )
    return same(foretold, theirs)


def expressions(count: int, first: int = 0) -> dict[str, list[Part]]:
    """Different expressions, each with its parts."""
    random, found = Random(first), dict[str, list[Part]]()
    while len(found) < count:
        parts = expression(random)
        if len(parts[-1].text) <= 300:
            found[parts[-1].text] = parts
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
    parts = differing(sorted({part.text for text in wrong for part in known[text]}))
    reasons: Counter[str] = Counter()
    unexplained: dict[str, str] = {}
    for text in wrong:
        culprit = next(part for part in known[text] if part.text in parts)
        ours, theirs = value_of(culprit.text), parts[culprit.text]
        why = explained(culprit, ours, theirs)
        if why is None:
            unexplained[culprit.text] = f"ours {show([ours], most=2_000)[1:-1]}, feelin {theirs}"
        else:
            reasons[why] += 1
    return {
        "expressions": count,
        "same": count - len(wrong),
        "explained": dict(reasons.most_common()),
        "unexplained": unexplained,
        "failed": bool(unexplained),
    }
