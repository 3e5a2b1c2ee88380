"""The stories of the fictional families, read from TOML: who did what, when, and said what."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from app.definitions.areas import locality_row_id
from app.demo.days import Days

FOLDER = Path(__file__).with_name("stories")
WAYS = Path(__file__).with_name("ways.toml")
SEED = "early help 1"
Row = Mapping[str, Any]

#: What a step can be; the key says what it is about.
VERBS = ("open", "do", "draft", "sign", "start", "harm", "note", "hand_to")
MORNING = time(9, 5)
LATEST_START = 240
APART = 14


class StoryUnreadable(ValueError):
    """A story says something that the player does not know."""


@dataclass(frozen=True)
class Child:
    """``said`` holds what the child says, by question; inner tables go by task."""

    name: str
    born: date | None
    expected: date | None
    setting: str
    said: Row


@dataclass(frozen=True)
class Step:
    """One thing somebody does at one moment. ``more`` is what else the story says about it."""

    moment: datetime
    verb: str
    what: str
    by: str = ""
    more: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A family, its people, and what happened. ``parked`` are the tasks open at the end."""

    key: str
    family: str
    area: str
    locality: str | None
    cast: tuple[str, ...]
    children: tuple[Child, ...]
    said: Row
    about: Row
    steps: tuple[Step, ...]
    parked: tuple[str, ...]
    stage: str
    status: str

    def chance(self, *what: str) -> Random:
        """The same story and question get the same random numbers every time."""
        return Random(" ".join((SEED, self.key, *what)))


def read_stories(days: Days) -> list[Story]:
    """All stories in the order of their files, with days counted from ``days.today``."""
    ways = tomllib.loads(WAYS.read_text(encoding="utf-8"))
    return [
        read_story(path.stem.partition("-")[2], row, ways, days)
        for path in sorted(FOLDER.glob("*.toml"))
        for row in [tomllib.loads(path.read_text(encoding="utf-8"))]
    ]


def read_story(key: str, row: Row, ways: Mapping[str, list[Row]], days: Days) -> Story:
    """One story from its parsed file."""
    seed = str(row.get("same_family_as", key))
    return Story(
        key=key,
        family=row.get("family", ""),
        area=row["area"],
        locality=_locality(row),
        cast=tuple(row["cast"]),
        children=tuple(_child(each, seed, days) for each in row.get("children", ())),
        said=row.get("said", {}),
        about={name: row.get(name, "") for name in ("parent", "phone", "address")},
        steps=tuple(_steps(key, row["steps"], ways, days)),
        parked=tuple(row.get("parked", ())),
        stage=row.get("stage", ""),
        status=row.get("status", "open"),
    )


def _locality(row: Row) -> str | None:
    return locality_row_id(row["area"], row["locality"]) if "locality" in row else None


def _child(row: Row, seed: str, days: Days) -> Child:
    born = None
    if "age" in row:
        since_birthday = Random(f"{SEED} {seed} {row['name']}").randrange(20, 340)
        last_birthday = days.today - timedelta(days=since_birthday)
        born = _years_before(last_birthday, row["age"])
    expected = days.day(row["expected"], days.today) if "expected" in row else None
    return Child(row["name"], born, expected, row.get("setting", ""), row)


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _steps(key: str, rows: list[Row], ways: Mapping[str, list[Row]], days: Days) -> Iterator[Step]:
    """Steps in order of time; those of one day follow each other from some time in the morning."""
    before: datetime | None = None
    number = 0
    for row in _expanded(rows, ways):
        start = Random(f"{SEED} {key} {row.get('on')}").randrange(LATEST_START)
        minutes = MORNING.hour * 60 + MORNING.minute + start + APART * (number % 8)
        moment = _moment(row, days, time(minutes // 60, minutes % 60), before)
        verb = _verb(row)
        yield Step(moment, verb, str(row[verb]), row.get("by", ""), row)
        before, number = moment, number + 1


def _moment(row: Row, days: Days, otherwise: time, before: datetime | None) -> datetime:
    if "hours_ago" in row:
        return days.now - timedelta(hours=row["hours_ago"])
    on = row["on"]
    day = days.working_day(on) if isinstance(on, int) else days.day(on, days.today)
    at = time.fromisoformat(row["at"]) if "at" in row else otherwise
    return days.moment(day, at, after=before)


def _expanded(rows: list[Row], ways: Mapping[str, list[Row]]) -> Iterator[Row]:
    """Replace each ``way`` by its steps, counted from the day it begins, or all on a named day."""
    for row in rows:
        if "way" not in row:
            yield row
            continue
        rest = {name: said for name, said in row.items() if name not in ("way", "on")}
        until = rest.pop("until", None)
        for each in ways[row["way"]]:
            on = row["on"]
            yield {**each, **rest, "on": on + each["on"] if isinstance(on, int) else on}
            if each[_verb(each)] == until:
                break


def _verb(row: Row) -> str:
    found = [verb for verb in VERBS if verb in row]
    if len(found) != 1:
        raise StoryUnreadable(f"one of {', '.join(VERBS)} is needed in {dict(row)}")
    return found[0]
