"""Decision tables: which rules match, and what the hit policy makes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.decisions.hit_policies import Hit, Row, Rule, aggregate, kept_hits
from app.decisions.results import DecisionRun, FiredRule
from app.decisions.types import Type, fitted
from app.feel.errors import Undefined
from app.feel.scope import Run, Scope
from app.feel.syntax.node import INPUT_VALUE, Node
from app.feel.values import ARITHMETIC


@dataclass(frozen=True)
class Input:
    """An input column."""

    label: str
    expression: Node
    type: Type
    #: What the values must pass, if the column says so.
    allowed: Node | None = None


@dataclass(frozen=True)
class Output:
    """An output column. ``order`` are its output values, the most important first."""

    name: str
    type: Type
    order: tuple[Node, ...] = ()
    default: Node | None = None
    #: What the values must pass, if the column says so.
    allowed: Node | None = None


@dataclass(frozen=True)
class Table(Node):
    """A decision table."""

    id: str
    name: str
    policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def value(self, scope: Scope) -> object:
        values = self._input_values(scope)
        hits = [
            Hit(index, rule, self._outputs_of(rule, scope))
            for index, rule in self._matching(values, scope)
        ]
        if not hits:
            return self._without_match(scope)
        try:
            kept = kept_hits(self.policy, hits, self._orders(scope), scope.run.spend)
            value = self._result([hit.row for hit in kept])
        except Undefined as reason:
            scope.run.problem(f"Table “{self.name}”: {reason}")
            return None
        self._note(kept, scope.run)
        return value

    def children(self) -> Iterable[Node]:
        for column in self.inputs:
            yield column.expression
        for rule in self.rules:
            yield from rule.tests
            yield from rule.outputs
        for output in self.outputs:
            if output.default is not None:
                yield output.default

    def _input_values(self, scope: Scope) -> list[object]:
        values: list[object] = []
        for column in self.inputs:
            what = f"Table “{self.name}”, input “{column.label}”"
            value = fitted(column.expression.value(scope), column.type, scope.run, what)
            values.append(_allowed(value, column.allowed, scope, what))
        return values

    def _matching(self, values: Sequence[object], scope: Scope) -> list[tuple[int, Rule]]:
        scopes = [scope.inner({INPUT_VALUE: value}) for value in values]
        matching: list[tuple[int, Rule]] = []
        for index, rule in enumerate(self.rules):
            scope.run.spend(len(scopes) + 1)
            tests = zip(rule.tests, scopes, strict=True)
            if all(test.value(inner) is True for test, inner in tests):
                matching.append((index, rule))
                if self.policy == "FIRST":
                    break
        return matching

    def _outputs_of(self, rule: Rule, scope: Scope) -> Row:
        cells = zip(rule.outputs, self.outputs, strict=True)
        return tuple(self._fitting(node, column, scope) for node, column in cells)

    def _fitting(self, node: Node, column: Output, scope: Scope) -> object:
        """What a cell gives, as far as its column allows it."""
        what = f"Table “{self.name}”, output"
        value = fitted(node.value(scope), column.type, scope.run, what)
        return _allowed(value, column.allowed, scope, what)

    def _without_match(self, scope: Scope) -> object:
        if any(column.default is not None for column in self.outputs):
            row = tuple(
                None if column.default is None else self._fitting(column.default, column, scope)
                for column in self.outputs
            )
            default = self._shaped(row)
            return [default] if self._gives_list and not isinstance(default, list) else default
        if self.policy == "COLLECT" and self.aggregation in ("", "COUNT"):
            return Decimal(0) if self.aggregation else []
        scope.run.problem(f"Table “{self.name}”: no rule matches")
        return None

    @property
    def _gives_list(self) -> bool:
        return self.policy in ("RULE ORDER", "OUTPUT ORDER") or (
            self.policy == "COLLECT" and not self.aggregation
        )

    def _note(self, kept: Sequence[Hit], run: Run) -> None:
        if not isinstance(run, DecisionRun):
            return
        for hit in kept:
            names = [column.name or self.name for column in self.outputs]
            outputs = dict(zip(names, hit.row, strict=True))
            rule = hit.rule
            number = hit.index + 1
            run.fire(FiredRule(self.id, rule.id, number, rule.description, outputs, self.name))

    def _shaped(self, row: Row) -> object:
        if len(self.outputs) == 1:
            return row[0]
        return {column.name: value for column, value in zip(self.outputs, row, strict=True)}

    def _result(self, rows: list[Row]) -> object:
        if self._gives_list:
            return [self._shaped(row) for row in rows]
        if self.policy != "COLLECT":
            return self._shaped(rows[0])
        if self.aggregation == "COUNT":
            return ARITHMETIC.create_decimal(len(rows))
        columns = zip(*rows, strict=True)
        return self._shaped(tuple(aggregate(self.aggregation, column) for column in columns))

    def _orders(self, scope: Scope) -> list[list[object]]:
        if self.policy not in ("PRIORITY", "OUTPUT ORDER"):
            return []
        return [[node.value(scope) for node in column.order] for column in self.outputs]


def _allowed(value: object, tests: Node | None, scope: Scope, what: str) -> object:
    """The value, or null when the column does not allow it."""
    if value is None or tests is None:
        return value
    if tests.value(scope.inner({INPUT_VALUE: value})) is True:
        return value
    scope.run.problem(f"{what}: the value is not one of those the column allows")
    return None
