"""Fills in the form of a task as the people of a story would, through the form itself.

What the story says goes in first, then what is known already, then what is usually said. The form
checks everything as it would check what a browser sends.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.demo.days import Days
from app.demo.phrases import Phrases, in_words
from app.demo.stories import Child, Story
from app.errors import AppError
from app.forms import BoundForm, Choice, Field, Form, Kind, Repeat
from app.forms.values import typed_from

Typed = dict[str, list[str]]
Row = Mapping[str, Any]
MOST_ROUNDS = 4
NOTHING_MORE = "As talked about with {parent}; nothing more to add today."


class StoryRefused(AppError):
    """A form does not accept what a story says."""


@dataclass(frozen=True)
class Teller:
    """Tells what one person of a story answers at one task."""

    story: Story
    task: str
    said: Row
    names: Mapping[str, str]
    phrases: Phrases
    days: Days
    today: date
    #: Task and question of everything that neither the story nor a phrase answers.
    guessed: set[tuple[str, str]]

    def fill_in(self, first: BoundForm) -> BoundForm:
        """The form as first shown, filled in and accepted.

        Raises:
            StoryRefused: the form's own words say what it does not accept.
        """
        typed = {**_as_sent(first), **self._typed(first)}
        bound = _handed_in(first, typed)
        for _ in range(MOST_ROUNDS):
            if bound.validate():
                return bound
            typed.update(self._missing(bound))
            bound = _handed_in(first, typed)
        problems = "; ".join(f"{problem.key}: {problem.words}" for problem in bound.errors)
        raise StoryRefused(f"{self.story.key}, {self.task}: {problems}")

    def draft(self, first: BoundForm) -> Typed:
        """Only what the story says, as somebody who was called away would leave it."""
        known = {repeat.key for repeat in first.layout.repeats}
        fields = [one for one in first.layout.fields if one.key in self.said]
        typed = _as_sent(first)
        for one in fields:
            typed.update(self._box(first, one, one.key, self.said[one.key]))
        for repeat in first.layout.repeats:
            if repeat.key in self.said and repeat.key in known:
                typed.update(self._rows(first, repeat))
        return typed

    # ---------------------------------------------------------------- what is typed

    def _typed(self, first: BoundForm) -> Typed:
        typed: Typed = {}
        for one in first.layout.fields:
            if one.readonly:
                continue
            value = self._answer(one, empty=not _has(first, one, one.key))
            if value is not None:
                typed.update(self._box(first, one, one.key, value))
        for repeat in first.layout.repeats:
            typed.update(self._rows(first, repeat))
        return typed

    def _rows(self, first: BoundForm, repeat: Repeat) -> Typed:
        """Rows the story tells, or the rows the page has, each completed."""
        told = self.said.get(repeat.key)
        if told is None and repeat.open and not self._has_rows(first, repeat):
            told = self.phrases.answer(self.task, repeat.key, self.story.chance(repeat.key))
        typed: Typed = {}
        rows: Sequence[Row] = told if told is not None else [{} for _ in first.rows[repeat.key]]
        for number, row in enumerate(rows):
            typed[f"{repeat.key}-{number}-_"] = ["1"]
            child = self._child_in(first, repeat, number)
            for one in repeat.fields:
                name = f"{repeat.key}-{number}-{one.key}"
                empty = (told is not None and repeat.open) or not _has(first, one, name)
                value = self._row_answer(one, row, child, name, empty=empty)
                if value is not None and not (one.readonly and not repeat.open):
                    typed.update(self._box(first, one, name, value))
        return typed

    def _has_rows(self, first: BoundForm, repeat: Repeat) -> bool:
        """Whether the page came with rows that say something already."""
        return any(
            _has(first, one, f"{repeat.key}-{number}-{one.key}")
            for number in first.rows[repeat.key]
            for one in repeat.fields
        )

    def _child_in(self, first: BoundForm, repeat: Repeat, number: int) -> Child | None:
        """The child a row is about, where the page asks about each child."""
        field = next((one for one in repeat.fields if one.key == "child"), None)
        said = first.raw.get(f"{repeat.key}-{number}-child", [""])[0]
        if field is None:
            return None
        label = next((c.label for c in first.choices(field) if c.value == said), "")
        return next((c for c in self.story.children if label.startswith(c.name)), None)

    def _row_answer(
        self, one: Field, row: Row, child: Child | None, name: str, *, empty: bool
    ) -> Any:
        told = child.said if child else {}
        here = told.get(self.task, {})
        names = {**self.names, "child": child.name.split()[0]} if child else self.names
        for found in (row, here, told):
            if one.key in found:
                return in_words(found[one.key], names)
        return in_words(self._usual(one, name), names) if empty else None

    def _answer(self, one: Field, *, empty: bool) -> Any:
        if one.key in self.said:
            return in_words(self.said[one.key], self.names)
        return in_words(self._usual(one, one.key), self.names) if empty else None

    def _usual(self, one: Field, name: str) -> Any:
        """The usual answer; questions that may stay empty stay empty unless there is one."""
        return self.phrases.answer(self.task, one.key, self.story.chance(self.task, name))

    # ---------------------------------------------------------------- what is still missing

    def _missing(self, bound: BoundForm) -> Typed:
        """Something for each question the form still asks for and nobody answered."""
        more: Typed = {}
        slots = {slot.name: slot for slot in bound.slots}
        for problem in bound.errors:
            slot = slots.get(problem.key)
            if slot is not None and not _has(bound, slot.field, slot.name):
                self.guessed.add((self.task, slot.field.key))
                value = self._something(bound, slot.field)
                more.update(self._box(bound, slot.field, slot.name, value))
        return more

    def _something(self, bound: BoundForm, one: Field) -> Any:
        match one.kind:
            case Kind.CHOICE | Kind.LIST_CHOICE | Kind.SEVERAL:
                return next((choice.value for choice in bound.choices(one)), None)
            case Kind.YES:
                return True
            case Kind.NUMBER:
                return one.rules.minimum or 1
            case Kind.MOMENT:
                return "+0"
            case _:
                return in_words(NOTHING_MORE, self.names)[: one.rules.max_length or 200]

    # ---------------------------------------------------------------- boxes

    def _box(self, bound: BoundForm, one: Field, name: str, value: Any) -> Typed:
        """What goes into the boxes of one question."""
        if one.kind is Kind.MOMENT and isinstance(value, str):
            value = self.days.day(value, self.today).isoformat()
        if one.kind in (Kind.CHOICE, Kind.LIST_CHOICE, Kind.SEVERAL):
            choices = bound.choices(one)
            several = value if isinstance(value, list) else [value]
            value = [found for each in several for found in _choices(choices, str(each))]
            if one.kind is not Kind.SEVERAL:
                value = value[0] if value else None
        return typed_from(one, name, value)


def _choices(choices: Sequence[Choice], said: str) -> Iterator[str]:
    """The answer itself, or people and agencies by the beginning of their name; ``*`` is all."""
    if said == "*":
        yield from (choice.value for choice in choices)
        return
    exact = [choice.value for choice in choices if choice.value == said]
    yield from exact or [choice.value for choice in choices if choice.label.startswith(said)][:1]


def _handed_in(first: BoundForm, typed: Typed) -> BoundForm:
    """The same form with what was typed; nothing is known differently than when it was shown."""
    around = first.around
    return Form(first.layout).bind(typed, around.known, options=around.options, env=around.env)


def _has(bound: BoundForm, one: Field, name: str) -> bool:
    return any("".join(bound.raw.get(f"{name}{part}", ())).strip() for part in one.parts)


def _as_sent(first: BoundForm) -> Typed:
    """What the page would send if nobody touched it."""
    readonly = {f"{f.key}{part}" for f in first.layout.fields if f.readonly for part in f.parts}
    marks = {f"{key}-{row}-_": ["1"] for key, rows in first.rows.items() for row in rows}
    typed = {name: list(said) for name, said in first.raw.items() if name not in readonly}
    return {**marks, **typed}
