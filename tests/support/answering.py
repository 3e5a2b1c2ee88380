"""Fills in a form as a person would: what a story says, and something fitting for the rest."""

import itertools
import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from app import clock
from app.forms import BoundForm, Form
from app.forms.bound import Slot
from app.forms.model import Field, Kind, Repeat
from app.forms.values import typed_from

Typed = dict[str, list[str]]
MOST_ROUNDS = 60
#: Days from today that may be asked for, the likeliest first.
DAYS = (0, 7, 14, 28, 1, 42, 56, -1, -7, -30, -400, -3000)


class NotAnswerable(AssertionError):
    """The form refuses what the story says, or nothing fits."""


def fill_in(form: Form, first: BoundForm, answers: Mapping[str, Any], seed: str) -> Typed:
    """What the page sends once everything that applies is answered.

    Args:
        first: the page as it is opened.
        answers: what the story says. A person or place that does not exist is replaced.
        seed: the same seed fills the rest in the same way.

    Raises:
        NotAnswerable: the form and the story do not fit.
    """
    typed, said = _as_posted(first), set[str]()
    for key, value in answers.items():
        said |= _put(first, typed, key, value)
    fitting: dict[str, Iterator[Typed]] = {}
    around = first.around
    for _ in range(MOST_ROUNDS):
        bound = form.bind(typed, around.known, options=around.options, env=around.env)
        if bound.validate():
            return typed
        for problem in bound.errors:
            if problem.key in said:
                raise NotAnswerable(f"{problem.key}: {problem.words}")
            if problem.key not in fitting:
                fitting[problem.key] = _fitting(bound, problem.key, seed)
            better = next(fitting[problem.key], None)
            if better is None:
                raise NotAnswerable(f"nothing fits {problem.key or 'the page'}: {problem.words}")
            typed.update(better)
    raise NotAnswerable(f"after {MOST_ROUNDS} tries something is still missing")


def fill_in_at_random(form: Form, first: BoundForm, chance: random.Random) -> Typed:
    """What the page sends when somebody answers most of it, one way or another.

    Raises:
        NotAnswerable: nothing fits a question that has to be answered.
    """
    typed, around = _as_posted(first), first.around
    for repeat in first.layout.repeats:
        if repeat.open:
            typed |= {f"{repeat.key}-{row}-_": ["1"] for row in range(chance.randint(0, 2))}
    asked: set[str] = set()
    while True:
        bound = form.bind(typed, around.known, options=around.options, env=around.env)
        new = [slot for slot in bound.slots if slot.name not in asked | bound.hidden]
        if not new:
            return fill_in(form, bound, {}, str(chance.random()))
        for slot in new:
            asked.add(slot.name)
            if not slot.field.readonly and chance.random() < 0.8:
                value = _any_value(bound, slot, chance)
                typed.update(typed_from(slot.field, slot.name, value))


def _any_value(bound: BoundForm, slot: Slot, chance: random.Random) -> object:
    if slot.field.kind is Kind.SEVERAL:
        values = [choice.value for choice in bound.choices(slot.field)]
        return chance.sample(values, chance.randint(0, len(values)))
    return chance.choice([*itertools.islice(_values(bound, slot, chance), 8), None])


def _as_posted(first: BoundForm) -> Typed:
    """What the page would send if nobody touched it."""
    readonly = {f"{f.key}{part}" for f in first.layout.fields if f.readonly for part in f.parts}
    typed = {name: list(said) for name, said in first.raw.items() if name not in readonly}
    marks = {f"{key}-{row}-_": ["1"] for key, rows in first.rows.items() for row in rows}
    return {**marks, **typed}


def _put(first: BoundForm, typed: Typed, key: str, value: object) -> set[str]:
    """Type one answer; returns the names it went to."""
    fields = {f.key: f for f in first.layout.fields}
    repeats = {repeat.key: repeat for repeat in first.layout.repeats}
    if key in repeats:
        return _put_rows(first, typed, repeats[key], value)
    if key not in fields:
        raise NotAnswerable(f"there is no question {key}; there are {sorted(fields)}")
    if fields[key].readonly:
        return set()
    for part in fields[key].parts:
        typed.pop(f"{key}{part}", None)
    typed.update(_typed(first, fields[key], key, value))
    return {key}


def _put_rows(first: BoundForm, typed: Typed, repeat: Repeat, value: object) -> set[str]:
    assert isinstance(value, list), f"{repeat.key} is a list"
    if repeat.open:
        for name in [name for name in typed if name.startswith(f"{repeat.key}-")]:
            del typed[name]
    said = {repeat.key}
    for row, item in enumerate(value):
        given = item if isinstance(item, Mapping) else {repeat.label_key: item}
        typed[f"{repeat.key}-{row}-_"] = ["1"]
        for field in repeat.fields:
            if field.key in given and not (field.readonly and not repeat.open):
                name = f"{repeat.key}-{row}-{field.key}"
                typed.update(_typed(first, field, name, given[field.key]))
                said.add(name)
    return said


def _typed(bound: BoundForm, field: Field, name: str, value: object) -> Typed:
    if field.options_from and isinstance(value, str):
        known = [choice.value for choice in bound.choices(field)]
        if known and value not in known:
            value = _first_known(known)
    return typed_from(field, name, value)


def _first_known(values: list[str]) -> str:
    """People by their ids, so that it is the same person wherever the ids of a database begin."""
    return min(values, key=int) if all(map(str.isdecimal, values)) else values[0]


def _fitting(bound: BoundForm, name: str, seed: str) -> Iterator[Typed]:
    """One way after the other to answer a question."""
    slot = next((slot for slot in bound.slots if slot.name == name), None)
    if slot is None:
        if any(repeat.key == name for repeat in bound.layout.repeats):
            yield {f"{name}-0-_": ["1"], **_first_of(bound, name, seed)}
        return
    for value in _values(bound, slot, random.Random(f"{seed} {name}")):
        yield typed_from(slot.field, name, value)


def _first_of(bound: BoundForm, key: str, seed: str) -> Typed:
    """Something in the row, so that it does not count as empty."""
    repeat = next(repeat for repeat in bound.layout.repeats if repeat.key == key)
    slot = Slot(repeat.fields[0], f"{key}-0-{repeat.fields[0].key}", repeat, 0)
    value = next(_values(bound, slot, random.Random(seed)))
    return typed_from(slot.field, slot.name, value)


def _values(bound: BoundForm, slot: Slot, chance: random.Random) -> Iterator[object]:
    field = slot.field
    match field.kind:
        case Kind.CHOICE | Kind.LIST_CHOICE | Kind.SEVERAL:
            values = [choice.value for choice in bound.choices(field)]
            yield from chance.sample(values, len(values))
        case Kind.YES:
            yield True
        case Kind.NUMBER:
            yield from _numbers(field)
        case Kind.MOMENT:
            for days in DAYS:
                yield f"{clock.today() + timedelta(days=days)}T10:00"
        case _:
            yield from _texts(field)


def _numbers(field: Field) -> Iterator[float]:
    low, high = field.rules.minimum, field.rules.maximum
    yield low if low is not None else 1
    yield high if high is not None else 2


def _texts(field: Field) -> Iterator[str]:
    match field.rules.format:
        case "email":
            yield "somebody@example.org"
        case "phone":
            yield "01632 960000"
        case _:
            least = field.rules.min_length or 0
            words = f"Said about: {field.label}. "
            yield (words * (1 + least // len(words)))[: field.rules.max_length or 200]
            yield from ("12", "2026", "HU1 1AA")
