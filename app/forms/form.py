"""A form ready for use: bind it to a visit of its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from app import clock, feel
from app.calendars import WorkingCalendar
from app.errors import InvalidInput
from app.forms import values
from app.forms.bound import Surroundings
from app.forms.model import Choice, Field, Layout, Repeat
from app.forms.posted import Posted, Sent, understand
from app.forms.view import BoundForm

NOTHING: Mapping[str, object] = MappingProxyType({})
NO_OPTIONS: Mapping[str, Sequence[Choice]] = MappingProxyType({})


class DraftTooLarge(InvalidInput):
    """This page holds more than we can keep as a draft."""


@dataclass(frozen=True)
class Form:
    """Immutable; may be kept and shared between threads."""

    layout: Layout
    #: Names known facts may be needed for: conditions and rules read them.
    names_read: frozenset[str] = field(init=False)
    #: All known facts that binding can make use of; nothing else need be looked up.
    wanted: frozenset[str] = field(init=False)
    #: Names of the lists of choices to give when binding.
    option_lists: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names_read", self.layout.names_read)
        object.__setattr__(self, "wanted", self.layout.names_read | self.layout.starts_from)
        object.__setattr__(self, "option_lists", self.layout.option_lists)

    @property
    def id(self) -> str:
        return self.layout.id

    @property
    def fields(self) -> tuple[Field, ...]:
        """The questions outside lists, in page order."""
        return self.layout.fields

    @property
    def lists(self) -> tuple[Repeat, ...]:
        """The lists of rows, each with ``fields`` of its own."""
        return self.layout.repeats

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of everything the answers may hold."""
        return (*(f.key for f in self.fields), *(repeat.key for repeat in self.lists))

    def bind(
        self,
        posted: Sent | None = None,
        known: Mapping[str, object] = NOTHING,
        *,
        answers: Mapping[str, object] | None = None,
        options: Mapping[str, Sequence[Choice]] = NO_OPTIONS,
        env: feel.Environment | None = None,
    ) -> BoundForm:
        """Join the form with one visit to its page.

        Args:
            posted: what the page sent, or a draft; None shows the page for the first time.
            known: facts by name, for what questions start with and for conditions.
            answers: what was answered before, when a task is done again; goes before ``known``.
            options: choices by the name that ``optionsFrom`` gives.
            env: time and calendar; now and England's working days unless given.
        """
        env = env or feel.Environment(now=clock.now(), calendar=WorkingCalendar())
        if posted is None:
            found = self._first_page(known, answers or {})
        else:
            found = understand(self.layout, posted)
        self._add_readonly(found, known, first=posted is None)
        return BoundForm(self.layout, found, Surroundings(known, options, env))

    def draft(self, posted: Sent) -> dict[str, list[str]]:
        """What was typed, unchecked, as JSON; bind it as ``posted`` to show it again.

        Raises:
            DraftTooLarge: more than any page of ours sends.
        """
        found = understand(self.layout, posted)
        if found.too_much:
            raise DraftTooLarge
        marks = {f"{key}-{row}-_": ["1"] for key, rows in found.rows.items() for row in rows}
        return {**marks, **found.typed}

    # ---------------------------------------------------------------- first page

    def _first_page(self, known: Mapping[str, object], answers: Mapping[str, object]) -> Posted:
        found = Posted()
        for one in self.fields:
            found.typed.update(values.typed_from(one, one.key, _start(one, known, answers)))
        for repeat in self.lists:
            items = _items(repeat, known, answers)
            fixed = repeat.key in answers or (repeat.prefill is not None and not repeat.open)
            count = max(len(items), 0 if fixed else repeat.first_rows)
            found.rows[repeat.key] = list(range(min(count, repeat.max_rows)))
            for row, item in enumerate(items[: repeat.max_rows]):
                found.typed.update(_typed_row(repeat, row, item))
        return found

    def _add_readonly(self, found: Posted, known: Mapping[str, object], *, first: bool) -> None:
        """What people only read comes from us, whatever was sent.

        In a list with fixed rows it must be what the page was opened with: otherwise the rows
        have changed meanwhile, and answers would land beside the wrong one.
        """
        for one in self.fields:
            if one.readonly:
                start = values.typed_from(one, one.key, _start(one, known, {}))
                for part in one.parts:
                    found.typed.pop(f"{one.key}{part}", None)
                found.typed.update(start)
        for repeat in self.lists:
            if first or repeat.open or repeat.prefill is None:
                continue
            items = _items(repeat, known, {})
            fixed = [_typed_row(repeat, row, item) for row, item in enumerate(items)]
            if not _same_rows(repeat, found, fixed):
                found.foreign = True


def _same_rows(repeat: Repeat, found: Posted, fixed: Sequence[Mapping[str, list[str]]]) -> bool:
    if found.rows[repeat.key] != list(range(len(fixed))):
        return False
    return all(
        _plain(found.typed.get(name)) == _plain(fixed[row].get(name))
        for row in range(len(fixed))
        for one in repeat.fields
        if one.readonly
        for name in (f"{repeat.key}-{row}-{one.key}{part}" for part in one.parts)
    )


def _plain(typed: Sequence[str] | None) -> list[str]:
    return [text for text in map(values.clean, typed or ()) if text]


def _start(one: Field, known: Mapping[str, object], answers: Mapping[str, object]) -> object:
    if one.key in answers:
        return answers[one.key]
    found = look_up(known, one.prefill) if one.prefill else None
    return one.default if found is None else found


def _items(
    repeat: Repeat, known: Mapping[str, object], answers: Mapping[str, object]
) -> Sequence[object]:
    """What the rows start with: mappings by key, or single values for the row's first question."""
    items = answers.get(repeat.key)
    if items is None and repeat.prefill:
        items = look_up(known, repeat.prefill)
    return items if isinstance(items, list | tuple) else ()


def _typed_row(repeat: Repeat, row: int, item: object) -> dict[str, list[str]]:
    given = item if isinstance(item, Mapping) else {repeat.label_key: item}
    typed: dict[str, list[str]] = {}
    for one in repeat.fields:
        name = f"{repeat.key}-{row}-{one.key}"
        start = given.get(one.key)
        typed.update(values.typed_from(one, name, one.default if start is None else start))
    return typed


def look_up(known: Mapping[str, object], path: str) -> object:
    """The known fact at ``family.name``; None when some part of the way is not there."""
    found: object = known
    for step in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found
