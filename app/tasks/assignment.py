"""Taking a task on, giving it back, handing it over; who a task can be handed to."""

from sqlalchemy.orm import Session

from app.cases.visible import Viewer
from app.errors import Conflict, InvalidInput, NotAllowed
from app.identity.models import User
from app.identity.people import get_user, with_role
from app.identity.permissions import Role
from app.runtime.actor import Actor
from app.runtime.holding import hold
from app.runtime.models import Task
from app.tasks.policy import refusal_to_claim, refusal_to_reassign, refusal_to_release

#: Roles whose people do the same work.
SAME_WORK = (
    frozenset({Role.PRACTITIONER, Role.PARTNER, Role.SOCIAL_WORKER}),
    frozenset({Role.FRONT_DOOR_WORKER, Role.SOCIAL_WORKER}),
    frozenset({Role.SUPERVISOR, Role.FRONT_DOOR_MANAGER}),
)


class NotTakeable(Conflict):
    """This task cannot be taken on."""


class NobodyChosen(InvalidInput):
    """Choose who the task goes to."""


def claim(session: Session, task: Task, user: User) -> None:
    """Take a task on. Taking on what one holds already changes nothing.

    Raises:
        NotTakeable: somebody was faster, it is done, or it is not for this person.
    """
    if task.done_at is not None:
        raise NotTakeable("This task is done already.")
    if refusal := refusal_to_claim(session, user, task):
        raise NotTakeable(refusal)
    if task.assignee_id != user.id:
        hold(session, task, user.id, actor=Actor.person(user))


def release(session: Session, task: Task, user: User) -> None:
    """Give a task back to everybody who could take it.

    Raises:
        NotAllowed: somebody else holds it.
    """
    if refusal := refusal_to_release(user, task):
        raise NotAllowed(refusal)
    hold(session, task, None, actor=Actor.person(user))


def reassign(session: Session, task: Task, user: User, receiver_id: int | None) -> User:
    """Hand a task to somebody else; returns who has it now.

    Raises:
        NotAllowed: ``user`` neither holds it nor leads.
        NobodyChosen: no receiver, or one who cannot do this work.
    """
    if refusal := refusal_to_reassign(session, user, task):
        raise NotAllowed(refusal)
    if receiver_id is None or receiver_id not in {p.id for p in receivers(session, task)}:
        raise NobodyChosen
    receiver = get_user(session, receiver_id)
    hold(session, task, receiver.id, actor=Actor.person(user))
    return receiver


def receivers(session: Session, task: Task) -> list[User]:
    """Who a task can be handed to: active people of its area who do that work, by name."""
    role = Role(task.role)
    roles = {role} | {other for group in SAME_WORK if role in group for other in group}
    found: dict[int, User] = {}
    for each in roles:
        query = with_role(each, area_id=task.area_id, locality_id=task.locality_id)
        found |= {person.id: person for person in session.scalars(query)}
    found.pop(task.assignee_id or 0, None)
    return sorted(found.values(), key=lambda person: person.name)


def is_takeable(session: Session, task: Task, user: User) -> bool:
    """Whether the page should offer to take the task on."""
    return (
        task.assignee_id is None
        and bool(Viewer.of(user).roles)
        and refusal_to_claim(session, user, task) is None
    )
