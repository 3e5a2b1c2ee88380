"""A form with what somebody typed, or with what is known already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app import feel
from app.forms import values
from app.forms.model import Choice, Condition, Field, Layout, Repeat, walk
from app.forms.model import Question as QuestionPart
from app.forms.posted import Posted
from app.forms.rules import problem_with
from app.forms.values import Reading
from app.forms.wording import PAGE_CHANGED, TOO_MUCH

Facts = dict[str, object]


@dataclass(frozen=True)
class Problem:
    """One line of the error summary. ``anchor`` is the id of the box to mend."""

    key: str
    anchor: str
    words: str


@dataclass(frozen=True)
class Surroundings:
    """What the host knows: facts by name, lists of choices by name, time and calendar."""

    known: Mapping[str, object]
    options: Mapping[str, Sequence[Choice]]
    env: feel.Environment


@dataclass(frozen=True)
class Slot:
    """One question in one place: ``name`` differs from row to row."""

    field: Field
    name: str
    repeat: Repeat | None = None
    row: int = 0


class Bound:
    """Checks and gives the answers of one visit to the page."""

    def __init__(self, layout: Layout, posted: Posted, around: Surroundings) -> None:
        self.layout = layout
        self.around = around
        #: What was typed, by name: enough to show the page again, or to keep as a draft.
        self.raw = posted.typed
        self.rows = posted.rows
        #: "Add another" or "Remove" was pressed: show the page again, check nothing.
        self.rearranged = posted.rearranged
        self.errors: list[Problem] = []
        self._page_problem = TOO_MUCH if posted.too_much else PAGE_CHANGED if posted.foreign else ""
        self.slots = tuple(self._all_slots())
        self.readings = {slot.name: self._read(slot) for slot in self.slots}
        self.hidden = self._settle()

    # ---------------------------------------------------------------- reading

    def _all_slots(self) -> Iterator[Slot]:
        for part in walk(self.layout.parts):
            if isinstance(part, QuestionPart):
                yield Slot(part.field, part.field.key)
            elif isinstance(part, Repeat):
                for row in self.rows.get(part.key, ()):
                    yield from row_slots(part, row)

    def choices(self, field: Field) -> tuple[Choice, ...]:
        """The field's own answers, then those of the list it names."""
        given = self.around.options.get(field.options_from or "", ())
        return (*field.choices, *given)

    def _read(self, slot: Slot) -> Reading:
        return values.read(slot.field, slot.name, self.raw, self.choices(slot.field))

    # ---------------------------------------------------------------- what applies

    def _settle(self) -> frozenset[str]:
        """Names of slots and lists that do not apply.

        Hiding an answer can hide or bring back others, so it is repeated until nothing changes;
        conditions that chase each other end after as many turns as there are of them.
        """
        turns = 1 + sum(bool(slot.field.conditions) for slot in self.slots)
        turns += sum(bool(repeat.conditions) for repeat in self.layout.repeats)
        hidden: frozenset[str] = frozenset()
        for _ in range(turns):
            found = self._hidden_given(hidden)
            if found == hidden:
                break
            hidden = found
        return hidden

    def _hidden_given(self, hidden: frozenset[str]) -> frozenset[str]:
        facts = self.facts(hidden)
        gone = {r.key for r in self.layout.repeats if self._any_true(r.conditions, facts)}
        for slot in self.slots:
            if slot.repeat is None:
                here = facts
            elif slot.repeat.key in gone:
                gone.add(slot.name)
                continue
            else:
                here = {**facts, **self._row_facts(slot.repeat, slot.row, hidden)}
            if slot.field.conditions and self._any_true(slot.field.conditions, here):
                gone.add(slot.name)
        return frozenset(gone)

    def _any_true(self, conditions: Sequence[Condition], facts: Facts) -> bool:
        return any(c.expression.evaluate(facts, self.around.env).value is True for c in conditions)

    def facts(self, hidden: frozenset[str]) -> Facts:
        """Known facts and answers together, as conditions and rules see them."""
        found: Facts = dict(self.around.known)
        for repeat in self.layout.repeats:
            found[repeat.key] = (
                None
                if repeat.key in hidden
                else [self._row_facts(repeat, row, hidden) for row in self.rows[repeat.key]]
            )
        for slot in self.slots:
            if slot.repeat is None:
                found[slot.name] = self._value(slot, hidden)
        return found

    def _row_facts(self, repeat: Repeat, row: int, hidden: frozenset[str]) -> Facts:
        return {slot.field.key: self._value(slot, hidden) for slot in row_slots(repeat, row)}

    def _value(self, slot: Slot, hidden: frozenset[str]) -> object:
        return None if slot.name in hidden else self.readings[slot.name].value

    # ---------------------------------------------------------------- checking

    def validate(self) -> bool:
        """Check every answer that applies; afterwards ``errors`` holds what is wrong, in page order."""
        self.errors = []
        if self._page_problem:
            self.errors.append(Problem("", "", self._page_problem))
        facts = self.facts(self.hidden)
        for part in walk(self.layout.parts):
            if isinstance(part, QuestionPart):
                self._check(Slot(part.field, part.field.key), facts)
            elif isinstance(part, Repeat):
                self._check_rows(part, facts)
        return not self.errors

    def _check_rows(self, repeat: Repeat, facts: Facts) -> None:
        if repeat.key in self.hidden:
            return
        rows = self.filled_rows(repeat)
        if repeat.required and not rows:
            otherwise = f"Add at least one to ‘{repeat.label}’"
            self._report(
                repeat.key,
                self._list_anchor(repeat),
                repeat.wording.get("errorRequired", otherwise),
            )
        for row in rows:
            here = {**facts, **self._row_facts(repeat, row, self.hidden)}
            for slot in row_slots(repeat, row):
                self._check(slot, here)

    def _check(self, slot: Slot, facts: Facts) -> None:
        if slot.name in self.hidden or (slot.field.readonly and slot.repeat is None):
            return
        reading = self.readings[slot.name]
        field = replace(slot.field, required=False) if slot.field.readonly else slot.field
        if words := problem_with(field, reading, facts, self.around.env):
            self._report(slot.name, f"{slot.name}{reading.part or slot.field.parts[0]}", words)

    def _report(self, key: str, anchor: str, words: str) -> None:
        self.errors.append(Problem(key, anchor, words))

    def _list_anchor(self, repeat: Repeat) -> str:
        rows = self.rows[repeat.key]
        if not rows:
            return f"{repeat.key}-add"
        slot = next(s for s in row_slots(repeat, rows[0]))
        return f"{slot.name}{slot.field.parts[0]}"

    def filled_rows(self, repeat: Repeat) -> list[int]:
        """Rows that count: an empty one that people could have removed is as good as removed."""
        rows = self.rows[repeat.key]
        if not repeat.open:
            return rows
        return [row for row in rows if not self._is_blank(repeat, row)]

    def _is_blank(self, repeat: Repeat, row: int) -> bool:
        return not any(
            typed.strip()
            for slot in row_slots(repeat, row)
            if not slot.field.readonly
            for part in slot.field.parts
            for typed in self.raw.get(f"{slot.name}{part}", ())
        )

    # ---------------------------------------------------------------- answers

    @property
    def answers(self) -> dict[str, Any]:
        """The document to keep: JSON, in page order, without questions that do not apply."""
        found: dict[str, Any] = {}
        for part in walk(self.layout.parts):
            if isinstance(part, QuestionPart) and part.field.key not in self.hidden:
                found[part.field.key] = self.readings[part.field.key].value
            elif isinstance(part, Repeat) and part.key not in self.hidden:
                found[part.key] = [self._row_answers(part, row) for row in self.filled_rows(part)]
        return found

    def _row_answers(self, repeat: Repeat, row: int) -> dict[str, Any]:
        return {
            slot.field.key: self.readings[slot.name].value
            for slot in row_slots(repeat, row)
            if slot.name not in self.hidden
        }


def row_slots(repeat: Repeat, row: int) -> Iterator[Slot]:
    """The questions of one row of a list."""
    for field in repeat.fields:
        yield Slot(field, f"{repeat.key}-{row}-{field.key}", repeat, row)
