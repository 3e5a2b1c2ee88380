"""What a step did, as its caller and a repeated request see it."""

from dataclasses import asdict, dataclass
from typing import Any

from app.runtime.instance import Instance


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """``replayed``: the same request was carried out before, and nothing was done now.

    ``opened`` are ids of tasks that are waiting since this step; ``incidents`` of automatic steps
    that did not work in it.
    """

    instance_id: int
    lock_version: int
    finished: bool
    opened: tuple[int, ...] = ()
    incidents: tuple[int, ...] = ()
    replayed: bool = False

    @classmethod
    def of(
        cls,
        instance: Instance,
        *,
        finished: bool = False,
        opened: tuple[int, ...] = (),
        incidents: tuple[int, ...] = (),
    ) -> "StepResult":
        """What was done now, to an instance that is written already."""
        return cls(
            instance_id=instance.id,
            lock_version=instance.lock_version,
            finished=finished,
            opened=opened,
            incidents=incidents,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "StepResult":
        """The stored answer of a request that came again."""
        return cls(
            **{
                **stored,
                "opened": tuple(stored["opened"]),
                "incidents": tuple(stored["incidents"]),
                "replayed": True,
            }
        )
