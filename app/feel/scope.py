"""One evaluation: what it may still use, what it found wrong, which names it sees."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.feel.environment import Environment
from app.feel.errors import LimitReached, Undefined
from app.feel.types import Types
from app.feel.values import Function


class Missing:
    """No such name, as opposed to a name whose value is null."""


MISSING: Final = Missing()


class Run:
    """The account of one evaluation."""

    def __init__(self, environment: Environment, types: Types) -> None:
        self.environment = environment
        self.types = types
        self.problems: list[str] = []
        self._steps = environment.limits.steps
        self._calls = 0

    def spend(self, steps: int = 1) -> None:
        """Use some of the allowance.

        Raises:
            LimitReached: it is used up.
        """
        self._steps -= steps
        if self._steps < 0:
            raise LimitReached("the expression takes too many steps")

    @property
    def spent(self) -> int:
        """The steps used so far; never more than there were."""
        return min(self.environment.limits.steps - self._steps, self.environment.limits.steps)

    def problem(self, reason: str) -> None:
        """Record why something is null."""
        if len(self.problems) < self.environment.limits.problems and reason not in self.problems:
            self.problems.append(reason)

    def list_of(self, items: list[object]) -> list[object]:
        """Give the list back, unless it is too long.

        Raises:
            LimitReached: it is.
        """
        if len(items) > self.environment.limits.items:
            raise LimitReached(f"a list has more than {self.environment.limits.items} items")
        return items

    def text_of(self, text: str) -> str:
        """Give the string back, unless it is too long.

        Raises:
            LimitReached: it is.
        """
        if len(text) > self.environment.limits.characters:
            most = self.environment.limits.characters
            raise LimitReached(f"a string has more than {most} characters")
        return text

    def call(self, function: Function, arguments: Sequence[object]) -> object:
        """Call a function by position; an undefined result is null with its reason."""
        return self._guarded(lambda: function.call(self, arguments))

    def call_by_name(self, function: Function, arguments: Mapping[str, object]) -> object:
        """Call a function by parameter names; an undefined result is null with its reason."""
        return self._guarded(lambda: function.call_by_name(self, arguments))

    def _guarded(self, call: Callable[[], object]) -> object:
        self.spend()
        self._calls += 1
        if self._calls > self.environment.limits.calls:
            raise LimitReached("functions call each other too deeply")
        try:
            return call()
        except Undefined as reason:
            self.problem(str(reason))
            return None
        except (ArithmeticError, ValueError):
            self.problem("the result of a function is out of range")
            return None
        finally:
            self._calls -= 1


class Scope:
    """The names visible at one place; an inner scope hides names of the outer ones."""

    __slots__ = ("_names", "_outer", "run")

    def __init__(self, run: Run, names: Mapping[str, object], outer: "Scope | None" = None) -> None:
        self.run = run
        self._names = names
        self._outer = outer

    def inner(self, names: Mapping[str, object]) -> "Scope":
        return Scope(self.run, names, self)

    def find(self, name: str) -> object:
        """The value of a name, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            value = scope._names.get(name, MISSING)  # noqa: SLF001 - its own kind
            if value is not MISSING:
                return value
            scope = scope._outer  # noqa: SLF001 - its own kind
        return MISSING
