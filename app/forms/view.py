"""How a bound form looks: blocks for the template, with parameters for the GOV.UK components."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app import feel
from app.forms.bound import Bound, row_slots
from app.forms.inputs import Drawn, inputs_for
from app.forms.model import Field, Group, Kind, Part, Prose, Question, Repeat
from app.forms.values import clean

#: What the browser's script puts in place of the row number of a new row.
NEW_ROW = "__row__"
LONGEST_TITLE = 70


@dataclass(frozen=True)
class Row:
    """One row of a list. ``number`` counts from 1; ``index`` is the one in the names."""

    index: str
    number: int
    title: str
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Block:
    """One thing on the page.

    ``kind`` is ``question`` (``macro`` and ``params`` of a GOV.UK component), ``readonly``,
    ``group``, ``list``, ``heading``, ``paragraph``, ``bullets``, ``line`` or ``carried`` (nothing
    to see).
    """

    kind: str
    #: FEEL for the browser; the block does not apply while it is true.
    hide: str = ""
    macro: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    hint: str = ""
    lines: tuple[str, ...] = ()
    #: Needs the whole width of a row.
    wide: bool = False
    blocks: "tuple[Block, ...]" = ()
    #: Only for lists.
    key: str = ""
    error: str = ""
    rows: tuple[Row, ...] = ()
    new_row: Row | None = None
    repeat: Repeat | None = None
    #: A list of one thing a row that nobody fills in: its rows are lines, not boxes.
    plain: bool = False
    #: Hidden boxes that carry what is only read: name, value, kind.
    carried: tuple[tuple[str, str, str], ...] = ()


class BoundForm(Bound):
    """A form on its page: ``blocks`` to show, ``validate()``, ``errors``, ``answers``, ``raw``."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self._blocks(self.layout.parts, None, "")

    @property
    def known_for_browser(self) -> str:
        """JSON of the facts that conditions read and the page has no box for."""
        wanted = {
            name
            for hidden in self._all_conditions()
            for name in hidden.names
            if name in self.around.known
        }
        facts: dict[str, object] = {name: self.around.known[name] for name in sorted(wanted)}
        for one in self.layout.fields:
            if one.readonly:
                facts[one.key] = self.readings[one.key].value
        return json.dumps(feel.to_json(feel.from_json(facts)))

    def _all_conditions(self) -> Iterable[feel.Expression]:
        lists = self.layout.repeats
        inside = (one for repeat in lists for one in repeat.fields)
        for one in (*self.layout.fields, *inside):
            yield from (condition.expression for condition in one.conditions)
        for repeat in lists:
            yield from (condition.expression for condition in repeat.conditions)

    def _errors_by_name(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for problem in self.errors:
            found.setdefault(problem.key, problem.words)
        return found

    def _blocks(
        self, parts: Iterable[Part], repeat: Repeat | None, row: int | str
    ) -> tuple[Block, ...]:
        return tuple(block for part in parts for block in self._block(part, repeat, row))

    def _block(self, part: Part, repeat: Repeat | None, row: int | str) -> Iterable[Block]:
        hide = part.hide.text if part.hide else ""
        match part:
            case Question():
                name = f"{repeat.key}-{row}-{part.field.key}" if repeat else part.field.key
                yield from self._question(part.field, name, hide, in_row=repeat is not None)
            case Group():
                inside = self._blocks(part.parts, repeat, row)
                yield Block("group", hide, label=part.label, blocks=inside, wide=True)
            case Repeat():
                yield self._list(part, hide)
            case Prose():
                kind = "bullets" if part.kind == "list" else part.kind
                yield Block(kind, hide, lines=part.lines, wide=True)

    def _question(self, one: Field, name: str, hide: str, *, in_row: bool) -> Iterable[Block]:
        if one.readonly:
            yield self._readonly(one, name, hide, in_row=in_row)
            return
        drawn = tuple(
            inputs_for(
                Drawn(one, name, self.raw, self.choices(one), self._errors_by_name().get(name, "")),
                small=in_row,
            )
        )
        wide = one.kind in (Kind.LONG_TEXT, Kind.SEVERAL) or (
            one.kind is Kind.CHOICE and len(one.choices) > 2
        )
        if len(drawn) == 1:
            macro, params = drawn[0]
            yield Block("question", hide, macro, params, wide=wide)
        else:
            both = tuple(Block("question", macro=macro, params=params) for macro, params in drawn)
            yield Block("together", hide, blocks=both, wide=True)

    def _readonly(self, one: Field, name: str, hide: str, *, in_row: bool) -> Block:
        typed = [clean(text) for part in one.parts for text in self.raw.get(f"{name}{part}", ())]
        labels = {choice.value: choice.label for choice in self.choices(one)}
        if one.kind is Kind.MOMENT:
            shown = "/".join(typed)
        else:
            shown = ", ".join(labels.get(text, text) for text in typed)
        kind = "number" if one.kind is Kind.NUMBER else ""
        carried = tuple(
            (f"{name}{part}", clean(text), kind)
            for part in one.parts
            for text in self.raw.get(f"{name}{part}", ())
            if in_row
        )
        return Block(
            "readonly",
            hide,
            label=one.label,
            hint=one.hint,
            lines=tuple(shown.splitlines()) or ("Nothing recorded",),
            wide=one.kind is Kind.LONG_TEXT,
            carried=carried,
        )

    def _list(self, repeat: Repeat, hide: str) -> Block:
        rows = tuple(
            self._row(repeat, row, number) for number, row in enumerate(self.rows[repeat.key], 1)
        )
        return Block(
            "list",
            hide,
            label=repeat.label,
            hint=repeat.hint,
            wide=True,
            key=repeat.key,
            error=self._errors_by_name().get(repeat.key, ""),
            rows=rows,
            new_row=self._row(repeat, NEW_ROW, 0) if repeat.open else None,
            repeat=repeat,
            plain=not repeat.open and len(repeat.parts) == 1 and repeat.fields[0].readonly,
        )

    def _row(self, repeat: Repeat, row: int | str, number: int) -> Row:
        named = self._title(repeat, row) if isinstance(row, int) else ""
        title = named or repeat.row_name or repeat.label
        blocks = tuple(
            _told_once(block, named) for block in self._blocks(repeat.parts, repeat, row)
        )
        return Row(str(row), number, title, blocks)

    def _title(self, repeat: Repeat, row: int) -> str:
        """What the row is about, if its naming question has an answer."""
        if not repeat.row_label:
            return ""
        slot = next(s for s in row_slots(repeat, row) if s.field.key == repeat.row_label)
        typed = clean((self.raw.get(slot.name) or ("",))[0])
        label = next((c.label for c in self.choices(slot.field) if c.value == typed), typed)
        first_line = label.partition("\n")[0]
        return first_line if len(first_line) <= LONGEST_TITLE else first_line[:LONGEST_TITLE] + "…"


def _told_once(block: Block, title: str) -> Block:
    """What the title of a row says already is only carried along."""
    if block.kind == "readonly" and title and block.lines == (title,):
        return replace(block, kind="carried")
    return block
