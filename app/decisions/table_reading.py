"""Decision tables out of XML."""

from typing import Protocol

from lxml import etree

from app.decisions.boxed import Typed
from app.decisions.hit_policies import AGGREGATIONS, POLICIES, Rule
from app.decisions.table import Input, Output, Table
from app.decisions.types import ANYTHING, Type
from app.decisions.xml import child, children, refusal, text_of
from app.feel.names import normal
from app.feel.syntax.leaves import ListOf
from app.feel.syntax.node import Node
from app.feel.syntax.tests import AnyOf, Cell, ValueTest


class Cells(Protocol):
    """Reads what stands in a cell."""

    def type(self, name: str | None) -> Type: ...

    def feel(self, text: str, where: etree._Element) -> Node: ...

    def tests(self, text: str, where: etree._Element) -> Node: ...


def read_table(xml: etree._Element, name: str, expressions: Cells) -> Table:
    """Read a decision table.

    Raises:
        DmnRefused: a row with too many or too few cells, an unknown hit policy.
    """
    policy = xml.get("hitPolicy") or "UNIQUE"
    aggregation = xml.get("aggregation") or ""
    if policy not in POLICIES or aggregation not in AGGREGATIONS:
        raise refusal(f"The hit policy “{policy} {aggregation}” does not exist", xml)
    inputs = tuple(_input(part, expressions) for part in children(xml, "input"))
    outputs = tuple(_output(part, expressions) for part in children(xml, "output"))
    if not outputs:
        raise refusal("A decision table needs an output column", xml)
    rules = tuple(
        _rule(part, number, expressions, len(inputs), len(outputs))
        for number, part in enumerate(children(xml, "rule"), 1)
    )
    return Table(xml.get("id") or name, name, policy, aggregation, inputs, outputs, rules)


def _input(xml: etree._Element, expressions: Cells) -> Input:
    written = child(xml, "inputExpression")
    text = text_of(written)
    if written is None or not text:
        raise refusal("An input column needs an expression", xml)
    values = child(xml, "inputValues")
    allowed = expressions.tests(text_of(values), values) if values is not None else None
    return Input(
        xml.get("label") or text,
        expressions.feel(text, written),
        expressions.type(written.get("typeRef")),
        allowed if text_of(values) else None,
    )


def _output(xml: etree._Element, expressions: Cells) -> Output:
    values = child(xml, "outputValues")
    default = child(xml, "defaultOutputEntry")
    allowed: Node | None = None
    if values is not None and text_of(values):
        allowed = expressions.tests(text_of(values), values)
    return Output(
        normal(xml.get("name") or ""),
        expressions.type(xml.get("typeRef")),
        () if allowed is None else _values(allowed),
        expressions.feel(text_of(default), default) if default is not None else None,
        allowed,
    )


def _values(tests: Node) -> tuple[Node, ...]:
    """The values that output values list, taken out of the tests they are written as."""
    listed = tests.test if isinstance(tests, Cell) else tests
    parts = listed.tests if isinstance(listed, AnyOf) else (listed,)
    values = tuple(part.expression for part in parts if isinstance(part, ValueTest))
    if len(values) == 1 and isinstance(values[0], ListOf):
        return values[0].items
    return values


def _rule(xml: etree._Element, number: int, expressions: Cells, inputs: int, outputs: int) -> Rule:
    tests = [(part, text_of(part)) for part in children(xml, "inputEntry")]
    results = [(part, text_of(part)) for part in children(xml, "outputEntry")]
    if len(tests) != inputs or len(results) != outputs:
        raise refusal(f"Rule {number} has more or fewer cells than the table has columns", xml)
    return Rule(
        xml.get("id") or f"rule {number}",
        tuple(expressions.tests(text, part) for part, text in tests),
        tuple(_result(part, text, expressions) for part, text in results),
        _description(xml),
    )


def _result(xml: etree._Element, text: str, expressions: Cells) -> Node:
    node = expressions.feel("" if text == "-" else text, xml)
    type_ = expressions.type(xml.get("typeRef"))
    return node if type_ is ANYTHING else Typed(node, type_, "an output of the table")


def _description(xml: etree._Element) -> str:
    """The rule's description, or else its annotations."""
    described = child(xml, "description")
    if described is not None and (described.text or "").strip():
        return " ".join((described.text or "").split())
    notes = (text_of(part) for part in children(xml, "annotationEntry"))
    return "; ".join(note for note in notes if note)
