"""Who is left to decide a sign-off, when those who worked on it may not.

A role that one person plays in an area leaves nobody as soon as that person did the work. The
decision then goes to the whole area, and after that to the role that stands in; whoever is about
to hand in such work is told before. If there is nobody at all, the case page says so.
"""

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from app.definitions.pins import load_set
from app.engine.catalogue import Element
from app.engine.parse import Diagram
from app.identity.people import with_role
from app.identity.permissions import Permission, Role, has_permission
from app.runtime import four_eyes
from app.runtime.models import ProcessInstance, Task

#: Both know the work of practitioners and may approve it (HULL-27): each stands in for the other.
STANDS_IN = {
    Role.SAFEGUARDING_LEAD: Role.SUPERVISOR,
    Role.SUPERVISOR: Role.SAFEGUARDING_LEAD,
    Role.FRONT_DOOR_MANAGER: Role.SUPERVISOR,
    Role.PANEL_CHAIR: Role.SUPERVISOR,
}


def send_to_somebody(session: Session, task: Task) -> None:
    """If nobody whom a sign-off lies with may decide it, let it lie where somebody may."""
    refused = four_eyes.refused_deciders(session, task)
    if task.assignee_id in refused:
        task.assignee_id = task.deputy_id = None
    if task.assignee_id is not None or _somebody(session, task, Role(task.role), refused):
        return
    for role, everywhere in _others(Role(task.role)):
        if _somebody(session, task, role, refused, everywhere=everywhere):
            if role != task.role:
                task.sign_off = {**(task.sign_off or {}), "instead_of": task.role}
            task.role, task.case_role = role, None
            task.team_id = task.locality_id = None
            return


def nobody_may(session: Session, task: Task) -> bool:
    """Whether an open sign-off waits for somebody who does not exist."""
    if task.assignee_id is not None:
        return False
    refused = four_eyes.refused_deciders(session, task)
    return not _somebody(session, task, Role(task.role), refused)


def warning(session: Session, task: Task, user_id: int) -> str | None:
    """What somebody should know before they hand in work that comes before a sign-off."""
    instance = session.get_one(ProcessInstance, task.instance_id)
    diagram = load_set(session, instance.definition_set_key).diagrams[task.process_id]
    gateways = [(g, role) for g in _next_sign_offs(diagram, task.element_id) if (role := _role(g))]
    if not gateways:
        return None
    refused = {user_id, *four_eyes.people_on_the_way(session, task)}
    for gateway, role in gateways:
        if _somebody(session, task, role, refused) or _somebody(
            session, task, role, refused, everywhere=True
        ):
            continue
        instead = STANDS_IN.get(role)
        found = instead is not None and _somebody(session, task, instead, refused, everywhere=True)
        return _words(gateway, role, instead if found else None)
    return None


def _words(gateway: Element, role: Role, instead: Role | None) -> str:
    said = (
        f"If you hand this in, no {role.label.lower()} is left who may decide "
        f"“{gateway.name}”: nobody decides about their own work."
    )
    if instead is not None:
        return f"{said} The decision would go to a {instead.label.lower()}."
    return f"{said} Ask a colleague to do this task, so that somebody can decide."


def _others(role: Role) -> Iterator[tuple[Role, bool]]:
    yield role, True
    if role in STANDS_IN:
        yield STANDS_IN[role], True


def _somebody(
    session: Session,
    task: Task,
    role: Role,
    refused: Collection[int],
    *,
    everywhere: bool = False,
) -> bool:
    if not has_permission([role], Permission.SIGN_OFF_DECIDE):
        return False
    query = with_role(
        role,
        area_id=task.area_id,
        locality_id=None if everywhere else task.locality_id,
        team_id=None if everywhere else task.team_id,
    )
    return any(user.id not in refused for user in session.scalars(query))


def _role(gateway: Element) -> Role | None:
    text = gateway.sign_off.role if gateway.sign_off else None
    return Role(text) if text in list(Role) else None


def _next_sign_offs(diagram: Diagram, element_id: str) -> list[Element]:
    """The sign-offs a token may come to next, before anybody else has something to do."""
    found: dict[str, Element] = {}
    seen: set[str] = set()
    waiting = [element_id]
    while waiting:
        for flow_id in diagram.elements[waiting.pop()].outgoing:
            element = diagram.elements[diagram.flows[flow_id].target]
            if element.id in seen:
                continue
            seen.add(element.id)
            if element.sign_off is not None:
                found[element.id] = element
            elif element.kind not in {"user", "call", "subprocess", "end"}:
                waiting.append(element.id)
    return list(found.values())
