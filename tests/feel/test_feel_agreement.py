"""Values that an independent implementation (npm feelin 8.2.0) gives too.

The file holds 2,999 of 12,000 generated typed expressions; on the others the two differ, or the
expression is long. Every difference was looked at: feelin clips positions outside a list or text,
gives null for negated and multiplied durations and for many relations of ranges, forgets zones
when it subtracts, makes a date and time of a date plus hours, and reads "" as the number 0. What
each of the two must give where they differ is foretold in ``tests/fuzz/feel_rules.py``.
"""

import json
from pathlib import Path

from tests.feel.conftest import shown

AGREED: dict[str, str] = json.loads(
    (Path(__file__).parent / "agreed_with_feelin.json").read_text(encoding="utf-8")
)


def test_the_agreed_values_stay() -> None:
    assert len(AGREED) == 2_999
    changed = {text: shown(text) for text, value in AGREED.items() if shown(text) != value}
    assert not changed
