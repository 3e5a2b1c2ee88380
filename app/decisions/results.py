"""What an evaluation gives back, and its account while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.feel.environment import Environment
from app.feel.scope import Run
from app.feel.types import Types


@dataclass(frozen=True)
class FiredRule:
    """A rule of a table that decided, for pages that say why."""

    table_id: str
    rule_id: str
    #: From 1, as people count the rows.
    index: int
    description: str
    #: Of each output column by name (or the decision's name), as values of expressions.
    outputs: Mapping[str, object]
    #: What the table decides: a decision, or a business knowledge model that was asked on the way.
    table: str = ""


@dataclass(frozen=True)
class DecisionResult:
    """The value of a decision, the rules behind it, and why parts of it are null."""

    value: object
    fired: tuple[FiredRule, ...] = ()
    problems: tuple[str, ...] = ()
    #: What it used of the allowance.
    steps: int = field(default=0, compare=False)


class DecisionRun(Run):
    """An evaluation that also notes which rules fired."""

    def __init__(self, environment: Environment, types: Types) -> None:
        super().__init__(environment, types)
        self.fired: list[FiredRule] = []

    def fire(self, rule: FiredRule) -> None:
        """Note a rule; of very many the last stay, which are those of the decision itself."""
        self.fired.append(rule)
        del self.fired[: -self.environment.limits.problems]
