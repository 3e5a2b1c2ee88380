"""Text to a tree of nodes."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedToken, VisitError

from app.feel.errors import FeelSyntaxError
from app.feel.functions.conversion import read_number
from app.feel.lexer import TokenLexer, tokens_of, tokens_of_tests
from app.feel.syntax import access, calls, control, leaves, operators, tests
from app.feel.syntax.node import Node
from app.feel.types import ContextType, FunctionType, ListType, Named, RangeType, TypeName
from app.feel.words import expectation

DEEPEST_TREE = 250

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def text_of(token: str) -> str:
    """What a string literal says, its quotes and escapes taken away."""

    def plain(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(min(int(code, 16), 0x10FFFF))
        return _CONTROLS.get(match[3], match[0])

    text = _ESCAPE.sub(plain, token[1:-1])
    # two halves of a surrogate pair, written as two escapes, are one character
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Tree(Transformer[Token, Any]):
    """One method for each rule of the grammar, in its order."""

    def disjunction(self, operands: list[Node]) -> Node:
        return operators.Logic(tuple(operands), decisive=True)

    def conjunction(self, operands: list[Node]) -> Node:
        return operators.Logic(tuple(operands), decisive=False)

    def comparison(self, parts: list[Any]) -> Node:
        node: Node = parts[0]
        for make in parts[1:]:
            node = make(node)
        return node

    def compare_tail(self, parts: list[Any]) -> Any:
        return lambda left: operators.Comparison(left, parts[0], parts[1])

    def range_tail(self, parts: list[Any]) -> Any:
        interval = tests.ComparisonTest(parts[1], parts[2])
        return lambda left: operators.Comparison(left, parts[0], interval)

    def between_tail(self, parts: list[Node]) -> Any:
        return lambda operand: operators.Between(operand, parts[0], parts[1])

    def in_tail(self, parts: list[Node]) -> Any:
        return lambda operand: tests.In(operand, tests.as_test(parts[0]))

    def _operator(self, parts: list[Token]) -> str:
        return str(parts[0])

    comparator = same = order = add_operator = multiply_operator = _operator

    def any_of(self, parts: list[Node]) -> Node:
        return tests.AnyOf(tuple(tests.as_test(part) for part in parts))

    def none_of(self, parts: list[Node]) -> Node:
        return tests.NoneOf(tests.AnyOf(tuple(tests.as_test(part) for part in parts)))

    def anything(self, _: list[Any]) -> Node:
        return tests.Anything()

    def comparison_test(self, parts: list[Any]) -> Node:
        return tests.ComparisonTest(parts[0], parts[1])

    def _chain(self, parts: list[Any]) -> Node:
        return operators.Chain(parts[0], tuple(zip(parts[1::2], parts[2::2], strict=True)))

    addition = multiplication = _chain

    def power(self, parts: list[Node]) -> Node:
        return operators.Chain(parts[0], tuple(("**", part) for part in parts[1:]))

    def negate(self, parts: list[Any]) -> Node:
        return operators.Negate(parts[1])

    def instance_tail(self, parts: list[Any]) -> Any:
        return lambda operand: operators.InstanceOf(operand, parts[0])

    def path(self, parts: list[Any]) -> Node:
        return access.Path(parts[0], str(parts[1]))

    def below(self, parts: list[Any]) -> Node:
        return access.Below(parts[0], str(parts[1]))

    def filter(self, parts: list[Node]) -> Node:
        return access.Filter(parts[0], parts[1])

    def call(self, parts: list[Any]) -> Node:
        arguments = parts[1] or ()
        if arguments and isinstance(arguments[0], tuple):
            return calls.NamedCall(parts[0], arguments)
        return calls.Call(parts[0], arguments)

    def _tuple(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    positional = named = turns = parameters = _tuple

    def _named(self, parts: list[Any]) -> tuple[str, Any]:
        return str(parts[0]), parts[1]

    named_argument = member = _named

    def number(self, parts: list[Token]) -> Node:
        return leaves.Literal(read_number(parts[0]))

    def string(self, parts: list[Token]) -> Node:
        return leaves.Literal(text_of(parts[0]))

    def temporal(self, parts: list[Token]) -> Node:
        return leaves.Temporal(text_of(parts[0][1:].strip()))

    def true(self, _: list[Any]) -> Node:
        return leaves.Literal(constant=True)

    def false(self, _: list[Any]) -> Node:
        return leaves.Literal(constant=False)

    def null(self, _: list[Any]) -> Node:
        return leaves.Literal(None)

    def name(self, parts: list[Token]) -> Node:
        return leaves.Name(str(parts[0]))

    def input_value(self, _: list[Any]) -> Node:
        return leaves.InputValue()

    def list_of(self, parts: list[Node | None]) -> Node:
        return leaves.ListOf(tuple(part for part in parts if part is not None))

    def context(self, parts: list[Any]) -> Node:
        return leaves.ContextOf(tuple(part for part in parts if part is not None))

    def entry(self, parts: list[Any]) -> tuple[str, Node]:
        key = parts[0]
        return (text_of(key) if key.type == "STRING" else str(key)), parts[1]

    def parentheses(self, parts: list[Node]) -> Node:
        return parts[0]

    def interval_from(self, parts: list[Any]) -> Node:
        return leaves.Interval(parts[0], parts[1], start_included=True, end_included=parts[2])

    def interval_after(self, parts: list[Any]) -> Node:
        return leaves.Interval(parts[0], parts[1], start_included=False, end_included=parts[2])

    def end_included(self, _: list[Any]) -> bool:
        return True

    def end_excluded(self, _: list[Any]) -> bool:
        return False

    def choose(self, parts: list[Node]) -> Node:
        return control.Choose(*parts)

    def loop(self, parts: list[Any]) -> Node:
        partial = "partial" in parts[1].free_names(frozenset())
        return control.Loop(parts[0], parts[1], needs_partial=partial)

    def some(self, parts: list[Any]) -> Node:
        return control.Quantified(parts[0], parts[1], decisive=True)

    def every(self, parts: list[Any]) -> Node:
        return control.Quantified(parts[0], parts[1], decisive=False)

    def turn(self, parts: list[Any]) -> control.Turn:
        return control.Turn(str(parts[0]), parts[1], parts[2])

    def function(self, parts: list[Any]) -> Node:
        return calls.Definition(parts[0] or (), parts[-1], external=len(parts) > 2)

    def parameter(self, parts: list[Any]) -> calls.Parameter:
        return calls.Parameter(str(parts[0]), parts[1])

    def named_type(self, parts: list[Token]) -> TypeName:
        return Named(".".join(parts))

    def type_of(self, parts: list[Any]) -> TypeName:
        makers = {"list": ListType, "range": RangeType}
        if str(parts[0]) not in makers:
            token = parts[0]
            message = f"Only list<…> and range<…> take a type, not {token}"
            raise FeelSyntaxError(message, token.line, token.column)
        return makers[str(parts[0])](parts[2])

    def context_type(self, parts: list[Any]) -> TypeName:
        return ContextType(tuple(part for part in parts if isinstance(part, tuple)))

    def function_type(self, parts: list[Any]) -> TypeName:
        types = [part for part in parts if isinstance(part, TypeName)]
        return FunctionType(tuple(types[:-1]), types[-1])


_LARK = Lark(
    (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8"),
    parser="lalr",
    lexer=TokenLexer,
    start=["expression", "start_tests"],
    transformer=_Tree(),
    maybe_placeholders=True,
)


def tree_of(text: str, names: Iterable[str] = ()) -> Node:
    """Parse an expression.

    Raises:
        FeelSyntaxError: it is none.
    """
    return _tree(tokens_of(text, names), text, "expression")


def tree_of_tests(text: str, names: Iterable[str] = ()) -> Node:
    """Parse a table cell.

    Raises:
        FeelSyntaxError: it is none.
    """
    return tests.Cell(tests.as_test(_tree(tokens_of_tests(text, names), text, "start_tests")))


def _tree(tokens: list[Token], text: str, start: str) -> Node:
    try:
        node: object = _LARK.parse(tokens, start=start)
    except UnexpectedToken as error:
        raise expectation(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, FeelSyntaxError):
            raise error.orig_exc from None
        raise
    if not isinstance(node, Node):
        raise TypeError(f"the grammar made a {type(node).__name__}")
    _check_depth(node)
    return node


def _check_depth(node: Node) -> None:
    waiting = [(node, 1)]
    while waiting:
        piece, depth = waiting.pop()
        if depth > DEEPEST_TREE:
            raise FeelSyntaxError("The expression is nested too deeply", 1, 1)
        waiting.extend((child, depth + 1) for child in piece.children())
