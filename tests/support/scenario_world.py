"""What has to be there before a scenario begins: a family, who works with it, its plan.

Everything is as the application itself would have left it, in its own tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.cases.members import join
from app.cases.models import Case, Family, PanelItem, Person, Plan, PlanAction
from app.cases.names import name_key
from app.cases.open_case import add_case
from app.db import transaction
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.actor import Actor
from app.runtime.step import start_process
from tests.support.scenario_files import Scenario
from tests.support.shipped import Cast

#: Processes in which nobody knows the family yet.
UNKNOWN_FAMILY = {"early_help_pathway", "identify_need", "begin_step_down"}
#: Processes that lead to a lead, so there is none before them.
NO_LEAD = {*UNKNOWN_FAMILY, "record_consent", "early_help_assessment", "appoint_lead"}
#: Ways into the pathway for a family that is known.
KNOWN_ENTRIES = {"front_door", "step_down", "panel"}
LED_ENTRIES = {"step_down", "panel"}
PLANNED = {"meet_needs", "review_progress", "end_plan", "join_existing_case"}
#: In these the scenario may suppose that a plan is under way; elsewhere it comes about by itself.
PLAN_MAY_RUN = {"make_plan", "end_plan"}
CHILD_BORN = date(2019, 4, 2)


@dataclass(frozen=True)
class World:
    """``case_id`` is None where a process runs without a case."""

    cast: Cast
    case_id: int | None
    started_by: User | None


def set_up(scenario: Scenario, cast: Cast) -> World:
    """Make what the scenario takes for granted."""
    if "case_id" not in scenario.facts:
        _panel_items(scenario, cast)
        return World(cast, None, None)
    starter = cast.one(scenario.first_role)
    with transaction() as session:
        known = _family_known(scenario, session, cast)
        case = add_case(session, user=starter, area_id=cast.area, locality_id=cast.locality)
        entry = scenario.facts.get("entry")
        if scenario.process_id not in UNKNOWN_FAMILY or entry in KNOWN_ENTRIES:
            case.family_id = _family(session, cast, "Hartley", [("Mia Hartley", CHILD_BORN)]).id
        if scenario.process_id not in NO_LEAD or entry in LED_ENTRIES:
            join(session, case, cast.one(Role.PRACTITIONER, 1).id, "lead")
        at_work = scenario.process_id in PLAN_MAY_RUN and _plan_runs(scenario)
        if scenario.process_id in PLANNED or at_work:
            _plan(session, case, cast, _action_ids(scenario))
        case.level = scenario.facts.get("level")
        session.flush()
        assert known != case.id
        if at_work:
            _let_people_work(session, case, starter)
        return World(cast, case.id, starter)


def add_family_in_need(cast: Cast, worker: User) -> int:
    """A case without a pathway: a family somebody works with already. Returns its id."""
    with transaction() as session:
        case = add_case(session, user=worker, area_id=cast.area, locality_id=cast.locality)
        case.family_id = _family(session, cast, "Hartley", [("Mia Hartley", CHILD_BORN)]).id
        return case.id


def _plan_runs(scenario: Scenario) -> bool:
    """Whether people are at work on the actions of a plan when the scenario begins."""
    return any(answer.get("plan_running") is True for answer in scenario.supposed.values())


def _let_people_work(session: Session, case: Case, starter: User) -> None:
    start_process(
        session,
        "meet_needs",
        area_id=case.area_id,
        locality_id=case.locality_id,
        case_id=case.id,
        facts={
            "action_ids": [11, 12],
            "action_dates": {str(n): f"{clock.today() + timedelta(days=30)}" for n in (11, 12)},
            "contingency_on": f"{clock.today() + timedelta(days=42)}",
        },
        actor=Actor.person(starter),
        message="plan_agreed",
    )


def _family_known(scenario: Scenario, session: Session, cast: Cast) -> int | None:
    """The family that a concern will be matched with, if the scenario says it will be."""
    match = scenario.supposed.get("match_family", {}).get("match", "none")
    if match == "none":
        return None
    said = scenario.answers("record_concern") or scenario.answers("name_stepping_family")
    children = [
        (str(child["name"]), _day(child.get("date_of_birth"))) for child in said["children"]
    ]
    family = _family(session, cast, str(said["family_name"]), children)
    worker = cast.one(Role.PRACTITIONER, 2)
    case = add_case(session, user=worker, area_id=cast.area, locality_id=cast.locality)
    case.family_id = family.id
    join(session, case, worker.id, "lead")
    if match == "family":
        case.status, case.closed_at = "closed", clock.now()
    return case.id


def _day(said: object) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) else None


def _family(
    session: Session, cast: Cast, name: str, children: Iterable[tuple[str, date | None]]
) -> Family:
    family = Family(
        name=name, name_key=name_key(name), area_id=cast.area, locality_id=cast.locality
    )
    session.add(family)
    session.flush()
    people: list[tuple[str, str, date | None]] = [
        (child, "child", born) for child, born in children
    ]
    people.append((f"Jess {name}", "parent", date(1990, 1, 1)))
    session.add_all(
        Person(family_id=family.id, name=who, name_key=name_key(who), role=role, date_of_birth=born)
        for who, role, born in people
    )
    session.flush()
    return family


def _action_ids(scenario: Scenario) -> list[int]:
    """Of the plan as it is, and of the plan as messages of the scenario say it becomes."""
    found = list(scenario.facts.get("action_ids") or [11, 12])
    for step in scenario.steps:
        found += (step.get("payload") or {}).get("action_ids") or []
    return sorted(set(found))


def _plan(session: Session, case: Case, cast: Cast, action_ids: Iterable[int]) -> None:
    lead = cast.one(Role.PRACTITIONER, 1)
    outcome = "Tia is at school on time every day"
    said: list[dict[str, Any]] = [
        {"outcome_statement": outcome, "action": "Breakfast club", "baseline": 3, "target": 8}
    ]
    plan = Plan(
        case_id=case.id,
        number=1,
        made_at=clock.now(),
        made_by_id=lead.id,
        review_on=clock.today() + timedelta(weeks=8),
        detail={"actions": said},
    )
    session.add(plan)
    session.flush()
    session.add_all(
        PlanAction(
            id=number,
            plan_id=plan.id,
            case_id=case.id,
            action=f"Action {number}",
            change=outcome,
            owner_id=lead.id,
            due_on=clock.today() + timedelta(days=30),
        )
        for number in action_ids
    )


def _panel_items(scenario: Scenario, cast: Cast) -> None:
    """Items that wait for the panel, with the ids the scenario gives them."""
    agenda = scenario.supposed.get("gather_panel_agenda", {}).get("agenda", [])
    with transaction() as session:
        for number in agenda:
            worker = cast.one(Role.SOCIAL_WORKER)
            case = add_case(session, user=worker, area_id=cast.area, locality_id=cast.locality)
            case.family_id = _family(session, cast, f"Family {number}", [("Kai", CHILD_BORN)]).id
            session.add(
                PanelItem(
                    id=number,
                    case_id=case.id,
                    area_id=cast.area,
                    asked_by_id=worker.id,
                    asked_at=clock.now(),
                )
            )
            session.flush()
