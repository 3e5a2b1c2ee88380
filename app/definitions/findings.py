"""What a check has to say, in words for a process owner."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.errors import InvalidInput


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (``error``: it cannot be published) or odd (``warning``).

    ``element_id`` is empty when the finding concerns the file as a whole. ``rule`` is a short
    stable name; ``mend`` proposes what to do, where we know.
    """

    file: str
    element_id: str
    rule: str
    message: str
    severity: Literal["error", "warning"] = "error"
    mend: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def __str__(self) -> str:
        place = f"{self.file}: {self.element_id}" if self.element_id else self.file
        return f"{place}: {self.message}"


class PublishRefused(InvalidInput):
    """This cannot be published as it is; nothing was changed."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings if finding.is_error))
