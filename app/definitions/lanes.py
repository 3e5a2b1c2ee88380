"""Who a task is for, as far as diagram and pack say: a role, or a part in the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.identity.permissions import Role

CASE = "case:"
#: Case role → the role whose inbox shows the task while nobody plays the part yet.
CASE_ROLES = {
    "lead": Role.PRACTITIONER,
    "initiator": Role.PRACTITIONER,
    "worker": Role.PRACTITIONER,
    "assessor": Role.PRACTITIONER,
    "action_owner": Role.PRACTITIONER,
    "recommender_manager": Role.SUPERVISOR,
}


@dataclass(frozen=True)
class Part:
    """``case_role`` is without ``case:``; ``role`` then is who does it while nobody plays it."""

    role: Role
    case_role: str | None = None


def read_part(text: str) -> Part | None:
    """``supervisor`` or ``case:lead`` as a part; None when there is no such role."""
    name = text.strip()
    if name.startswith(CASE):
        role = CASE_ROLES.get(name.removeprefix(CASE))
        return None if role is None else Part(role, name.removeprefix(CASE))
    try:
        return Part(Role(name))
    except ValueError:
        return None


class HasLanes(Protocol):
    """A pack, as far as this module needs to know it."""

    @property
    def lanes(self) -> Mapping[str, str]: ...


def part_of_lane(pack: HasLanes, lane: str | None) -> Part | None:
    """What the pack says about a lane; None when it says nothing, or names no role."""
    return read_part(pack.lanes.get(lane or "", ""))
