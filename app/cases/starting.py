"""Further processes that people start from a case page, each a run of its own beside the pathway."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.definitions.live import effective_processes, pack_of_area
from app.errors import Conflict, InvalidInput, NotAllowed
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance, Task
from app.runtime.step import start_process

HARM = "urgent_safeguarding"
STEP_DOWN = "slot_step_down"
BEGIN_STEP_DOWN = "begin_step_down"  # which goes on to the former


@dataclass(frozen=True)
class Startable:
    """``words`` may hold ``${front_door}`` and the like, put into the area's words for the page."""

    process_id: str
    words: str
    hint: str
    facts: tuple[tuple[str, str], ...] = ()
    #: Only for people with one of these roles; empty: for everybody who may start processes.
    roles: frozenset[Role] = frozenset()


OFFERED = (
    Startable(
        "slot_front_door",
        "Contact ${the_front_door}",
        "Ask for targeted help, or make a referral. You are told the outcome.",
        (("contact_reason", "targeted_help"), ("contact_origin", "case_page")),
    ),
    Startable(
        STEP_DOWN,
        "Step down from ${statutory_services}",
        "When a child in need or child protection plan is ending and help should go on.",
        roles=frozenset({Role.SOCIAL_WORKER, Role.SUPERVISOR}),
    ),
)


class NotOffered(InvalidInput):
    """That cannot be started from this case."""


class NotYoursToPropose(NotAllowed):
    """A step-down is proposed by a social worker or a supervisor."""


class AlreadyRunning(Conflict):
    """That is already running for this family. Its next step is on the case page."""


def startable(session: Session, case: Case, user: User) -> list[Startable]:
    """What this person can start for this case now, in the area's words."""
    if case.status != "open":
        return []
    pack = pack_of_area(session, case.area_id)
    live = effective_processes(session, pack.id)
    running = _running(session, case)
    return [
        replace(each, words=pack.in_words(each.words), hint=pack.in_words(each.hint))
        for each in OFFERED
        if each.process_id in live and each.process_id not in running and _may(user, each)
    ]


def start_beside(session: Session, case: Case, process_id: str, user: User) -> Task | None:
    """Start a further process of a case; returns its first task if it is ``user``'s.

    Raises:
        NotOffered: not one of ``startable``.
        AlreadyRunning: it runs already for this case.
    """
    chosen = next((each for each in OFFERED if each.process_id == process_id), None)
    if chosen is None or case.status != "open" or not _may(user, chosen):
        raise NotOffered
    if process_id in _running(session, case):
        raise AlreadyRunning
    return _start(session, case, process_id, dict(chosen.facts), user)


def report_harm(session: Session, case: Case, user: User) -> Task | None:
    """Open the urgent safeguarding process at once; the early help work goes on beside it.

    Unlike other processes it may run more than once for a family: every worry counts (HULL-25).
    """
    return _start(session, case, HARM, {"reported_by": str(user.id)}, user)


def _start(
    session: Session, case: Case, process_id: str, facts: dict[str, str], user: User
) -> Task | None:
    instance = start_process(
        session,
        process_id,
        area_id=case.area_id,
        locality_id=case.locality_id,
        case_id=case.id,
        facts=facts,
        actor=Actor.person(user),
    )
    return session.scalar(
        select(Task)
        .where(
            Task.instance_id == instance.id,
            Task.done_at.is_(None),
            Task.assignee_id == user.id,
        )
        .order_by(Task.id)
        .limit(1)
    )


def _may(user: User, offer: Startable) -> bool:
    return not offer.roles or bool(offer.roles & user.roles)


def may_step_down(user: User) -> bool:
    """Whether this person may propose that early help takes over from social care."""
    return any(_may(user, each) for each in OFFERED if each.process_id == STEP_DOWN)


def _running(session: Session, case: Case) -> set[str]:
    query = select(ProcessInstance.process_id).where(
        ProcessInstance.case_id == case.id, ProcessInstance.status == "running"
    )
    running = set(session.scalars(query))
    return running | {STEP_DOWN} if BEGIN_STEP_DOWN in running else running
