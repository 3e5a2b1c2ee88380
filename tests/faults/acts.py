"""What people and machines do, as plain functions: any of them can run in a program of its own."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app import clock
from app.db import reading, transaction
from app.errors import Conflict
from app.runtime.actions import CompleteTask
from app.runtime.actor import Actor
from app.runtime.messages import retry_early
from app.runtime.models import ProcessInstance, Task
from app.runtime.results import StepResult
from app.runtime.step import start_process, take_step
from app.scheduler.timers import fire_next_due

TEST = Actor.system("test")
#: Seconds that a client waits for a database that is gone.
PATIENCE = 60


@dataclass(frozen=True)
class Ack:
    """A completion that its client was told is done. ``text`` is what was handed in."""

    task_id: int
    text: str


@dataclass
class Worked:
    """One client's time at work."""

    acks: list[Ack] = field(default_factory=list)
    refused: int = 0
    retries: int = 0
    replayed: int = 0
    longest_gap: float = 0.0
    problems: Counter[str] = field(default_factory=Counter)


def first_free_case() -> int:
    with reading() as session:
        return (session.scalar(select(func.max(ProcessInstance.case_id))) or 0) + 1


def begin(process_id: str, case_id: int | None = None, **facts: object) -> int:
    with transaction() as session:
        return start_process(
            session, process_id, area_id="starter", case_id=case_id, facts=facts, actor=TEST
        ).id


def complete(  # everything one completion needs
    instance_id: int, task_id: int, user_id: int, key: str | None = None, **answers: str
) -> StepResult:
    answers.setdefault("text", key or "")
    actor = Actor(f"user:{user_id}", user_id)
    with transaction() as session:
        action = CompleteTask(task_id=task_id, answers=answers)
        return take_step(session, instance_id, action, actor=actor, idempotency_key=key)


def open_task_of(instance_id: int) -> int | None:
    with reading() as session:
        return session.scalar(
            select(Task.id)
            .where(Task.instance_id == instance_id, Task.done_at.is_(None))
            .order_by(Task.id)
            .limit(1)
        )


def fire_all(moment: datetime | None = None) -> int:
    """Fire until nothing is due, at this moment; how many instances were moved or postponed."""
    with clock.at(moment or clock.now()):
        count = 0
        while fire_next_due():
            count += 1
        return count


def fire_once() -> bool:
    return fire_next_due()


def work(
    instances: Sequence[int], user_id: int, seconds: float, seed: int, friends: Sequence[str] = ()
) -> Worked:
    """Complete what is open in these, sending each request again until there is an answer."""
    chance = random.Random(seed)
    worked = Worked()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        instance_id = chance.choice(instances)
        more = {"friend": chance.choice(friends)} if friends else {}
        asked = time.monotonic()
        _one(worked, instance_id, user_id, more)
        worked.longest_gap = max(worked.longest_gap, time.monotonic() - asked)
    return worked


def _one(worked: Worked, instance_id: int, user_id: int, more: dict[str, str]) -> None:
    key = uuid4().hex
    task_id: int | None = None
    until = time.monotonic() + PATIENCE
    while True:
        try:
            task_id = task_id or open_task_of(instance_id)
            if task_id is None:
                return
            result = complete(instance_id, task_id, user_id, key, **more)
        except Conflict:
            worked.refused += 1
            return
        except DBAPIError as error:
            worked.problems[type(error.orig or error).__name__] += 1
            worked.retries += 1
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            worked.replayed += result.replayed
            worked.acks.append(Ack(task_id, key))
            return


def begin_overdue(process_id: str, hours: float = 2) -> tuple[int, int]:
    """An instance that began so long ago that its timer is due; and its open task."""
    with clock.at(clock.now() - timedelta(hours=hours)):
        instance_id = begin(process_id, case_id=first_free_case())
    return instance_id, open_task_of(instance_id) or 0


def deliver_kept() -> int:
    """What the scheduler does with messages that nobody could take at once."""
    return retry_early()
