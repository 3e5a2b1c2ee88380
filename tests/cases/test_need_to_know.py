"""Who sees a case: the one condition against a few lines of plain Python, and every address tried."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app import clock
from app.cases.listing import Shape, reach_of, values_of, ways_to_see
from app.cases.models import Case, CaseMember
from app.cases.open_case import open_case
from app.cases.visible import AREA_WIDE, TEAM_WIDE, Viewer, visible_cases
from app.db import reading, transaction
from app.definitions.models import DefinitionSet
from app.identity.models import User
from app.identity.permissions import Role
from app.prepared import Prepared
from app.runtime.models import ProcessInstance, Task
from tests.support.factories import make_locality, make_team, make_user
from tests.support.shipped import open_for_business
from tests.support.site import SiteClient

AREAS = ("starter", "hull")
PLACES = {"starter": ("starter-north", "starter-south"), "hull": ("hull-west", "hull-east")}
ROLES = (Role.PRACTITIONER, Role.PARTNER, Role.SUPERVISOR, Role.SOCIAL_WORKER, Role.PROCESS_OWNER)


def _random_world(chance: random.Random) -> tuple[list[User], list[Case]]:
    for area, places in PLACES.items():
        for place in places:
            make_locality(place, area=area)
    teams = [make_team(area=area) for area in AREAS for _ in range(2)]
    people = [
        make_user(
            role=chance.choice(ROLES),
            area=(area := chance.choice(AREAS)),
            localities=chance.sample(PLACES[area], chance.choice((0, 0, 1))),
            team=chance.choice([*teams, None]),
        )
        for _ in range(6)
    ]
    with transaction() as session:
        session.add(DefinitionSet(key="k", process_id="p", pack="core", processes={}, decisions={}))
        cases = [_random_case(chance, number, people, teams) for number in range(12)]
        session.add_all(cases)
        session.flush()
        for number, case in enumerate(cases):
            _random_ties(chance, session, number, case, people)
    return people, cases


def _random_case(chance: random.Random, number: int, people: list[User], teams: list[Any]) -> Case:
    area = chance.choice(AREAS)
    return Case(
        reference=f"EH-{number}",
        area_id=area,
        locality_id=chance.choice([*PLACES[area], None]),
        team_id=chance.choice([*(team.id for team in teams), None]),
        opened_at=clock.now(),
        opened_by_id=people[0].id,
    )


def _random_ties(
    chance: random.Random, session: Any, number: int, case: Case, people: list[User]
) -> None:
    for user in chance.sample(people, chance.choice((0, 1))):
        until = chance.choice((None, clock.now()))
        session.add(
            CaseMember(
                case_id=case.id, user_id=user.id, role="member", since=clock.now(), until=until
            )
        )
    if chance.random() < 0.5:
        return
    instance = ProcessInstance(
        process_id="p",
        definition_set_key="k",
        area_id=case.area_id,
        case_id=case.id,
        state=b"",
        facts={},
        started_at=clock.now(),
    )
    session.add(instance)
    session.flush()
    session.add(
        Task(
            instance_id=instance.id,
            engine_task_id=f"e{number}",
            process_id="p",
            element_id="e",
            kind="user",
            name="A step",
            path=[],
            item=None,
            recommendation=None,
            sign_off=None,
            facts={},
            role=chance.choice(ROLES[:4]),
            area_id=case.area_id,
            locality_id=case.locality_id,
            team_id=chance.choice((None, case.team_id)),
            assignee_id=chance.choice((None, chance.choice(people).id)),
            case_id=case.id,
            opened_at=clock.now(),
            done_at=chance.choice((None, None, clock.now())),
        )
    )


def _may(viewer: Viewer, case: Case, members: list[CaseMember], tasks: list[Task]) -> bool:
    """The rule again, in plain Python."""

    def in_patch(area: str, place: str | None) -> bool:
        near = not viewer.localities or place is None or place in viewer.localities
        return area in viewer.areas and near

    for member in members:
        if member.user_id == viewer.user_id and member.until is None:
            return True
    for task in tasks:
        if task.done_at is None and task.assignee_id == viewer.user_id:
            return True
        free = task.done_at is None and task.assignee_id is None and task.role in viewer.roles
        if (
            free
            and task.team_id in (None, viewer.team_id)
            and in_patch(task.area_id, task.locality_id)
        ):
            return True
    if viewer.roles & AREA_WIDE and in_patch(case.area_id, case.locality_id):
        return True
    own_team = case.team_id is not None and case.team_id == viewer.team_id
    return bool(viewer.roles & TEAM_WIDE) and own_team


@pytest.mark.parametrize("seed", range(12))
def test_the_condition_agrees_with_the_rule_in_plain_words(database: str, seed: int) -> None:
    people, cases = _random_world(random.Random(seed))
    with reading() as session:
        members = list(session.scalars(select(CaseMember)))
        tasks = list(session.scalars(select(Task)))
        for user in people:
            viewer = Viewer.of(user)
            expected = {
                case.id
                for case in cases
                if _may(
                    viewer,
                    case,
                    [m for m in members if m.case_id == case.id],
                    [t for t in tasks if t.case_id == case.id],
                )
            }
            assert set(session.scalars(select(Case.id).where(visible_cases(viewer)))) == expected
            listed = {
                row[0]
                for way in ways_to_see(Shape(reach_of(viewer)))
                for row in Prepared(way).rows(session, values_of(viewer))
            }
            assert listed == expected


def _addresses(app: Flask, case_id: int, task_id: int) -> list[tuple[str, str]]:
    """Every address of the site that names a case or a task, with each method it answers."""
    given = {"case_id": case_id, "task_id": task_id, "version_id": 1, "incident_id": 1}
    found = []
    for rule in app.url_map.iter_rules():
        if rule.arguments & {"case_id", "task_id"} and rule.arguments <= given.keys():
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                found.append((method, _filled(rule, given)))
    return found


def _filled(rule: Rule, given: dict[str, int]) -> str:
    path = rule.rule
    for name, value in given.items():
        path = path.replace(f"<int:{name}>", str(value))
    return path


def test_a_case_of_others_does_not_exist_at_any_address(
    flask_app: Flask, sign_in: Callable[[User], SiteClient]
) -> None:
    cast = open_for_business("starter")
    with transaction() as session:
        case, instance = open_case(session, user=cast.one("practitioner"), area_id="starter")
        task_id = session.scalars(select(Task.id).where(Task.instance_id == instance.id)).one()
    strangers = [
        make_user(role=role, area="hull")
        for role in (Role.PRACTITIONER, Role.SUPERVISOR, Role.FRONT_DOOR_MANAGER, Role.GOVERNANCE)
    ]
    addresses = _addresses(flask_app, case.id, task_id)
    assert len(addresses) > 15
    for stranger in strangers:
        browser = sign_in(stranger)
        for method, path in addresses:
            answer = browser.open(path, method=method, data={"idempotency_key": path})
            assert answer.status_code in (403, 404), f"{stranger.roles} {method} {path}"
            assert case.reference not in answer.text


def test_the_stranger_sees_nothing_in_lists_and_counts_either(
    sign_in: Callable[[User], SiteClient],
) -> None:
    cast = open_for_business("starter")
    with transaction() as session:
        case, _ = open_case(session, user=cast.one("practitioner"), area_id="starter")
    browser = sign_in(make_user(role=Role.SUPERVISOR, area="hull"))
    for path in ("/families?status=", "/tasks", "/tasks?tab=team", "/tasks?tab=waiting"):
        assert case.reference not in browser.get(path).text
    browser.post("/families/narrow", data={"text": case.reference, "status": ""})
    assert case.reference not in browser.get("/families?status=").text.replace(
        f'value="{case.reference}"', ""
    )


def test_a_finished_membership_ends_what_one_sees(database: str) -> None:
    people, cases = _random_world(random.Random(99))
    partner = make_user(role=Role.PARTNER)
    with transaction() as session:
        since = clock.now() - timedelta(days=9)
        row = CaseMember(case_id=cases[0].id, user_id=partner.id, role="member", since=since)
        session.add(row)
    with reading() as session:
        query = select(Case.id).where(visible_cases(Viewer.of(partner)), Case.id == cases[0].id)
        assert session.scalar(query) == cases[0].id
    with transaction() as session:
        session.get_one(CaseMember, row.id).until = clock.now()
    with reading() as session:
        assert session.scalar(query) is None
    assert people
