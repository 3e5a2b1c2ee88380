"""Boxed expressions and tables out of XML."""

from collections.abc import Callable, Mapping

from lxml import etree

from app.decisions.boxed import (
    Broken,
    Conditional,
    Entries,
    FunctionBox,
    Invocation,
    QuantifiedBox,
    Relation,
    Typed,
    TypedEntry,
)
from app.decisions.errors import DmnRefused
from app.decisions.table_reading import read_table
from app.decisions.types import ANYTHING, Callable_, Type, named, resolved
from app.decisions.xml import child, children, refusal, tag, text_of
from app.feel.errors import FeelSyntaxError
from app.feel.expression import parse, parse_unary
from app.feel.names import needs_telling, normal
from app.feel.syntax.access import Filter
from app.feel.syntax.control import Loop, Turn
from app.feel.syntax.leaves import ListOf, Literal
from app.feel.syntax.node import Node

NOT_FEEL = "Expressions must be written in FEEL"
DEEPEST_BOXES = 40


class ExpressionReader:
    """Reads the expressions of one model. ``names`` are all its names, for those with spaces."""

    def __init__(self, names: frozenset[str], types: Mapping[str, Type], *, strict: bool) -> None:
        #: Those that are not plain words: the others need no telling.
        self._names = frozenset(filter(needs_telling, names))
        self._types = types
        self._strict = strict
        self._depth = 0
        self._readers: dict[str, Callable[[etree._Element, str], Node]] = {
            "literalExpression": self._literal,
            "decisionTable": self._table,
            "context": self._context,
            "invocation": self._invocation,
            "functionDefinition": lambda xml, name: self.function(xml, name, ANYTHING),
            "relation": self._relation,
            "list": self._list,
            "conditional": self._conditional,
            "for": self._loop,
            "some": self._quantified,
            "every": self._quantified,
            "filter": self._filter,
        }

    def optional(self, parent: etree._Element, name: str) -> Node | None:
        """The expression that is a child of ``parent``, if there is one.

        Raises:
            DmnRefused: it cannot be read.
        """
        xml = child(parent, *self._readers)
        return None if xml is None else self._any(xml, name)

    def required(self, parent: etree._Element, name: str) -> Node:
        found = self.optional(parent, name)
        if found is None:
            return self._broken(refusal(f"“{name}” lacks an expression", parent))
        return found

    def type(self, name: str | None) -> Type:
        return named(name, self._types)

    def feel(self, text: str, where: etree._Element) -> Node:
        """An expression; nothing written means null."""
        if not text:
            return Literal(None)
        if not _in_feel(where):
            return self._broken(refusal(NOT_FEEL, where))
        try:
            return parse(text, self._names).node
        except FeelSyntaxError as error:
            return self._broken(refusal(f"“{_short(text)}”: {error}", where))

    def tests(self, text: str, where: etree._Element) -> Node:
        """Unary tests; nothing written means anything."""
        if text and not _in_feel(where):
            return self._broken(refusal(NOT_FEEL, where))
        try:
            return parse_unary(text, self._names).node
        except FeelSyntaxError as error:
            return self._broken(refusal(f"“{_short(text)}”: {error}", where))

    def function(self, xml: etree._Element, name: str, result: Type) -> Node:
        """A function definition, also the encapsulated logic of a business knowledge model."""
        parameters = tuple(
            (normal(part.get("name") or ""), self.type(part.get("typeRef")))
            for part in children(xml, "formalParameter")
        )
        if xml.get("kind", "FEEL") != "FEEL":
            return self._broken(refusal("Functions in other languages are not run", xml))
        body = self.required(xml, name)
        own = self.type(xml.get("typeRef"))
        # the variable of a knowledge model has the function's type, or that of its result
        promised = [type_ for type_ in (own, result) if isinstance(resolved(type_), Callable_)]
        if result is not ANYTHING and result not in promised:
            body = Typed(body, result, name)
        box: Node = FunctionBox(name, parameters, body)
        for type_ in promised:
            box = Typed(box, type_, name)
        return box

    def _broken(self, error: DmnRefused) -> Node:
        if self._strict:
            raise error
        return Broken(str(error))

    def _any(self, xml: etree._Element, name: str) -> Node:
        self._depth += 1
        if self._depth > DEEPEST_BOXES:
            raise refusal("Expressions are nested too deeply", xml)
        node = self._readers[tag(xml)](xml, name)
        self._depth -= 1
        result = self.type(xml.get("typeRef"))
        # the result of a function definition is a function, whatever type its result has
        if result is ANYTHING or tag(xml) == "functionDefinition":
            return node
        return Typed(node, result, f"“{name}”")

    def _literal(self, xml: etree._Element, name: str) -> Node:
        return self.feel(text_of(xml), xml)

    def _table(self, xml: etree._Element, name: str) -> Node:
        try:
            return read_table(xml, name, self)
        except DmnRefused as error:
            return self._broken(error)

    def _context(self, xml: etree._Element, name: str) -> Node:
        entries: list[tuple[str | None, Node]] = []
        for part in children(xml, "contextEntry"):
            variable = child(part, "variable")
            key = normal(variable.get("name") or "") if variable is not None else None
            node = self.required(part, key or name)
            type_ = self.type(variable.get("typeRef") if variable is not None else None)
            entries.append(
                (key, node if type_ is ANYTHING else TypedEntry(node, type_, f"“{key}”"))
            )
        return Entries(tuple(entries))

    def _invocation(self, xml: etree._Element, name: str) -> Node:
        bindings: list[tuple[str, Node]] = []
        for part in children(xml, "binding"):
            parameter = child(part, "parameter")
            key = normal(parameter.get("name") or "") if parameter is not None else ""
            type_ = self.type(parameter.get("typeRef") if parameter is not None else None)
            node = self.required(part, key)
            bindings.append((key, node if type_ is ANYTHING else Typed(node, type_, f"“{key}”")))
        return Invocation(self.required(xml, name), tuple(bindings))

    def _relation(self, xml: etree._Element, name: str) -> Node:
        columns = tuple(normal(part.get("name") or "") for part in children(xml, "column"))
        types = [self.type(part.get("typeRef")) for part in children(xml, "column")]
        rows: list[tuple[Node, ...]] = []
        for part in children(xml, "row"):
            cells = [self._any(cell, name) for cell in children(part, *self._readers)]
            if len(cells) != len(columns):
                return self._broken(refusal("A row has more or fewer cells than columns", part))
            pairs = zip(cells, types, strict=True)
            rows.append(tuple(n if t is ANYTHING else Typed(n, t, f"“{name}”") for n, t in pairs))
        return Relation(columns, tuple(rows))

    def _list(self, xml: etree._Element, name: str) -> Node:
        return ListOf(tuple(self._any(part, name) for part in children(xml, *self._readers)))

    def _part(self, xml: etree._Element, part: str) -> Node:
        found = child(xml, part)
        if found is None:
            return self._broken(refusal(f"“{part}” is missing", xml))
        return self.required(found, part)

    def _conditional(self, xml: etree._Element, name: str) -> Node:
        return Conditional(self._part(xml, "if"), self._part(xml, "then"), self._part(xml, "else"))

    def _turn(self, xml: etree._Element) -> Turn:
        variable = normal(xml.get("iteratorVariable") or "item")
        source = child(xml, "in")
        written = None if source is None else child(source, "literalExpression")
        first, dots, last = text_of(written).partition("..")
        if dots and first and self._is_expression(first) and self._is_expression(last):
            # counted from one number or day to another, as in “for i in 1..3”
            where = xml if written is None else written
            return Turn(variable, self.feel(first, where), self.feel(last, where))
        return Turn(variable, self._part(xml, "in"))

    def _is_expression(self, text: str) -> bool:
        try:
            parse(text, self._names)
        except FeelSyntaxError:
            return False
        return True

    def _loop(self, xml: etree._Element, name: str) -> Node:
        body = self._part(xml, "return")
        partial = "partial" in body.free_names(frozenset())
        return Loop((self._turn(xml),), body, needs_partial=partial)

    def _quantified(self, xml: etree._Element, name: str) -> Node:
        body = self._part(xml, "satisfies")
        return QuantifiedBox((self._turn(xml),), body, decisive=tag(xml) == "some")

    def _filter(self, xml: etree._Element, name: str) -> Node:
        return Filter(self._part(xml, "in"), self._part(xml, "match"))


def _in_feel(xml: etree._Element) -> bool:
    """Whether an expression is in FEEL, as it says itself or the file for all; unsaid, it is."""
    said = xml.get("expressionLanguage") or xml.getroottree().getroot().get("expressionLanguage")
    return not said or "feel" in said.lower()


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
