"""Who moves a process: a person, or a named part of the machine."""

from dataclasses import dataclass

from app.identity.models import User


@dataclass(frozen=True)
class Actor:
    """``name`` goes to the audit trail: ``user:12`` or ``system:timers``."""

    name: str
    user_id: int | None = None

    @classmethod
    def person(cls, user: User) -> "Actor":
        return cls(name=user.actor, user_id=user.id)

    @classmethod
    def system(cls, part: str) -> "Actor":
        return cls(name=f"system:{part}")


TIMERS = Actor.system("timers")
STARTS = Actor.system("starts")
MESSAGES = Actor.system("messages")
