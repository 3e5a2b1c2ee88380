"""What a check has to say, in words for a process owner."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from app.definitions.rulebook import mend_of, why_of
from app.engine.errors import Finding as Reason
from app.errors import InvalidInput

Severity: TypeAlias = Literal["error", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (``error``: it cannot be published) or odd (``note``).

    ``element_id`` is empty when the finding concerns the file as a whole. ``rule`` is a name of
    the rulebook; ``mend`` proposes what to do, where we know. ``path`` are the elements a case
    passes on the way to the fault, for a finding that is about a way through the diagram.
    """

    file: str
    element_id: str
    rule: str
    message: str
    severity: Severity = "error"
    mend: str = ""
    path: tuple[str, ...] = ()

    @classmethod
    def of_engine(cls, file: str, reason: Reason) -> "Finding":
        """What the engine refuses: it says first what is wrong, then what to do about it."""
        message, _, mend = reason.message.partition(". ")
        if not mend or not mend[0].isupper():
            return cls(file, reason.element_id, reason.rule, reason.message)
        return cls(file, reason.element_id, reason.rule, f"{message}.", mend=mend)

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def why(self) -> str:
        """Why it matters."""
        return why_of(self.rule)

    @property
    def advice(self) -> str:
        """What to do here, or what usually helps."""
        return self.mend or mend_of(self.rule)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"mend": self.advice, "why": self.why, "path": list(self.path)}

    def __str__(self) -> str:
        place = f"{self.file}: {self.element_id}" if self.element_id else self.file
        return f"{place}: {self.message}"


class PublishRefused(InvalidInput):
    """This cannot be published as it is; nothing was changed."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings if finding.is_error))
