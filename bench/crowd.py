"""A council's worth of rows, written in bulk: people, families, cases and open tasks.

No process runs behind these tasks; only lists and searches look at them.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, insert

from app import clock
from app.cases.models import Case, CaseMember, Family, Person
from app.cases.names import write_all
from app.cases.visible import Viewer
from app.db import Base
from app.definitions.models import DefinitionSet
from app.identity.models import Area, Locality, Team, User, UserArea, UserRole
from app.identity.permissions import Role
from app.runtime.models import NEVER, ProcessInstance, Task, TaskKind
from app.runtime.records import Timer

SEED = 20260101
BATCH = 5_000
AREAS = 4
LOCALITIES_EACH = 15
TEAMS_EACH = 50
#: Ids from here on are the crowd's.
FIRST = 1_000_000
STAGES = ("identify", "consent", "assess", "plan", "support", "review")
#: What people of a team are: mostly practitioners, some supervisors.
ROLES = (
    (Role.PRACTITIONER, 60),
    (Role.PARTNER, 15),
    (Role.SOCIAL_WORKER, 10),
    (Role.SUPERVISOR, 8),
    (Role.FRONT_DOOR_WORKER, 4),
    (Role.LOCALITY_COORDINATOR, 2),
    (Role.SAFEGUARDING_LEAD, 1),
)
NAMES = ("Ash", "Birch", "Cedar", "Dale", "Elm", "Fern", "Glen", "Heath", "Ivy", "Juniper", "Lane")
ENDINGS = ("wood", "ley", "ford", "ton", "well", "field", "worth", "by", "ham", "shaw")
Row = dict[str, Any]


@dataclass(frozen=True)
class Crowd:
    """Who looks at lists, and what they search for."""

    viewers: tuple[Viewer, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Person:
    id: int
    role: Role
    area: int
    locality: int
    team: int


class _Rows:
    """The rows of one council; everything follows from the seed."""

    def __init__(self, open_tasks: int) -> None:
        self.random = random.Random(SEED)
        self.now = clock.now()
        self.tasks = open_tasks
        self.cases = max(open_tasks * 2 // 5, 1)
        teams = AREAS * TEAMS_EACH
        roles, weights = zip(*ROLES, strict=True)
        self.people = [
            _Person(
                id=FIRST + number,
                role=self.random.choices(roles, weights)[0],
                area=number % AREAS,
                locality=number % AREAS * LOCALITIES_EACH + number // AREAS % LOCALITIES_EACH,
                team=FIRST + number % teams,
            )
            for number in range(max(open_tasks // 50, teams))
        ]
        self.workers = [p for p in self.people if p.role in (Role.PRACTITIONER, Role.PARTNER)]
        self.leads = [self.random.choice(self.workers) for _ in range(self.cases)]

    def family_name(self, number: int) -> str:
        first, second = NAMES[number % len(NAMES)], ENDINGS[number // len(NAMES) % len(ENDINGS)]
        return f"{first}{second}{number // (len(NAMES) * len(ENDINGS))}"

    def areas(self) -> Iterator[Row]:
        for area in range(AREAS):
            yield {"id": area_id(area), "name": f"Area {area}", "pack": "starter"}

    def localities(self) -> Iterator[Row]:
        for number in range(AREAS * LOCALITIES_EACH):
            area = area_id(number // LOCALITIES_EACH)
            yield {"id": locality_id(number), "area_id": area, "name": f"District {number}"}

    def teams(self) -> Iterator[Row]:
        for number in range(AREAS * TEAMS_EACH):
            area = area_id(number % AREAS)
            yield {"id": FIRST + number, "name": f"Team {number}", "agency": "A", "area_id": area}

    def users(self) -> Iterator[Row]:
        for person in self.people:
            name = f"crowd{person.id}"
            yield {
                "id": person.id,
                "sign_in_name": name,
                "email": f"{name}@example.org",
                "name": name,
                "team_id": person.team,
                "created_at": self.now,
            }

    def user_roles(self) -> Iterator[Row]:
        for person in self.people:
            yield {"user_id": person.id, "role": person.role}

    def user_areas(self) -> Iterator[Row]:
        for person in self.people:
            yield {"user_id": person.id, "area_id": area_id(person.area)}

    def families(self) -> Iterator[Row]:
        for number, lead in enumerate(self.leads):
            name = self.family_name(number)
            yield {
                "id": FIRST + number,
                "name": name,
                "name_key": name.lower(),
                "area_id": area_id(lead.area),
                "locality_id": locality_id(lead.locality),
            }

    def persons(self) -> Iterator[Row]:
        for number in range(self.cases * 2):
            first = NAMES[number % 7]
            name = f"{first} {self.family_name(number // 2)}"
            role = "child" if number % 2 else "parent"
            family = FIRST + number // 2
            yield {"family_id": family, "name": name, "name_key": name.lower(), "role": role}

    def case_rows(self) -> Iterator[Row]:
        for number, lead in enumerate(self.leads):
            yield {
                "id": FIRST + number,
                "reference": f"CROWD-{number:06}",
                "family_id": FIRST + number,
                "area_id": area_id(lead.area),
                "locality_id": locality_id(lead.locality),
                "team_id": lead.team,
                "stage": STAGES[number % len(STAGES)],
                "opened_at": self.now,
                "opened_by_id": lead.id,
            }

    def members(self) -> Iterator[Row]:
        for number, lead in enumerate(self.leads):
            since = {"case_id": FIRST + number, "since": self.now}
            yield {**since, "user_id": lead.id, "role": "lead"}
            for _ in range(2):
                other = self.random.choice(self.people)
                if other.id != lead.id:
                    yield {**since, "user_id": other.id, "role": f"member{_}"}

    def instances(self) -> Iterator[Row]:
        for number, lead in enumerate(self.leads):
            yield {
                "id": FIRST + number,
                "process_id": "crowd",
                "definition_set_key": "crowd",
                "area_id": area_id(lead.area),
                "case_id": FIRST + number,
                "state": b"",
                "facts": {},
                "started_at": self.now,
            }

    def task_rows(self) -> Iterator[Row]:
        """Seven of ten are held: mostly by the lead of the case. The rest wait for a role."""
        for number in range(self.tasks):
            case = number % self.cases
            lead = self.leads[case]
            held = self.random.random() < 0.7
            role = Role.PRACTITIONER if held else self.random.choices(*zip(*ROLES, strict=True))[0]
            due = self._due()
            yield {
                "instance_id": FIRST + case,
                "engine_task_id": f"crowd-{number}",
                "process_id": "crowd",
                "element_id": "crowd_task",
                "kind": TaskKind.SIGN_OFF if role is Role.SUPERVISOR else TaskKind.USER,
                "name": "Prepare the review",
                "path": [],
                "facts": {},
                "item": None,
                "role": role,
                "area_id": area_id(lead.area),
                "locality_id": locality_id(lead.locality),
                "team_id": lead.team if number % 2 else None,
                "assignee_id": lead.id if held else None,
                "case_id": FIRST + case,
                "opened_at": self.now - timedelta(minutes=number % 50_000),
                "due_at": due,
                "due_sort": due or NEVER,
            }

    def timers(self) -> Iterator[Row]:
        """The review of every case."""
        for number in range(self.cases):
            yield {
                "instance_id": FIRST + number,
                "engine_task_id": f"review-{number}",
                "process_id": "crowd",
                "element_id": "review",
                "name": "Review the plan",
                "host_element_id": None,
                "due_at": self.now + timedelta(hours=number * 7 % 4_000),
            }

    def _due(self) -> datetime | None:
        if self.random.random() < 0.1:
            return None
        return self.now + timedelta(minutes=self.random.randrange(-14_400, 86_400))


def area_id(number: int) -> str:
    return f"crowd-{number}"


def locality_id(number: int) -> str:
    return f"crowd-place-{number}"


def gather(engine: Engine, open_tasks: int, viewers: int) -> Crowd:
    """Write the rows, and choose viewers of every role in turn."""
    rows = _Rows(open_tasks)
    makers: tuple[tuple[type[Base], Callable[[], Iterator[Row]]], ...] = (
        (Area, rows.areas),
        (Locality, rows.localities),
        (Team, rows.teams),
        (User, rows.users),
        (UserRole, rows.user_roles),
        (UserArea, rows.user_areas),
        (Family, rows.families),
        (Person, rows.persons),
        (Case, rows.case_rows),
        (CaseMember, rows.members),
        (DefinitionSet, _set_of_crowd),
        (ProcessInstance, rows.instances),
        (Task, rows.task_rows),
        (Timer, rows.timers),
    )
    with engine.begin() as connection:
        for model, make in makers:
            _write(connection, model, make())
        write_all(connection)
    if engine.dialect.name == "postgresql":  # as its autovacuum does within a minute
        raw: Any = engine.raw_connection()
        raw.rollback()  # one from the pool has begun its transaction
        raw.dbapi_connection.autocommit = True
        raw.cursor().execute("VACUUM ANALYZE")
        raw.invalidate()
    names = [rows.family_name(number * 37 % rows.cases) for number in range(viewers)]
    return Crowd(tuple(_viewers(rows.people, viewers)), tuple(names))


def _write(connection: Connection, model: type[Base], rows: Iterator[Row]) -> None:
    table = Base.metadata.tables[model.__tablename__]
    while batch := list(islice(rows, BATCH)):
        connection.execute(insert(table), batch)


def _set_of_crowd() -> Iterator[Row]:
    crowd = {"key": "crowd", "process_id": "crowd", "pack": "starter"}
    yield {**crowd, "processes": {}, "decisions": {}}


def _viewers(people: Sequence[_Person], count: int) -> Iterator[Viewer]:
    by_role = {role: [p for p in people if p.role is role] for role, _ in ROLES}
    present = [found for found in by_role.values() if found]
    for number in range(count):
        role = present[number % len(present)]
        person = role[number // len(present) % len(role)]
        places = frozenset({locality_id(person.locality)}) if number % 2 else frozenset()
        yield Viewer(
            user_id=person.id,
            team_id=person.team,
            roles=frozenset({str(person.role)}),
            areas=frozenset({area_id(person.area)}),
            localities=places,
        )
