"""Every list a person opens, held against the same question asked of each row in plain Python.

The councils are random and awkward: people of several roles and areas, cases without a family,
names with signs that searches give a meaning, tasks of no case, team or place.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from app import clock as now_of
from app.cases import names
from app.cases.families import CaseFilters, CaseRow, list_cases
from app.cases.models import Case, CaseMember, Family, Person, Plan
from app.cases.names import name_key
from app.cases.visible import AREA_WIDE, TEAM_WIDE, Viewer
from app.db import reading, transaction
from app.definitions.models import DefinitionSet
from app.identity.models import Area, Locality, Team, User
from app.identity.permissions import Role
from app.runtime.models import NEVER, ProcessInstance, Task, TaskKind
from app.runtime.records import Timer
from app.tasks import inbox
from app.tasks.inbox import Filters, InboxRow
from app.tasks.paging import Order
from app.tasks.upcoming import upcoming
from app.tasks.waiting_decisions import waiting_decisions

AREAS = ("hill", "vale")
PLACES = {"hill-a": "hill", "hill-b": "hill", "vale-a": "vale"}
ROLES = (Role.PRACTITIONER, Role.PARTNER, Role.SUPERVISOR, Role.PANEL_CHAIR)
STAGES = ("identify", "assess", "plan")
WORDS = ("Ash", "ashby", "SMITH", "O’Neil", "Straße", "50%", "a_b", "x/y", "Élan", "Jo", "Smithson")
LONG = "Featherstonehaugh-Cholmondeley-Warner"
CASES, TASKS = 70, 260


class World(NamedTuple):
    """All there is, read once: plain rows that nobody narrowed."""

    viewers: list[Viewer]
    tasks: list[Task]
    cases: dict[int, Case]
    members: list[CaseMember]
    plans: list[Plan]
    user_names: dict[int, str]
    #: Ids of open tasks in each order, as the database sorts.
    orders: dict[Order, list[int]]


def a_name(chance: random.Random) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.choice((1, 1, 2, 3)))]
    return "  ".join(words) if chance.random() < 0.95 else f"{LONG} {words[0]}"


def fill(chance: random.Random) -> None:
    """One council, written as the application writes it: through sessions."""
    with transaction() as session:
        session.add_all([Area(id=area, name=area, pack="starter") for area in AREAS])
        session.flush()
        session.add_all([Locality(id=p, area_id=area, name=p) for p, area in PLACES.items()])
        teams = [Team(name=f"T{n}", agency="A", area_id=AREAS[n % 2]) for n in range(3)]
        session.add_all(teams)
        session.add(
            DefinitionSet(key="s", process_id="p", pack="starter", processes={}, decisions={})
        )
        people = [
            User(
                sign_in_name=f"u{n}", email=f"u{n}@example.org", name=f"User {n}", created_at=NOW()
            )
            for n in range(8)
        ]
        session.add_all(people)
        session.flush()
        users = [person.id for person in people]
        for number in range(CASES):
            _case(session, chance, number, users, [team.id for team in teams])
        cases = list(session.scalars(select(Case.id).order_by(Case.id)))
        instance = ProcessInstance(
            process_id="p",
            definition_set_key="s",
            area_id=AREAS[0],
            state=b"",
            facts={},
            started_at=NOW(),
        )
        session.add(instance)
        session.flush()
        for number in range(TASKS):
            _task(session, chance, number, users, [team.id for team in teams], cases, instance.id)


def NOW() -> datetime:  # noqa: N802  a moment, as the clock of the test stands
    return now_of.now()


def _case(
    session: Any, chance: random.Random, number: int, users: list[int], teams: list[int]
) -> None:
    area = chance.choice(AREAS)
    places = [None, *(place for place, of in PLACES.items() if of == area)]
    case = Case(
        reference=f"EH-{number:03}",
        area_id=area,
        locality_id=chance.choice(places),
        team_id=chance.choice([None, *teams]),
        status=chance.choice(("open", "open", "open", "closed")),
        stage=chance.choice(STAGES),
        level=chance.choice((None, 2, 3)),
        opened_at=NOW(),
        opened_by_id=users[0],
    )
    session.add(case)
    session.flush()
    if chance.random() < 0.9:
        known = session.scalars(select(Family.id).order_by(Family.id)).all()
        if known and chance.random() < 0.1:
            case.family_id = chance.choice(known)
        else:
            name = a_name(chance)
            family = Family(name=name, name_key=name_key(name), area_id=area)
            session.add(family)
            session.flush()
            case.family_id = family.id
        for _ in range(chance.randrange(3)):
            name, role = a_name(chance), chance.choice(("child", "parent"))
            born = chance.choice((None, date(2015, 3, 4)))
            session.add(
                Person(
                    family_id=case.family_id,
                    name=name,
                    name_key=name_key(name),
                    role=role,
                    date_of_birth=born,
                )
            )
        session.flush()
    for user, role in {(chance.choice(users), chance.choice(("lead", "member"))) for _ in "ab"}:
        until = chance.choice((None, None, NOW()))
        session.add(CaseMember(case_id=case.id, user_id=user, role=role, since=NOW(), until=until))
    if chance.random() < 0.4:
        plan = Plan(case_id=case.id, number=1, made_at=NOW(), made_by_id=users[0])
        plan.review_on, plan.status = date(2026, 5, 1), chance.choice(("current", "ended"))
        session.add(plan)
    runs = ProcessInstance(
        process_id="p",
        definition_set_key="s",
        area_id=area,
        case_id=case.id,
        status=chance.choice(("running", "running", "finished")),
        state=b"",
        facts={},
        started_at=NOW(),
    )
    session.add(runs)
    session.flush()
    for clock in range(chance.randrange(3)):
        session.add(
            Timer(
                instance_id=runs.id,
                engine_task_id=f"clock{number}-{clock}",
                process_id="p",
                element_id="e",
                name=chance.choice(("Review the plan", "Review the plan", "")),
                host_element_id=chance.choice((None, None, "e")),
                due_at=NOW() + timedelta(days=chance.randrange(5)),
            )
        )
    session.flush()


def _task(
    session: Any,
    chance: random.Random,
    number: int,
    users: list[int],
    teams: list[int],
    cases: list[int],
    instance: int,
) -> None:
    case_id = chance.choice([None, *cases, *cases])
    area = chance.choice(AREAS)
    due = chance.choice((None, NOW() + timedelta(hours=chance.randrange(-300, 300))))
    kind = chance.choice((TaskKind.USER, TaskKind.USER, TaskKind.SIGN_OFF))
    who = chance.choice(users)
    said = {
        "flow_id": "yes",
        "recommender_id": who,
        "branches": [{"flow_id": "yes", "name": "Go on", "leads_to": "Plan"}],
    }
    session.add(
        Task(
            instance_id=instance,
            engine_task_id=f"t{number}",
            process_id="p",
            element_id="e",
            kind=kind,
            name=f"Task {number}",
            path=[],
            facts={},
            item=None,
            role=chance.choice(ROLES),
            area_id=area,
            locality_id=chance.choice([None, *PLACES]),
            team_id=chance.choice([None, *teams]),
            assignee_id=chance.choice([None, None, *users]),
            case_id=case_id,
            recommendation=said if kind is TaskKind.SIGN_OFF and chance.random() < 0.7 else None,
            send_back_comment=chance.choice((None, None, None, "More, please")),
            opened_at=NOW() - timedelta(minutes=chance.randrange(50)),
            due_at=due,
            due_sort=due or NEVER,
            done_at=chance.choice((None, None, None, NOW())),
        )
    )


def viewers_of(chance: random.Random, users: list[int], teams: list[int]) -> Iterator[Viewer]:
    for user in users:
        areas = chance.sample(AREAS, chance.choice((0, 1, 1, 1, 2, 2)))
        places = [place for place, area in PLACES.items() if area in areas]
        yield Viewer(
            user_id=user,
            team_id=chance.choice([None, *teams]),
            roles=frozenset(map(str, chance.sample(ROLES, chance.randrange(4)))),
            areas=frozenset(areas),
            localities=frozenset(chance.sample(places, min(len(places), chance.choice((0, 0, 1))))),
        )


@pytest.fixture(params=range(2))
def world(request: pytest.FixtureRequest, database: str) -> World:
    chance = random.Random(request.param)
    fill(chance)
    with reading() as session:
        users = session.scalars(select(User).order_by(User.id)).all()
        teams = list(session.scalars(select(Team.id).order_by(Team.id)))
        cases = {case.id: case for case in session.scalars(select(Case))}
        tasks = list(session.scalars(select(Task).where(Task.done_at.is_(None))))
        name = func.coalesce(Family.name_key, "")
        sorts: dict[Order, Any] = {
            Order.DUE: Task.due_sort,
            Order.OPENED: Task.opened_at,
            Order.FAMILY: name,
        }
        everything = (
            select(Task.id)
            .outerjoin(Case, Case.id == Task.case_id)
            .outerjoin(Family, Family.id == Case.family_id)
            .where(Task.done_at.is_(None))
        )
        return World(
            list(viewers_of(chance, [user.id for user in users], teams)),
            tasks,
            cases,
            list(session.scalars(select(CaseMember))),
            list(session.scalars(select(Plan))),
            {user.id: user.name for user in users},
            {
                order: list(session.scalars(everything.order_by(sort, Task.id)))
                for order, sort in sorts.items()
            },
        )


# ------------------------------------------------------------- the same questions, in plain words


def in_patch(viewer: Viewer, area: str, place: str | None) -> bool:
    narrowed = viewer.localities and place is not None and place not in viewer.localities
    return area in viewer.areas and not narrowed


def could_take(viewer: Viewer, task: Task) -> bool:
    return (
        task.assignee_id is None
        and task.role in viewer.roles
        and task.team_id in (None, viewer.team_id)
        and in_patch(viewer, task.area_id, task.locality_id)
    )


def works_in(world: World, viewer: Viewer, case_id: int | None) -> bool:
    return any(
        m.case_id == case_id and m.user_id == viewer.user_id and m.until is None
        for m in world.members
    )


def may_see(world: World, viewer: Viewer, case: Case) -> bool:
    tasks = [task for task in world.tasks if task.case_id == case.id]
    return (
        works_in(world, viewer, case.id)
        or any(t.assignee_id == viewer.user_id or could_take(viewer, t) for t in tasks)
        or (bool(viewer.roles & AREA_WIDE) and in_patch(viewer, case.area_id, case.locality_id))
        or (
            bool(viewer.roles & TEAM_WIDE)
            and viewer.team_id is not None
            and case.team_id == viewer.team_id
        )
    )


def is_in(world: World, viewer: Viewer, name: str, task: Task) -> bool:
    mine = task.assignee_id == viewer.user_id
    match name:
        case "mine":
            return mine
        case "team":
            return could_take(viewer, task)
    with_others = not mine and not could_take(viewer, task)
    return with_others and works_in(world, viewer, task.case_id)


def names_it(case: Case | None, text: str, *, people: bool) -> bool:
    if case is None:
        return False
    family = case.family
    called = [] if family is None else [family.name_key]
    if people and family is not None:
        called += [person.name_key for person in family.people]
    return case.reference == text.strip().upper() or any(name_key(text) in key for key in called)


def fits(world: World, filters: Filters, task: Task) -> bool:
    case = world.cases.get(task.case_id or 0)
    tomorrow = datetime.combine(now_of.today() + timedelta(days=1), datetime.min.time())
    before = {
        "overdue": NOW(),
        "today": tomorrow.replace(tzinfo=now_of.LONDON),
        "week": tomorrow.replace(tzinfo=now_of.LONDON) + timedelta(days=6),
    }
    return (
        filters.locality in ("", task.locality_id)
        and filters.kind in ("", task.kind)
        and (not filters.stage or (case is not None and case.stage == filters.stage))
        and (not filters.due or task.due_sort < before[filters.due])
        and (not filters.text or names_it(case, filters.text, people=False))
    )


def searches(chance: random.Random, world: World) -> list[str]:
    """Parts of names there are, references, and what is nowhere."""
    keys = [case.family.name_key for case in world.cases.values() if case.family]
    people = [
        p.name_key for case in world.cases.values() if case.family for p in case.family.people
    ]
    parts = []
    for key in (*chance.sample(keys, 6), *chance.sample(people, 6)):
        start = chance.randrange(len(key))
        parts.append(key[start : start + chance.randrange(1, 9)].strip() or key)
    whole = name_key(LONG)
    signs = ("%", "_", "/", "a_", "50%", "x/y", "é", "SS", "smith  ash", " Jo ")
    return [*parts, *signs, whole, whole[3:], f"{whole}x", "eh-007", "EH-0", "nobody at all"]


def filters_of(chance: random.Random, texts: list[str]) -> Filters:
    return Filters(
        locality=chance.choice(("", "", "", *PLACES)),
        stage=chance.choice(("", "", "", *STAGES)),
        kind=chance.choice(("", "", "", *TaskKind)),
        due=chance.choice(("", "", "", "overdue", "today", "week")),
        text=chance.choice(("", "", *texts)),
        order=chance.choice(list(Order)),
        descending=chance.random() < 0.4,
        size=chance.choice((9, 500)),
    )


def pages(look: Any, viewer: Viewer, filters: Filters) -> Iterator[InboxRow]:
    after = None
    while True:
        with reading() as session:
            page = look(session, viewer, Filters(**{**vars(filters), "after": after}))
        assert len(page.rows) <= filters.size
        yield from page.rows
        after = page.following
        if after is None:
            return
        assert len(page.rows) == filters.size


@pytest.mark.parametrize("few", [3, 8_000])
def test_a_list_of_tasks_shows_on_its_pages_what_each_task_says_of_itself(
    world: World, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FEW", few)
    chance = random.Random(few)
    texts, shown = searches(chance, world), 0
    looks = {"mine": inbox.mine, "team": inbox.team, "waiting": inbox.waiting}
    by_id = {task.id: task for task in world.tasks}
    for viewer in world.viewers:
        for name, look in looks.items():
            for filters in (Filters(), *(filters_of(chance, texts) for _ in range(8))):
                ids = world.orders[filters.order]
                expected = [
                    number
                    for number in (reversed(ids) if filters.descending else ids)
                    if is_in(world, viewer, name, by_id[number])
                    and fits(world, filters, by_id[number])
                ]
                rows = list(pages(look, viewer, filters))
                assert [row.task_id for row in rows] == expected, (name, viewer, filters)
                shown += len(rows)
                for row in rows[:2]:
                    _says_what_its_task_says(world, row, by_id[row.task_id])
    assert shown > 100


def _says_what_its_task_says(world: World, row: InboxRow, task: Task) -> None:
    case = world.cases.get(task.case_id or 0)
    assert row.family == (case.family.name if case and case.family else "")
    assert row.reference == (case.reference if case else "")
    assert row.assignee == world.user_names.get(task.assignee_id or 0, "")
    assert (row.due_at, row.opened_at) == (task.due_at, task.opened_at)
    assert row.sent_back == (task.send_back_comment is not None)


def test_the_numbers_behind_the_tabs_are_those_of_the_lists(world: World) -> None:
    for viewer in world.viewers:
        mine = [task for task in world.tasks if task.assignee_id == viewer.user_id]
        tomorrow = datetime.combine(
            now_of.today() + timedelta(days=1), datetime.min.time(), now_of.LONDON
        )
        with reading() as session:
            counts = inbox.counts(session, viewer)
        assert counts == inbox.Counts(
            mine=len(mine),
            overdue=sum(task.due_sort < NOW() for task in mine),
            today=sum(NOW() <= task.due_sort < tomorrow for task in mine),
            team=sum(could_take(viewer, task) for task in world.tasks),
        )


def test_decisions_say_what_is_recommended_and_by_whom_most_urgent_first(world: World) -> None:
    by_id, seen = {task.id: task for task in world.tasks}, 0
    for viewer in world.viewers:
        expected = [
            by_id[number]
            for number in world.orders[Order.DUE]
            if by_id[number].kind == TaskKind.SIGN_OFF
            and (by_id[number].assignee_id == viewer.user_id or could_take(viewer, by_id[number]))
        ]
        with reading() as session:
            found = waiting_decisions(session, viewer)
        assert [line.task_id for line in found] == [task.id for task in expected]
        for line, task in zip(found, expected, strict=True):
            said, case = task.recommendation, world.cases.get(task.case_id or 0)
            assert line.recommended == ("Go on" if said else "Nothing recommended")
            assert line.recommender == (world.user_names[said["recommender_id"]] if said else "")
            family = case.family.name if case and case.family else "New concern"
            assert line.family == (family if case else "")
            assert (line.reference, line.level) == (
                (case.reference, case.level) if case else ("", None)
            )
            seen += 1
    assert seen > 20


def test_coming_up_are_the_clocks_of_running_work_in_their_cases_soonest_first(
    world: World,
) -> None:
    with reading() as session:
        timers = session.execute(
            select(Timer, ProcessInstance)
            .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
            .order_by(Timer.due_at, Timer.id)
        ).all()
    seen = 0
    for viewer in world.viewers:
        expected = [
            (timer.name, instance.case_id, timer.due_at)
            for timer, instance in timers
            if timer.name
            and timer.host_element_id is None
            and instance.status == "running"
            and works_in(world, viewer, instance.case_id)
        ]
        with reading() as session:
            found = upcoming(session, viewer)
        assert [(line.name, line.case_id, line.due_at) for line in found] == expected
        for line in found:
            case = world.cases[line.case_id]
            assert line.reference == case.reference
            assert line.family == (case.family.name if case.family else "New concern")
        seen += len(found)
    assert seen > 10


@pytest.mark.parametrize("few", [3, 8_000])
def test_a_list_of_families_shows_every_case_of_theirs_once_latest_first(
    world: World, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FEW", few)
    chance = random.Random(few)
    texts, shown = searches(chance, world), 0
    for viewer in world.viewers:
        visible = [
            case
            for case in sorted(world.cases.values(), key=lambda c: -c.id)
            if may_see(world, viewer, case)
        ]
        for _ in range(12):
            filters = CaseFilters(
                text=chance.choice(("", *texts)),
                stage=chance.choice(("", "", *STAGES)),
                locality=chance.choice(("", "", *PLACES)),
                status=chance.choice(("open", "open", "", "closed")),
                mine=chance.random() < 0.2,
            )
            expected = [case for case in visible if _is_asked_for(world, viewer, filters, case)]
            rows = list(_all_pages(viewer, filters))
            assert [row.case_id for row in rows] == [case.id for case in expected], filters
            shown += len(rows)
            for row, case in zip(rows, expected, strict=True):
                _says_what_its_case_says(world, row, case)
    assert shown > 100


def _is_asked_for(world: World, viewer: Viewer, filters: CaseFilters, case: Case) -> bool:
    return (
        filters.status in ("", case.status)
        and filters.stage in ("", case.stage)
        and filters.locality in ("", case.locality_id)
        and (not filters.mine or works_in(world, viewer, case.id))
        and (not filters.text or names_it(case, filters.text, people=True))
    )


def _all_pages(viewer: Viewer, filters: CaseFilters) -> Iterable[CaseRow]:
    number, more = 1, True
    while more:
        with reading() as session:
            found = list_cases(session, viewer, CaseFilters(**{**vars(filters), "page": number}))
        yield from found.rows
        number, more = number + 1, found.more


def _says_what_its_case_says(world: World, row: CaseRow, case: Case) -> None:
    people = case.family.people if case.family else []
    children = [f"{p.name}, 10" if p.date_of_birth else p.name for p in people if p.role == "child"]
    assert row.children == "; ".join(children)
    assert row.family == (case.family.name if case.family else "New concern")
    leads = {
        world.user_names[m.user_id]
        for m in world.members
        if m.case_id == case.id and m.role == "lead" and m.until is None
    }
    assert row.lead in (leads or {""})
    plans = [p for p in world.plans if p.case_id == case.id and p.status == "current"]
    assert row.review_on == (plans[0].review_on if plans else None)
    assert row.overdue == sum(
        task.case_id == case.id and task.due_sort < NOW() for task in world.tasks
    )
    assert (row.reference, row.stage, row.status) == (case.reference, case.stage, case.status)
    assert row.locality == (case.locality_id or "")  # a place is called as its id here
