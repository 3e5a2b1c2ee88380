"""A document while it is being read, and what is found wrong with it on the way."""

from dataclasses import dataclass, field

from app.engine.catalogue import Flow
from app.engine.errors import Finding
from app.engine.xml import Node

#: Begins the names of properties that say what is left to do at an element.
TODO = "todo."
#: What stands in a drawing and cannot run: the rule it breaks, and what to draw instead.
UNSUPPORTED = {
    "complexGateway": (
        "no-complex-gateway",
        "A complex gateway cannot run. Use exclusive and parallel gateways.",
    ),
    "transaction": ("no-transaction", "A transaction cannot run. Use a sub-process."),
    "adHocSubProcess": (
        "no-ad-hoc",
        "An ad-hoc sub-process cannot run. Draw the order, or use several tasks.",
    ),
    "linkEventDefinition": (
        "no-link-events",
        "Link events cannot run. Draw the flow, or use a sub-process.",
    ),
    "signalEventDefinition": (
        "no-signal-events",
        "Signal events cannot run. Use a message with a key.",
    ),
    "compensateEventDefinition": (
        "no-compensation",
        "Compensation cannot run. Draw what has to be undone as tasks.",
    ),
    "escalationEventDefinition": (
        "no-escalation",
        "Escalation events cannot run. Use a timer or a message.",
    ),
    "conditionalEventDefinition": (
        "no-conditional-events",
        "Conditional events cannot run. Use a gateway or a message.",
    ),
    "cancelEventDefinition": (
        "no-cancel-events",
        "Cancel events cannot run. Use an error end event.",
    ),
}


@dataclass
class Reading:
    """A document while it is being read."""

    root: Node
    findings: list[Finding] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    messages: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    error_codes: dict[str, str | None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    not_run: set[str] = field(default_factory=set)
    """Ids of steps that are refused for their kind: flows lead to them all the same."""

    def refuse_unsupported(self, element_id: str, tag: str) -> None:
        self.refuse(element_id, *UNSUPPORTED[tag])

    def refuse(self, element_id: str, rule: str, message: str) -> None:
        self.findings.append(Finding(element_id, rule, message))
