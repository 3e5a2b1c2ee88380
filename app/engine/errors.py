"""What can go wrong between a diagram and a running process, in words for people."""

from collections.abc import Collection
from dataclasses import dataclass

from app.errors import AppError, Conflict, InvalidInput


@dataclass(frozen=True)
class Finding:
    """One reason why a diagram cannot run, and where.

    ``element_id`` is empty when the finding concerns the file as a whole. ``rule`` is a short
    stable name for tests and filters; ``message`` is written for a process owner.
    """

    element_id: str
    rule: str
    message: str


class DiagramRefused(InvalidInput):
    """This diagram cannot run as it is drawn."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("; ".join(f"{f.element_id or 'file'}: {f.message}" for f in findings))


class CannotMove(Conflict):
    """This case cannot be moved to the new version."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("; ".join(f.message for f in findings))


class EngineRefused(Conflict):
    """The process is not waiting for this."""


class StateUnreadable(AppError):
    """The saved state of this process cannot be read."""


class AutomaticStepFailed(AppError):
    """An automatic step did not work."""


class ElementFailed(AppError):
    """An element of the process could not run.

    The process object must be thrown away: load the saved state again and repeat the same
    action with the element's id in ``Process.stop_before``, so that the token waits in front
    of it as an incident.
    """

    def __init__(self, element_id: str, process_id: str, message: str) -> None:
        self.element_id = element_id
        self.process_id = process_id
        self.message = message
        super().__init__(f"{element_id} ({process_id}): {message}")


class NeverRests(ElementFailed):
    """Elements run each other without end; ``element_id`` is where the budget was used up."""

    def __init__(self, element_id: str, process_id: str, loop: Collection[str]) -> None:
        #: The ids of the elements that go round.
        self.loop = frozenset(loop)
        super().__init__(
            element_id,
            process_id,
            "These elements run each other in a loop that nobody works on: "
            + ", ".join(sorted(loop)),
        )
