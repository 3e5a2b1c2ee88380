"""A small council in a database, and cases whose processes run through ``take_step``."""

from dataclasses import dataclass
from itertools import count

from sqlalchemy import select

from app import clock
from app.cases.models import Case, CaseMember, Family
from app.cases.registration import register_with_runtime
from app.db import reading, transaction
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.actions import CompleteTask
from app.runtime.actor import Actor
from app.runtime.models import ProcessInstance, Task
from app.runtime.step import live_processes, start_process, take_step
from bench.databases import Database
from bench.processes import ANSWERS, FORM, Measured
from bench.timing import Stopwatch, Took
from tests.support.factories import make_team, make_user
from tests.support.published import form, publish

AREA = "starter"
LOCALITY = "starter-north"
_numbers = count(1)


@dataclass(frozen=True)
class Council:
    """A team of eight and the processes, published."""

    database: Database
    lead: User

    @classmethod
    def found(cls, database: Database, *processes: Measured) -> "Council":
        database.use()
        register_with_runtime()
        publish(
            *(process.ours for process in processes),
            more=[form(FORM, ("note", "again"), ticks={"again"})],
        )
        team = make_team("Family support", area=AREA, locality=LOCALITY)
        people = [make_user(role=Role.PRACTITIONER, area=AREA, team=team) for _ in range(7)]
        make_user(role=Role.SUPERVISOR, area=AREA, team=team)
        return cls(database, people[0])

    def start(self, process: Measured) -> "LiveCase":
        """A new family's case with this process, led by one of the team."""
        with transaction() as session:
            number = next(_numbers)
            family = Family(
                name=f"Example{number}",
                name_key=f"example{number}",
                area_id=AREA,
                locality_id=LOCALITY,
            )
            session.add(family)
            session.flush()
            case = Case(
                reference=f"BENCH-{number:06}",
                family_id=family.id,
                area_id=AREA,
                locality_id=LOCALITY,
                team_id=self.lead.team_id,
                opened_at=clock.now(),
                opened_by_id=self.lead.id,
            )
            session.add(case)
            session.flush()
            session.add(
                CaseMember(case_id=case.id, user_id=self.lead.id, role="lead", since=clock.now())
            )
            instance = start_process(
                session,
                process.process_id,
                area_id=AREA,
                locality_id=LOCALITY,
                case_id=case.id,
                actor=Actor.person(self.lead),
            )
        return LiveCase(self, instance.id, instance.live_key)


class LiveCase:
    """Completes whatever is open, each time in a transaction of its own."""

    def __init__(self, council: Council, instance_id: int, live_key: str) -> None:
        self.instance_id = instance_id
        self._live_key = live_key
        self._actor = Actor.person(council.lead)
        with reading() as session:
            self.task_id = session.scalars(
                select(Task.id).where(Task.instance_id == instance_id, Task.done_at.is_(None))
            ).one()

    def complete(self, *, cold: bool = False) -> Took:
        """Until it is committed. ``cold``: the process is loaded from its row first."""
        if cold:
            self.forget()
        watch = Stopwatch()
        with transaction() as session:
            action = CompleteTask(task_id=self.task_id, answers=ANSWERS)
            result = take_step(session, self.instance_id, action, actor=self._actor)
        took = watch.took()
        self.task_id = next(iter(result.opened), 0)
        return took

    def forget(self) -> None:
        """As after a restart: the next step loads the process from its row."""
        live_processes.check_out(self._live_key, 0)

    def state_bytes(self) -> int:
        with reading() as session:
            return len(
                session.scalars(
                    select(ProcessInstance.state).where(ProcessInstance.id == self.instance_id)
                ).one()
            )
