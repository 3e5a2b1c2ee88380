"""Which values an answer can have, where forms and tables say so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.decisions.coverage import possible_outputs, tables
from app.definitions.library import View
from app.forms import Field, Form, Kind


@dataclass(frozen=True)
class Domain:
    """``kinds`` are FEEL's words for what it may be; ``options`` the only values there are.

    None in either place: anything. ``sources`` say who gives it, in words. ``items`` are the only
    values a list can hold.
    """

    kinds: frozenset[str] | None = None
    options: frozenset[object] | None = None
    sources: tuple[str, ...] = ()
    items: frozenset[object] | None = None

    def or_else(self, other: "Domain") -> "Domain":
        """What it may be when it comes from either place."""
        kinds, options, items = None, None, None
        if self.kinds is not None and other.kinds is not None:
            kinds = self.kinds | other.kinds
        if self.options is not None and other.options is not None:
            options = self.options | other.options
        if self.items is not None and other.items is not None:
            items = self.items | other.items
        sources = tuple(dict.fromkeys((*self.sources, *other.sources)))
        return Domain(kinds, options, sources, items)

    @property
    def source(self) -> str:
        """All of ``sources``; empty where nobody can be named."""
        some = " or ".join(self.sources[:MOST_SOURCES])
        return f"{some} or others" if len(self.sources) > MOST_SOURCES else some


ANYTHING = Domain()
MOST_SOURCES = 3
_KINDS = {
    Kind.TEXT: "string",
    Kind.LONG_TEXT: "string",
    Kind.NUMBER: "number",
    Kind.CHOICE: "string",
    Kind.LIST_CHOICE: "string",
    Kind.SEVERAL: "list",
    Kind.YES: "boolean",
}


def of_form(form: Form) -> Iterator[tuple[str, Domain]]:
    for field in form.fields:
        yield field.key, of_field(field)
    for repeat in form.lists:
        yield repeat.key, Domain(frozenset(("list",)), None, (f"the form “{form.id}”",))


def of_field(field: Field) -> Domain:
    source = (f"the answer to “{field.label}”",)
    kind = _KINDS.get(field.kind)
    if kind is None:  # dates travel as text, and are compared after date(…)
        return Domain(None, None, source)
    if field.kind not in {Kind.CHOICE, Kind.LIST_CHOICE, Kind.SEVERAL} or field.options_from:
        return Domain(frozenset((kind,)), None, source)
    offered = frozenset[object](choice.value for choice in field.choices)
    if field.kind is Kind.SEVERAL:
        return Domain(frozenset((kind,)), None, source, offered)
    return Domain(frozenset((kind,)), offered, source)


@lru_cache(maxsize=16)
def options_by_name(view: View) -> dict[str, Iterable[object]]:
    """Every value that some form offers, or some table gives, under a name."""
    found: dict[str, set[object]] = {}
    for form in view.forms.values():
        for name, domain in of_form(form):
            found.setdefault(name, set()).update(domain.options or ())
    for model in dict.fromkeys(view.models.values()):
        for decision, table in tables(model):
            outputs = possible_outputs(model, table)
            if len(outputs) == 1:
                found.setdefault(decision.name, set()).update(*(v or () for v in outputs.values()))
    return dict(found)
