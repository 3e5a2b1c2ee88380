"""What a table that many sign-offs share reads for one kind of decision."""

from collections.abc import Iterator

from app.decisions import Model
from app.decisions.coverage import tables
from app.decisions.hit_policies import Rule
from app.decisions.table import Table
from app.feel.syntax.leaves import Literal, Name
from app.feel.syntax.node import Node
from app.feel.syntax.tests import AnyOf, Anything, Cell, ValueTest

KIND = "decision_type"


def names_for_kind(model: Model, decision_id: str, kind: str) -> frozenset[str]:
    """The names that the rows for decisions of this kind read; all where no kind is said."""
    all_names = model.names(decision_id)
    if not kind:
        return all_names
    found = {
        name
        for decision, table in tables(model)
        if decision.id == decision_id
        for rule in table.rules
        if all(_may_fit(test, kind) for test in _tests_of_kind(table, rule))
        for node in _read_by(table, rule)
        for name in node.free_names(frozenset())
    }
    return (frozenset(found) if found <= all_names else all_names) - {KIND}


def _tests_of_kind(table: Table, rule: Rule) -> Iterator[Node]:
    for column, test in zip(table.inputs, rule.tests, strict=True):
        if column.expression == Name(KIND):
            yield _inside(test)


def _read_by(table: Table, rule: Rule) -> Iterator[Node]:
    for column, test in zip(table.inputs, rule.tests, strict=True):
        if not isinstance(_inside(test), Anything):
            yield column.expression
            yield test
    yield from rule.outputs


def _inside(test: Node) -> Node:
    return test.test if isinstance(test, Cell) else test


def _may_fit(test: Node, kind: str) -> bool:
    match test:
        case AnyOf(tests=tests):
            return any(_may_fit(each, kind) for each in tests)
        case ValueTest(expression=Literal(constant=constant)):
            return constant == kind
    return True
