"""Which moments in an expression have a time zone: one with and one without have no order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time

from app import feel
from app.calendars import WorkingCalendar
from app.definitions.readings import PARAMETERS
from app.feel.syntax.access import Path
from app.feel.syntax.calls import Call
from app.feel.syntax.control import Choose
from app.feel.syntax.leaves import Interval, Literal, Name
from app.feel.syntax.node import Node
from app.feel.syntax.operators import Between, Chain, Comparison
from app.feel.syntax.tests import AnyOf, In, ValueTest

_SOME_DAY = feel.Environment(datetime(2026, 1, 5, 12, tzinfo=UTC), WorkingCalendar())
_WITH_OFFSET = 4


class Zones:
    """``known`` says of facts whether the moment they hold has a zone."""

    def __init__(self, parameters: Mapping[str, object], known: Mapping[str, bool]) -> None:
        self._facts = {PARAMETERS: dict(parameters)}
        self._known = known

    def clash(self, text: str | None) -> bool:
        """Whether somewhere in an expression a moment with a zone meets one without."""
        waiting = [node] if (node := _node(text)) is not None else []
        while waiting:
            here = waiting.pop()
            waiting += here.children()
            if any({True, False} <= {self._of(each) for each in met} for met in _meetings(here)):
                return True
        return False

    def of_text(self, text: str) -> bool | None:
        """Whether the moment that an expression gives has a zone; None when it cannot be told."""
        node = _node(text)
        return None if node is None else self._of(node)

    def _of(self, node: Node) -> bool | None:
        if node.free_names(frozenset()) - feel.BUILT_INS.keys() <= {PARAMETERS}:
            value = feel.Expression("", node).evaluate(self._facts, _SOME_DAY).value
            return value.tzinfo is not None if isinstance(value, datetime | time) else None
        match node:
            case Name(name=name):
                return self._known.get(name)
            case Chain(first=first):
                return self._of(first)
            case Choose(then=then, otherwise=otherwise):
                either = {self._of(then), self._of(otherwise)}
                return either.pop() if len(either) == 1 else None
            case Call(function=Name(name=name), arguments=arguments):
                return self._of_call(name, arguments)
        return None

    def _of_call(self, name: str, arguments: Sequence[Node]) -> bool | None:
        """``date and time(day, time)`` has the zone of the time; numbers have one when they say so."""
        if name == "date and time" and len(arguments) > 1:
            return self._of(arguments[1])
        if name == "time" and len(arguments) > 1:
            return len(arguments) >= _WITH_OFFSET
        if name == "time" and len(arguments) == 1:
            return self._of(arguments[0]) if _may_be_a_moment(arguments[0]) else None
        return None


def _may_be_a_moment(node: Node) -> bool:
    return not isinstance(node, Path | Literal)


def _node(text: str | None) -> Node | None:
    if not text or not text.startswith("="):
        return None
    try:
        return feel.parse(text[1:]).node
    except feel.FeelSyntaxError:
        return None


def _meetings(node: Node) -> Iterator[Sequence[Node]]:
    match node:
        case Comparison(left=left, right=right):
            yield left, right
        case Between(operand=operand, low=low, high=high):
            yield operand, low
            yield operand, high
        case Chain(first=first, rest=rest):
            yield first, *(operand for operator, operand in rest if operator == "-")
        case In(operand=operand, test=test):
            yield from ((operand, end) for end in _ends(test))


def _ends(test: Node) -> Iterator[Node]:
    match test:
        case AnyOf(tests=tests):
            for each in tests:
                yield from _ends(each)
        case ValueTest(expression=Interval(start=start, end=end)):
            yield start
            yield end
