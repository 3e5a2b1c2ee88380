"""What only data can decide."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from app.engine.catalogue import Element, Flow
from app.engine.tokengame.values import Known


class AnyWay:
    """Nothing is known, so everything may be. Subclasses that know facts say which it is."""

    def ways(
        self, gateway: Element, ways: tuple[Flow, ...], known: Known
    ) -> Iterator[tuple[Flow, ...]]:
        del known
        most = 1 if gateway.kind == "exclusive" else len(ways)
        for count in range(1, most + 1):
            yield from combinations(ways, count)

    def is_signed_off(self, gateway: Element, known: Known) -> Iterator[bool]:
        """Whether a person decides here; both, if it depends."""
        del known
        rule = gateway.sign_off
        if rule is not None:
            yield True
        if rule is None or rule.when or rule.decision:
            yield False

    def items(self, element: Element, known: Known) -> Iterator[tuple[Hashable, ...]]:
        """What an activity is repeated for: nothing, one, or more than one."""
        del element, known
        yield from ((), (1,), (1, 2))

    def is_enough(self, element: Element, known: Known) -> Iterator[bool]:
        """Whether the rest of the instances is not needed, now that one is done."""
        del known
        yield False
        if element.loop is not None and element.loop.completion_condition:
            yield True

    def first_of(self, arrivals: Sequence[object]) -> Iterable[int]:
        """Which of several tokens that move at one moment may move first, by position.

        It makes a difference only where one ends everything and another ends in an error.
        """
        del arrivals
        return (0,)

    def into_call(self, element: Element, known: Known) -> Known:
        del element
        return known

    def out_of_call(self, element: Element, known: Known, inner: Known) -> Known:
        """The caller's facts after a call."""
        del element, inner
        return known
