"""Deadlines in words, in London time."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from app.web import dates


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("due", "kind", "words", "on"),
    [
        ("2026-06-12T17:00+01:00", "overdue", "3 days overdue", "12 Jun 2026"),
        ("2026-06-14T17:00+01:00", "overdue", "1 day overdue", "14 Jun 2026"),
        ("2026-06-15T09:30+01:00", "overdue", "Overdue since 9:30am", "15 Jun 2026"),
        ("2026-06-15T17:00+01:00", "soon", "Due today by 5pm", "15 Jun 2026"),
        ("2026-06-16T00:30+01:00", "soon", "Due tomorrow", "16 Jun 2026"),
        ("2026-06-18T17:00+01:00", "soon", "Due in 3 days", "18 Jun 2026"),
        ("2026-06-19T17:00+01:00", "later", "Due in 4 days", "19 Jun 2026"),
    ],
)
def test_a_deadline_is_told_from_now(due: str, kind: str, words: str, on: str) -> None:
    with time_machine.travel(at("2026-06-15T10:00+01:00"), tick=False):
        told = dates.due_in_words(at(due))
    assert (told.kind, told.words, told.on) == (kind, words, on)


def test_a_deadline_without_a_time_lasts_the_whole_day() -> None:
    with time_machine.travel(at("2026-06-15T23:30+01:00"), tick=False):
        assert dates.due_in_words(date(2026, 6, 15)).words == "Due today"
        assert dates.due_in_words(date(2026, 6, 14)).kind == "overdue"
        assert dates.ago(date(2026, 6, 15)) == "since today"
        assert dates.ago(date(2026, 6, 14)) == "since yesterday"
        assert dates.ago(date(2026, 6, 1)) == "for 14 days"


def test_times_are_written_as_people_say_them() -> None:
    moments = ("2026-01-05T00:00", "2026-01-05T12:00", "2026-01-05T09:05", "2026-07-05T13:30")
    told = [dates.clock_time(datetime.fromisoformat(f"{m}+00:00")) for m in moments]
    assert told == ["midnight", "midday", "9:05am", "2:30pm"]
    assert dates.date_and_time(at("2026-03-20T14:30+00:00")) == "20 March 2026 at 2:30pm"
    assert dates.long_date(None) == ""
    assert dates.clock_time(date(2026, 1, 5)) == ""
