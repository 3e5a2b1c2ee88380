"""What a form consists of, once its JSON has been read and found fit for a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app import feel


class Kind(StrEnum):
    """The component types of form-js that ask something."""

    TEXT = "textfield"
    LONG_TEXT = "textarea"
    NUMBER = "number"
    CHOICE = "radio"
    LIST_CHOICE = "select"
    SEVERAL = "checklist"
    YES = "checkbox"
    MOMENT = "datetime"


class Subtype(StrEnum):
    DATE = "date"
    TIME = "time"
    DATE_AND_TIME = "datetime"


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Condition:
    """When something is hidden. ``text`` is the FEEL without its ``=``; browsers read it too."""

    text: str
    expression: feel.Expression


@dataclass(frozen=True)
class Rules:
    """What an answer must satisfy besides being there."""

    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    #: In FEEL's words for patterns.
    pattern: str | None = None
    #: ``email`` or ``phone``
    format: str | None = None
    #: ``today``, an ISO date, the key of another question, or an expression.
    not_before: "str | feel.Expression | None" = None
    not_after: "str | feel.Expression | None" = None
    #: An expression that must not be false.
    check: "feel.Expression | None" = None


@dataclass(frozen=True)
class Field:
    """One question."""

    key: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool = False
    readonly: bool = False
    subtype: Subtype = Subtype.DATE
    choices: tuple[Choice, ...] = ()
    #: Name of the list of choices that the page's host has to give.
    options_from: str | None = None
    #: Every condition that hides it: its own and those of the groups around it.
    conditions: tuple[Condition, ...] = ()
    rules: Rules = Rules()
    #: The form's own error wording, by ``errorRequired`` and the like.
    wording: Mapping[str, str] = field(default_factory=dict)
    #: Path of the known fact it starts with, such as ``family.name``.
    prefill: str | None = None
    default: object = None
    prefix: str = ""
    suffix: str = ""
    #: Further custom properties, for how it looks: ``rows``, ``width``, ``autocomplete``.
    look: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditional(self) -> bool:
        return bool(self.conditions)

    @property
    def parts(self) -> tuple[str, ...]:
        """Endings of the names it is posted under; a single empty one for most kinds."""
        if self.kind is not Kind.MOMENT:
            return ("",)
        date_parts = ("-day", "-month", "-year")
        if self.subtype is Subtype.DATE:
            return date_parts
        return ("-time",) if self.subtype is Subtype.TIME else (*date_parts, "-time")


@dataclass(frozen=True)
class Question:
    """A field where it stands on the page. ``hide`` is its own condition only."""

    field: Field
    hide: Condition | None = None


@dataclass(frozen=True)
class Prose:
    """Something to read. ``kind`` is ``heading``, ``paragraph``, ``list`` or ``line``."""

    kind: str
    lines: tuple[str, ...] = ()
    hide: Condition | None = None


@dataclass(frozen=True)
class Group:
    id: str
    label: str
    parts: "tuple[Part, ...]"
    hide: Condition | None = None


@dataclass(frozen=True)
class Repeat:
    """Questions asked once for each person, action and so on. Its answer is a list."""

    key: str
    label: str
    parts: "tuple[Question | Prose | Group, ...]"
    hint: str = ""
    required: bool = False
    #: Whether people may add and remove rows; otherwise the rows are those it starts with.
    open: bool = True
    first_rows: int = 1
    max_rows: int = 30
    #: The question whose answer names a row.
    row_label: str = ""
    #: What one row is, such as "Child": its title until that question is answered.
    row_name: str = ""
    add_label: str = "Add another"
    prefill: str | None = None
    hide: Condition | None = None
    conditions: tuple[Condition, ...] = ()
    wording: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(_fields(self.parts))

    @property
    def label_key(self) -> str:
        """The question that names a row: the one the form says, or the first."""
        return self.row_label or self.fields[0].key


Part = Question | Prose | Group | Repeat


@dataclass(frozen=True)
class Layout:
    """A whole form as it is laid out on the page."""

    id: str
    parts: tuple[Part, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The questions outside lists, in page order."""
        return tuple(_fields(self.parts))

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        return tuple(part for part in walk(self.parts) if isinstance(part, Repeat))

    @property
    def option_lists(self) -> frozenset[str]:
        """Names of the lists of choices that whoever shows the form must give."""
        everything = [*self.fields, *(f for repeat in self.repeats for f in repeat.fields)]
        return frozenset(f.options_from for f in everything if f.options_from)

    @property
    def names_read(self) -> frozenset[str]:
        """Known facts that conditions and rules read, besides the form's own questions."""
        own = {f.key for f in self.fields} | {repeat.key for repeat in self.repeats}
        read = _names(self.fields, [c for r in self.repeats for c in r.conditions])
        for repeat in self.repeats:
            read |= _names(repeat.fields, []) - {f.key for f in repeat.fields}
        return frozenset(read - own)

    @property
    def starts_from(self) -> frozenset[str]:
        """Known facts that questions start with: the first names of their paths."""
        rows = [f.prefill for repeat in self.repeats for f in repeat.fields]
        paths = [f.prefill for f in self.fields] + [r.prefill for r in self.repeats] + rows
        return frozenset(path.partition(".")[0] for path in paths if path)


def walk(parts: "tuple[Part, ...]") -> Iterator[Part]:
    """Every part of a page in order; groups are entered, lists are not."""
    for part in parts:
        yield part
        if isinstance(part, Group):
            yield from walk(part.parts)


def _fields(parts: "tuple[Part, ...]") -> Iterator[Field]:
    return (part.field for part in walk(parts) if isinstance(part, Question))


def _names(fields: tuple[Field, ...], conditions: list[Condition]) -> set[str]:
    expressions = [c.expression for f in fields for c in f.conditions]
    expressions += [c.expression for c in conditions]
    for f in fields:
        rules = (f.rules.not_before, f.rules.not_after, f.rules.check)
        expressions += [rule for rule in rules if isinstance(rule, feel.Expression)]
    return {name for expression in expressions for name in expression.names}
