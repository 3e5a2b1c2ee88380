"""What the engine asks of its surroundings. The runtime gives it; the engine imports none of it."""

from collections.abc import Mapping
from typing import Protocol

from app import feel
from app.engine.results import DecisionOutcome, ElementRef, Facts


class Host(Protocol):
    def environment(self) -> feel.Environment: ...

    def parameters(self) -> Mapping[str, object]:
        """The area's parameters, visible to expressions as the context ``parameters``."""

    def decide(self, decision_id: str, facts: Facts) -> DecisionOutcome:
        """Work out a decision table. Raises ``AutomaticStepFailed`` when it cannot."""

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        """Run a registered automatic step. Raises ``AutomaticStepFailed`` when it cannot."""
