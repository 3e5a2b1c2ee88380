"""The card that says whom to call knows when the front door is open."""

from datetime import datetime

import pytest

from app import feel
from app.calendars import WorkingCalendar
from app.clock import LONDON
from app.config import ROOT
from app.engine.parse import parse_diagram

HOURS = {"parameters": {"office_opens": "09:00", "office_closes": "17:00"}}


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-04T08:59", False),
        ("2026-03-04T09:00", True),
        ("2026-07-01T09:00", True),
        ("2026-07-01T16:59", True),
        ("2026-07-01T17:00", False),
        ("2026-03-07T11:00", False),
        ("2026-12-25T11:00", False),
    ],
)
def test_the_front_door_is_open_in_its_hours_on_working_days(moment: str, is_open: bool) -> None:
    file = ROOT / "processes" / "core" / "urgent-safeguarding.bpmn"
    drawn = parse_diagram(file.read_bytes())
    (text,) = [
        e.script for p in drawn.processes for e in p.elements.values() if e.id == "look_at_clock"
    ]
    assert text is not None
    now = datetime.fromisoformat(moment).replace(tzinfo=LONDON)
    found = feel.parse(text.removeprefix("=")).evaluate(
        HOURS, feel.Environment(now, WorkingCalendar())
    )
    assert (found.value, found.problems) == (is_open, ())
