"""What the engine may ask while it moves: the calendar, tables, and automatic steps."""

import logging
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy.exc import InterfaceError, OperationalError

from app import feel
from app.engine.errors import AutomaticStepFailed
from app.engine.results import DecisionOutcome, ElementRef, Facts, FiredRule
from app.errors import AppError
from app.runtime.automatic import StepContext, handler_of
from app.runtime.turn import Turn

logger = logging.getLogger(__name__)


class RuntimeHost:
    """The engine's ``Host``. It outlives a turn with the live process; each step binds it anew."""

    def __init__(self) -> None:
        self._turn: Turn | None = None

    def bind(self, turn: Turn | None) -> None:
        """Serve this turn; None when the step is over, so that no session is kept alive."""
        self._turn = turn

    @property
    def turn(self) -> Turn:
        if self._turn is None:
            raise RuntimeError("the process moves outside a step")
        return self._turn

    def environment(self) -> feel.Environment:
        return feel.Environment(now=self.turn.now, calendar=self.turn.pack.calendar)

    def parameters(self) -> Mapping[str, object]:
        return self.turn.pack.parameters

    def decide(self, decision_id: str, facts: Facts) -> DecisionOutcome:
        """Ask the pinned version of a table.

        Raises:
            AutomaticStepFailed: there is no answer, and the table says why.
        """
        model = self.turn.pinned.models.get(decision_id)
        if model is None:
            raise AutomaticStepFailed(f"The table “{decision_id}” is not part of this process.")
        unanswered = dict.fromkeys(model.names(decision_id))
        known = {**unanswered, **facts, "parameters": dict(self.parameters())}
        values = cast("dict[str, object]", feel.from_json(known))
        result = model.evaluate(decision_id, values, self.environment())
        if result.value is None and result.problems:
            raise AutomaticStepFailed(f"The table “{decision_id}”: {'; '.join(result.problems)}")
        fired = tuple(
            FiredRule(rule.table_id, rule.rule_id, rule.description, rule.index, rule.table)
            for rule in result.fired
        )
        try:
            value = feel.to_json(result.value)
        except (TypeError, ValueError) as error:
            raise AutomaticStepFailed(f"The table “{decision_id}”: {error}") from error
        return DecisionOutcome(value, fired, result.problems, result.steps)

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        """Run a registered function; what it writes is undone if this step fails.

        Raises:
            AutomaticStepFailed: it did not work. Trouble with the database itself passes through.
        """
        handler = handler_of(task_type)
        if handler is None:
            raise AutomaticStepFailed(f"There is no automatic step “{task_type}”.")
        turn = self.turn
        turn.begin_side_effects()
        context = StepContext(
            session=turn.session,
            instance=turn.instance,
            element_id=element.element_id,
            actor=turn.actor,
            properties=element.properties,
            item=element.item,
        )
        try:
            answer = handler(context, dict(inputs))
            turn.session.flush()
        except (OperationalError, InterfaceError):
            raise
        except AppError as error:
            raise AutomaticStepFailed(str(error)) from error
        except Exception as error:
            logger.exception("automatic step %s of instance %s", task_type, turn.instance.id)
            raise AutomaticStepFailed("Something unexpected went wrong.") from error
        return cast("dict[str, Any]", feel.to_json(feel.from_json(answer or {})))
