"""The row of a locked process, as a step uses it.

Not a mapped object: one is made at every step, and a mapped one costs ten times as much.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from app.runtime.models import ProcessInstance


@dataclass
class Instance:
    """What a step may know of its process. Only ``save`` changes it, together with the row."""

    id: int
    process_id: str
    definition_set_key: str
    area_id: str
    locality_id: str | None
    case_id: int | None
    started_by_id: int | None
    live_key: str
    status: str
    lock_version: int
    wake_at: datetime | None
    attempts: int
    state: bytes

    @classmethod
    def of(cls, row: ProcessInstance) -> "Instance":
        return cls(*(getattr(row, name) for name in NAMES))

    def changed(self, session: Session, values: dict[str, Any]) -> None:
        """These values were written to the row: here they are, and in its mapped object, if any."""
        mapped = _mapped(session, self.id)
        for name, value in values.items():
            if name in NAMES:
                setattr(self, name, value)
            if mapped is not None:
                set_committed_value(mapped, name, value)


#: In the order of the fields.
NAMES = tuple(Instance.__dataclass_fields__)


def forget_mapped(session: Session, instance_id: int) -> None:
    """The row may have changed before it was locked: whoever holds a mapped object reads it anew."""
    if (mapped := _mapped(session, instance_id)) is not None:
        session.expire(mapped)


def _mapped(session: Session, instance_id: int) -> ProcessInstance | None:
    if not session.identity_map:
        return None  # as good as always in a step by itself, and the key is not free
    found: ProcessInstance | None = session.identity_map.get(
        identity_key(ProcessInstance, instance_id)
    )
    return found
