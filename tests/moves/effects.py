"""What an edit must have done to a case that was moved: that it changed nothing is not enough."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.definitions.models import DefinitionVersion
from app.definitions.pins import PinnedSet
from app.engine.moving.seats import Seat
from app.runtime.models import ProcessInstance, Task
from app.runtime.moving.act import seats_in
from app.runtime.records import Timer

#: After these a case may have to stay where it is; after every other edit it must be moved.
MAY_REFUSE = frozenset({"remove the open step"})
#: These put something beside the step at which a case is; after any other nothing new waits.
BEGIN_TO_WAIT = frozenset({"remove the open step", "add a boundary timer"})


def missing(session: Session, instance_id: int, new: PinnedSet, seat: Seat, edit: str) -> str:
    """What the moved case has not got of the edit, in words; empty if nothing is missing.

    ``seat`` is the open step before the move, ``new`` what the case runs on now.
    """
    look = LOOKS.get(edit)
    return look(session, instance_id, new, seat) if look else ""


def _row(session: Session, seat: Seat) -> Task | None:
    """The open task of the token; an event or call has none."""
    return session.scalar(
        select(Task).where(Task.engine_task_id == seat.token_id, Task.done_at.is_(None))
    )


def _renamed(session: Session, instance_id: int, new: PinnedSet, seat: Seat) -> str:
    row = _row(session, seat)
    right = row is None or row.name == "Called something else"
    return "" if right else "its task has the name of before"


def _drawn_anew(session: Session, instance_id: int, new: PinnedSet, seat: Seat) -> str:
    row, at = _row(session, seat), _seats(session, instance_id, new)
    if at.get(seat.token_id) != "drawn_anew":
        return "its token is not on the step drawn anew"
    right = row is None or row.element_id == "drawn_anew"
    return "" if right else "its task is not of the step drawn anew"


def _other_form(session: Session, instance_id: int, new: PinnedSet, seat: Seat) -> str:
    row = _row(session, seat)
    if row is None or row.form_version_id is None:
        return "its task has no form"
    key = session.get_one(DefinitionVersion, row.form_version_id).key
    wanted = new.diagrams[seat.process_id].elements[seat.element_id].form_id
    return "" if key == wanted else "its task has the form of before"


def _clock(session: Session, instance_id: int, new: PinnedSet, seat: Seat) -> str:
    query = select(Timer.id).where(
        Timer.instance_id == instance_id, Timer.element_id == "moved_timer"
    )
    return "" if session.scalars(query).first() else "the new clock does not run"


def _part(session: Session, instance_id: int, new: PinnedSet, seat: Seat) -> str:
    around = "moved_part" in _seats(session, instance_id, new).values()
    return "" if around else "nothing is in the new part"


def _seats(session: Session, instance_id: int, new: PinnedSet) -> dict[str, str]:
    state = session.get_one(ProcessInstance, instance_id).state
    return {found.token_id: found.element_id for found in seats_in(state, new)}


LOOKS: dict[str, Callable[[Session, int, PinnedSet, Seat], str]] = {
    "rename": _renamed,
    "another id": _drawn_anew,
    "change form": _other_form,
    "add a boundary timer": _clock,
    "split a part out": _part,
}
