"""What one expression reads and calls, told apart by how sure we are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app import feel
from app.feel.syntax.access import Filter, Path
from app.feel.syntax.calls import Call, NamedCall
from app.feel.syntax.leaves import Literal, Name
from app.feel.syntax.node import Node
from app.feel.syntax.operators import Comparison

PARAMETERS = "parameters"


@dataclass(frozen=True)
class Reading:
    """``perhaps`` are names in a filter, which may also be entries of the items it looks at.

    ``guarded`` are names that the expression itself compares with null.
    """

    names: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    guarded: frozenset[str] = frozenset()


def read(text: str | None) -> Reading:
    """What a text with a leading ``=`` reads; any other text reads nothing."""
    if not text or not text.startswith("="):
        return Reading()
    try:
        expression = feel.parse(text[1:])
    except feel.FeelSyntaxError:
        return Reading()  # reported where the diagram is parsed
    nodes = list(_below(expression.node))
    called = {
        node.function.name
        for node in nodes
        if isinstance(node, Call | NamedCall) and isinstance(node.function, Name)
    }
    functions = (expression.names & called) - feel.BUILT_INS.keys()
    in_filters: set[str] = set()
    for node in nodes:
        if isinstance(node, Filter):
            in_filters |= node.condition.free_names(frozenset({"item"}))
    return Reading(
        names=expression.names - functions - in_filters,
        perhaps=(expression.names & in_filters) - functions,
        functions=functions,
        parameters=frozenset(
            node.name
            for node in nodes
            if isinstance(node, Path) and node.source == Name(PARAMETERS)
        ),
        guarded=frozenset(_guarded(nodes)),
    )


def _guarded(nodes: Iterable[Node]) -> Iterator[str]:
    nothing = Literal(None)
    for node in nodes:
        if isinstance(node, Comparison) and nothing in (node.left, node.right):
            yield from (side.name for side in (node.left, node.right) if isinstance(side, Name))


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children():
        yield from _below(child)
