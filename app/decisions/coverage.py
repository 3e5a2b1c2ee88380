"""What a decision table says about every value there could be: gaps, overlaps, rows never used.

Each column is cut at the values its cells name; between two cuts all values fare alike, so a few
samples stand for all. A cell that reads other names, or the clock, is neither believed to match
nor to miss.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from app.calendars import WorkingCalendar
from app.decisions.conforming import written_types
from app.decisions.elements import Decision
from app.decisions.hit_policies import Row
from app.decisions.model import Model
from app.decisions.results import DecisionRun
from app.decisions.samples import OTHER, alike, around, is_given, is_moment
from app.decisions.table import Input, Table
from app.feel.environment import Environment
from app.feel.errors import LimitReached
from app.feel.functions import BUILT_INS
from app.feel.scope import Scope
from app.feel.syntax.leaves import InputValue, Literal, Name, Temporal
from app.feel.syntax.node import INPUT_VALUE, Node
from app.feel.syntax.tests import Anything

MOST_LOOKS = 20_000
MOST_GAPS = 3
MOST_SAMPLES = 200
_NEEDS_ANSWER = frozenset(("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER"))
_OF_THE_CLOCK = frozenset(("now", "today"))
_SOME_DAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
#: A piece that is no value by itself, or one that cannot be worked out.
_NO_VALUE = (
    LimitReached,
    ArithmeticError,
    TypeError,
    ValueError,
    RecursionError,
    NotImplementedError,
)
#: Column label to a value for which something is so.
Example = dict[str, object]


@dataclass(frozen=True)
class Pair:
    """Two rows, counted from 0, that fit the same case. ``agree`` says they give the same."""

    first: int
    second: int
    example: Example
    agree: bool


@dataclass
class Coverage:
    """``gaps`` are cases no row fits; ``hidden`` rows that are never used.

    ``whole`` is False when there was more to look at than is worth it.
    """

    pairs: list[Pair] = field(default_factory=list)
    gaps: list[Example] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    whole: bool = True


def tables(model: Model) -> Iterator[tuple[Decision, Table]]:
    """The decisions that are made by a table."""
    for element in model.elements.values():
        if isinstance(element, Decision) and isinstance(element.body, Table):
            yield element, element.body


def coverage(
    model: Model,
    table: Table,
    known: Mapping[str, Iterable[object]],
    fed: Sequence[frozenset[object] | None] = (),
) -> Coverage:
    """Look at a table as a whole.

    Args:
        known: values that a name can have, perhaps not all.
        fed: for each column all that can stand in it besides nothing; None where that is not known.
    """
    return _Looking(model, table, known, fed).all()


def possible_outputs(model: Model, table: Table) -> dict[str, frozenset[object] | None]:
    """The values each output column can give; None where that is worked out."""
    looking = _Looking(model, table, {})
    found: dict[str, frozenset[object] | None] = {}
    for position, column in enumerate(table.outputs):
        nodes = [rule.outputs[position] for rule in table.rules]
        nodes += [] if column.default is None else [column.default]
        values = [looking.constant(node) for node in nodes]
        known = [value for value in values if isinstance(value, str | bool | Decimal)]
        found[column.name] = frozenset(known) if len(known) == len(values) else None
    return found


class _Looking:
    def __init__(
        self,
        model: Model,
        table: Table,
        known: Mapping[str, Iterable[object]],
        fed: Sequence[frozenset[object] | None] = (),
    ) -> None:
        env = Environment(now=_SOME_DAY, calendar=WorkingCalendar())
        run = DecisionRun(env, {})
        run.types = written_types(model.types, run)
        self._scope = Scope(run, {})
        self._table = table
        self._known = known
        self._fed = fed or [None] * len(table.inputs)
        self._looks = MOST_LOOKS

    def all(self) -> Coverage:
        columns = range(len(self._table.inputs))
        self._samples = [self._samples_of(n, self._table.inputs[n]) for n in columns]
        #: For each column and sample: rows that surely match, and rows that may, as bits.
        matches = [self._matches(number) for number in columns]
        self._sure = [sure for sure, _ in matches]
        self._may = [may for _, may in matches]
        return self._found()

    def _found(self) -> Coverage:
        found = Coverage()
        policy = self._table.policy
        if policy in {"UNIQUE", "ANY"}:
            found.pairs = list(self._pairs())
        everything = (1 << len(self._table.rules)) - 1
        if policy in _NEEDS_ANSWER and not any(c.default is not None for c in self._table.outputs):
            found.gaps = self._open(everything, self._may, self._usual())
        found.hidden = [n for n in range(len(self._table.rules)) if self._is_hidden(n)]
        found.whole = self._looks > 0
        return found

    # ------------------------------------------------------------------ samples

    def constant(self, node: Node) -> object:
        """The value of something that reads nothing; None when it does."""
        names = node.free_names(frozenset())
        if names - BUILT_INS.keys() or names & _OF_THE_CLOCK or _asks(node):
            return None
        try:
            return node.value(self._scope)
        except _NO_VALUE:
            return None

    def _samples_of(self, number: int, column: Input) -> list[object]:
        cells = [rule.tests[number] for rule in self._table.rules]
        named = [value for cell in cells for value in self._named(cell)]
        if column.allowed is not None:
            named += self._named(column.allowed)
        read = column.expression
        offered = list(self._known.get(read.name, ())) if isinstance(read, Name) else []
        offered += self._fed[number] or ()
        samples = around([*named, *offered])
        if not offered and any(isinstance(sample, str) for sample in samples):
            samples.append(OTHER)
        samples = [s for s in samples if self._is_allowed(column, s)]
        return [*samples[:MOST_SAMPLES], None]

    def _is_allowed(self, column: Input, value: object) -> bool:
        return column.allowed is None or self._test(column.allowed, value) is not False

    def _named(self, node: Node) -> list[object]:
        """Every value that a cell names, at any depth."""
        value = None if isinstance(node, Anything) else self.constant(node)
        if isinstance(node, Literal | Temporal) or is_moment(value):
            return [value]
        return [found for child in node.children() for found in self._named(child)]

    def _test(self, cell: Node, value: object) -> bool | None:
        """Whether a cell fits a value; None when that depends on more."""
        if isinstance(cell, Anything):
            return True
        names = cell.free_names(frozenset())
        if names - BUILT_INS.keys() or names & _OF_THE_CLOCK or _asks(cell):
            return None
        try:
            return cell.value(self._scope.inner({INPUT_VALUE: value})) is True
        except _NO_VALUE:
            return None

    def _matches(self, number: int) -> tuple[list[int], list[int]]:
        cells = [rule.tests[number] for rule in self._table.rules]
        sure, may = [], []
        for sample in self._samples[number]:
            fits = [self._test(cell, sample) for cell in cells]
            sure.append(sum(1 << row for row, fit in enumerate(fits) if fit))
            may.append(sum(1 << row for row, fit in enumerate(fits) if fit is not False))
        return sure, may

    def _usual(self) -> list[list[int]]:
        """Samples that people give: no table has to have an answer for nothing, or for any text."""
        return [
            [n for n, sample in enumerate(samples) if is_given(sample, fed)]
            for samples, fed in zip(self._samples, self._fed, strict=True)
        ]

    # ------------------------------------------------------------------ looking

    def _pairs(self) -> Iterator[Pair]:
        rows = self._table.rules
        outputs = [self._row(number) for number in range(len(rows))]
        for second in range(len(rows)):
            for first in range(second):
                self._looks -= 1
                if self._looks < 0:
                    return
                example = self._both(first, second)
                if example is not None:
                    same = outputs[first] is not None and outputs[first] == outputs[second]
                    yield Pair(first, second, example, same)

    def _row(self, number: int) -> Row | None:
        nodes = self._table.rules[number].outputs
        values = tuple(self.constant(node) for node in nodes)
        return None if None in values else values

    def _both(self, first: int, second: int) -> Example | None:
        both = 1 << first | 1 << second
        example: Example = {}
        for column, samples, sure in zip(
            self._table.inputs, self._samples, self._sure, strict=True
        ):
            at = next((n for n, bits in enumerate(sure) if bits & both == both), None)
            if at is None:
                return None
            if samples[at] is not None:
                example[column.label] = samples[at]
        return example

    def _is_hidden(self, number: int) -> bool:
        """Whether no value reaches the row past those above it."""
        mine = 1 << number
        within = [[n for n, bits in enumerate(may) if bits & mine] for may in self._may]
        if any(samples and not here for samples, here in zip(self._samples, within, strict=True)):
            return True
        if self._table.policy != "FIRST" or not number:
            return False
        return not self._open(mine - 1, self._sure, within, most=1)

    def _open(
        self,
        rows: int,
        fits: Sequence[Sequence[int]],
        within: Sequence[Iterable[int]],
        *,
        most: int = MOST_GAPS,
    ) -> list[Example]:
        """Cases, made of the samples in ``within``, that none of ``rows`` fits.

        When there is too much to look at, one that stands for not knowing.
        """
        found: list[Example] = []
        order = [list(alike(fit, each)) for fit, each in zip(fits, within, strict=True)]
        always = self._always(fits)

        def look(column: int, alive: int, example: Example) -> None:
            self._looks -= 1
            if len(found) >= most or self._looks < 0:
                return
            if not alive:
                found.append(dict(example))
            elif column < len(order) and not alive & always[column]:
                if not order[column]:
                    look(column + 1, alive, example)
                for at in order[column]:
                    label = self._table.inputs[column].label
                    sample = self._samples[column][at]
                    look(column + 1, alive & fits[column][at], {**example, label: sample})

        look(0, rows, {})
        return found if self._looks >= 0 or most > 1 else [{}]

    def _always(self, fits: Sequence[Sequence[int]]) -> list[int]:
        """For each column, the rows that fit whatever stands there and in all later ones."""
        found = [-1]
        for column in reversed(fits):
            bits = found[0]
            for each in column:
                bits &= each
            found.insert(0, bits)
        return found[:-1]


def _asks(node: Node) -> bool:
    """Whether a cell works something out of the value it tests."""
    return isinstance(node, InputValue) or any(_asks(child) for child in node.children())
