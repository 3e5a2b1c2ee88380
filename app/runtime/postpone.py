"""When timers of an instance cannot fire: later again, and after three times in plain sight."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.errors import AppError
from app.runtime.incidents import record_stuck
from app.runtime.models import ProcessInstance
from app.runtime.turn import lock_instance

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
#: From this attempt on, a step that fails is kept as an incident instead of being tried again.
PATIENCE = len(WAITS)


def postpone(session: Session, instance_id: int, error: Exception) -> None:
    """Wake the instance later, so that one broken process cannot keep all the others waiting."""
    instance = lock_instance(session, instance_id).instance
    if instance.wake_at is None or instance.wake_at > clock.now():
        return  # somebody else has moved it meanwhile
    wait = WAITS[min(instance.attempts, len(WAITS) - 1)]
    if instance.attempts >= PATIENCE:
        known = isinstance(error, AppError)
        record_stuck(session, instance, str(error) if known else "Something unexpected went wrong.")
    session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance.id)
        .values(wake_at=clock.now() + wait, attempts=instance.attempts + 1)
    )
