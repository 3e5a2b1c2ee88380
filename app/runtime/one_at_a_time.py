"""Processes of which a case has one run at a time (``start.oneAtATime``).

A message that would begin a second run begins none: the run there is takes it, at once or as soon
as it listens; when it ends without having taken it, the message begins the next.
"""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.definitions.pins import PinnedSet
from app.errors import Conflict
from app.runtime.models import ProcessInstance


class RunsAlready(Conflict):
    """This is under way for this family already. Its next step is on the case page."""


def key_of(pinned: PinnedSet, process_id: str, case_id: int | None) -> str | None:
    """What no two running instances may have in common; None if any number may run."""
    if case_id is None or not pinned.diagrams[process_id].process(process_id).one_at_a_time:
        return None
    return f"{process_id}:{case_id}"


def is_running(session: Session, process_id: str, case_id: int | None) -> bool:
    """Whether a run goes on of which this case may have only one."""
    key = f"{process_id}:{case_id}"
    return (
        session.scalar(select(ProcessInstance.id).where(ProcessInstance.alone == key)) is not None
    )


def add(session: Session, instance: ProcessInstance) -> None:
    """Write a new instance, which needs its id from here on.

    Raises:
        RunsAlready: another one of which there may be only one, perhaps started this moment.
    """
    if instance.alone is None:
        session.add(instance)
        session.flush()
        return
    try:
        with session.begin_nested():
            session.add(instance)
            session.flush()
    except IntegrityError as error:
        if not is_running(session, instance.process_id, instance.case_id):
            raise
        raise RunsAlready from error
