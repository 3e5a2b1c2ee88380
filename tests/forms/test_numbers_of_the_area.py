"""What forms say about days follows the numbers of the area, in rules and in words alike."""

from typing import Any

import pytest

from app.config import ROOT
from app.definitions.packs import lay_over, parse_pack
from app.forms import Form, load
from tests.support.forms import ENV

CORE = (ROOT / "processes/core/pack.toml").read_text(encoding="utf-8")
#: Seen from 20 March 2026.
DAYS = {"soon": "2026-04-01", "between": "2026-05-01", "late": "2026-06-20"}
NUMBERS = {"review_min_weeks": 4, "review_max_weeks": 9, "first_meeting_weeks": 3}
OF_AN_AREA = 'id = "here"\nname = "Here"\nextends = "core"\n[parameters]\n' + "".join(
    f"{name} = {number}\n" for name, number in NUMBERS.items()
)


def shipped(name: str) -> Form:
    """A form of the core pack as an area reads it that has numbers of its own."""
    packs = {"core": parse_pack(CORE, "core"), "here": parse_pack(OF_AN_AREA, "here")}
    content = (ROOT / "processes/core/forms" / f"{name}.form").read_bytes()
    return load(content, in_words=lay_over(packs, "here").in_words)


def refusal(name: str, key: str, answers: dict[str, Any], **known: Any) -> str:
    typed = {**answers, **_as_typed(key, answers[key])}
    bound = shipped(name).bind(typed, env=ENV, known={"parameters": NUMBERS, **known})
    bound.validate()
    return next((error.words for error in bound.errors if error.key == key), "")


def _as_typed(key: str, day: str) -> dict[str, str]:
    return dict(zip((f"{key}-year", f"{key}-month", f"{key}-day"), day.split("-"), strict=True))


@pytest.mark.parametrize(
    ("name", "key", "more"),
    [
        ("write_plan", "planned_review_on", {}),
        ("recommend_next_step", "next_review_on", {"recommended_outcome": "continue"}),
    ],
)
def test_a_review_day_is_refused_with_the_weeks_of_the_area(
    name: str, key: str, more: dict[str, Any]
) -> None:
    soon, late = ({**more, key: day} for day in (DAYS["soon"], DAYS["late"]))
    assert refusal(name, key, soon) == "The review must be at least 4 weeks from today"
    assert refusal(name, key, late) == "The review must be within 9 weeks from today"
    assert refusal(name, key, {**more, key: DAYS["between"]}) == ""
    hints = [field.hint for field in shipped(name).layout.fields if field.key == key]
    assert hints == ["Between 4 and 9 weeks from today."]


def test_the_first_meeting_is_held_in_time_or_it_is_said_why_not() -> None:
    by = {"meeting": {"first_by": DAYS["between"]}}
    late: dict[str, Any] = {"existing_meeting": "no", "meeting_on": DAYS["late"]}
    said = refusal("arrange_meeting", "meeting_on", late, **by)
    assert said.startswith("The first meeting is held within 3 weeks of the start.")
    reason = {**late, "later_reason": "The family is away"}
    assert refusal("arrange_meeting", "meeting_on", reason, **by) == ""
    in_time = {**late, "meeting_on": DAYS["between"]}
    assert refusal("arrange_meeting", "meeting_on", in_time, **by) == ""


def test_a_meeting_after_the_first_may_be_on_any_day_to_come() -> None:
    late = {"existing_meeting": "no", "meeting_on": DAYS["late"]}
    assert refusal("arrange_meeting", "meeting_on", late, meeting={"first_by": None}) == ""
