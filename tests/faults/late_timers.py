"""F3, F12, F14, F15: timers whose workers are killed, whose clock jumps, whose machine slept, and
a process that cannot go on."""

import random
import time
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.db import reading
from app.runtime.models import ProcessInstance
from app.runtime.records import Incident, StepHistory
from app.runtime.step import live_processes
from tests.faults import acts
from tests.faults.crew import Member
from tests.faults.figures import Figures
from tests.faults.invariants import broken_rules
from tests.faults.world import SECRET, World


def killed_workers(world: World, *, timers: int, kills: int, seed: int = 1) -> Figures:
    """F3: two workers fire what is due and are killed again and again; new ones go on."""
    chance = random.Random(seed)
    with clock.at(clock.now() - timedelta(hours=2)):
        world.begin("nap", timers)
    began = time.monotonic()
    workers = [_worker(world) for _ in range(2)]
    killed = 0
    while left := _due():
        time.sleep(chance.uniform(0.05, 0.25))
        number = killed % 2
        if killed < kills and left > 2:
            workers[number].kill()
            workers[number] = _worker(world)
            killed += 1
        elif time.monotonic() - began > 300:
            break
    took = time.monotonic() - began
    for worker in workers:
        worker.dismiss()
    return {
        "timers": timers,
        "kills": killed,
        "seconds": round(took, 1),
        "broken": [*_fired_once(timers, "F3"), *broken_rules()],
    }


def jumping_clock(world: World, *, timers: int, jumps: int, seed: int = 1) -> Figures:
    """F12: the clock jumps forwards by hours and a year, and back; nothing fires early or twice."""
    chance = random.Random(seed)
    began = clock.now()
    wrong: list[str] = []
    for _ in range(timers):
        with clock.at(began + timedelta(minutes=chance.randint(0, 60 * 24))):
            world.begin("nap", 1)
    moment, latest = began, began
    leaps = [timedelta(hours=1), timedelta(minutes=-10), timedelta(hours=-1), timedelta(hours=3)]
    for number in range(jumps):
        leap = chance.choice(leaps)
        moment += leap if number < jumps - 2 else timedelta(days=365 * (-1) ** number)
        latest = max(latest, moment)
        live_processes.forget_all()
        acts.fire_all(moment)
        early = sum(due <= latest for due in _wake_ups())
        if early:
            wrong.append(f"F12 {early} timers that were due at {latest} have not fired")
    acts.fire_all(began + timedelta(days=400))
    for fired, due in _moments():
        if fired < due:
            wrong.append(f"F12 a timer due at {due} fired at {fired}")
    return {
        "timers": timers,
        "jumps": jumps,
        "broken": [*wrong, *_fired_once(timers, "F12"), *broken_rules()],
    }


def long_sleep(world: World, *, timers: int, seed: int = 1) -> Figures:
    """F14: the machine was off for a week; everything overdue happens once, longest due first."""
    chance = random.Random(seed)
    week = timedelta(days=7)
    began = clock.now() - week
    dues: dict[int, datetime] = {}
    for _ in range(timers):
        moment = began + timedelta(seconds=chance.randint(0, 6 * 24 * 3600))
        with clock.at(moment):
            (instance_id,) = world.begin("nap", 1)
        dues[instance_id] = moment
    with clock.at(began - timedelta(minutes=1)):
        daily = world.begin("daily", 3)
    live_processes.forget_all()
    started = time.monotonic()
    moved = acts.fire_all()
    took = time.monotonic() - started
    order = [instance_id for instance_id in _woken() if instance_id in dues]
    wrong = []
    if order != sorted(dues, key=lambda each: (dues[each], each)):
        wrong.append("F14 they did not fire in the order in which they were due")
    for instance_id, count in _told(daily).items():
        if count != 7:
            wrong.append(f"F14 daily reminder of instance {instance_id}: {count} instead of 7")
    return {
        "timers": timers,
        "cycles": len(daily),
        "per_second": round(moved / took),
        "broken": [*wrong, *_fired_once(timers, "F14"), *broken_rules()],
    }


def poisoned(world: World, *, others: int) -> Figures:
    """F15: two processes that cannot go on, among many that can."""
    began = clock.now() - timedelta(hours=3)
    with clock.at(began):
        bad = [*world.begin("poison", 1), *world.begin("circle", 1)]
        world.begin("nap", others)
    wrong: list[str] = []
    waits: list[int] = []
    moment = began + timedelta(minutes=1)
    while True:
        live_processes.forget_all()
        acts.fire_all(moment)
        if not waits:
            wrong += _fired_once(others, "F15")
        incidents, wakes = _incidents(), {_wake_at(instance_id) for instance_id in bad}
        due = wakes.pop()
        if wakes or due is None or len(waits) > 9:
            break
        if incidents:
            wrong.append("F15 an incident before the patience was at its end")
        waits.append(int((due - moment).total_seconds() // 60))
        moment = due
    if incidents != bad:
        wrong.append(f"F15 incidents of {incidents}, not of {bad}")
    if wakes or due is not None:
        wrong.append("F15 what waits for a person is still woken")
    return {
        "others": others,
        "minutes_between_attempts": waits,
        "incidents": len(incidents),
        "broken": [*wrong, *broken_rules()],
    }


def _incidents() -> list[int]:
    """The instances that have one open."""
    with reading() as session:
        query = select(Incident.instance_id).where(Incident.resolved_at.is_(None))
        return sorted(session.scalars(query))


def _wake_at(instance_id: int) -> datetime | None:
    with reading() as session:
        return session.get_one(ProcessInstance, instance_id).wake_at


def _worker(world: World) -> Member:
    worker = Member(world.url, SECRET)
    worker.order(acts.fire_all)
    return worker


def _due() -> int:
    with reading() as session:
        query = select(ProcessInstance.id).where(ProcessInstance.wake_at <= clock.now())
        return len(session.scalars(query).all())


def _wake_ups() -> list[datetime]:
    with reading() as session:
        query = select(ProcessInstance.wake_at).where(ProcessInstance.wake_at.is_not(None))
        return [moment for moment in session.scalars(query) if moment is not None]


def _moments() -> list[tuple[datetime, datetime]]:
    """When each nap ended, and when it should have at the earliest."""
    with reading() as session:
        rows = session.execute(
            select(StepHistory.at, ProcessInstance.started_at)
            .join(ProcessInstance, ProcessInstance.id == StepHistory.instance_id)
            .where(StepHistory.element_id == "sleep", StepHistory.what == "completed")
        ).all()
    return [(at, started + timedelta(minutes=1)) for at, started in rows]


def _woken() -> list[int]:
    with reading() as session:
        query = select(StepHistory.instance_id).where(
            StepHistory.element_id == "sleep", StepHistory.what == "completed"
        )
        return list(session.scalars(query.order_by(StepHistory.id)))


def _fired_once(timers: int, rule: str) -> list[str]:
    woken = Counter(_woken())
    found = [f"{rule} instance {i} woke {n} times" for i, n in woken.items() if n > 1]
    if len(woken) != timers:
        found.append(f"{rule} {timers} timers were due, {len(woken)} fired")
    return found


def _told(instances: list[int]) -> dict[int, int]:
    with reading() as session:
        query = select(StepHistory.instance_id).where(
            StepHistory.element_id == "tell_daily", StepHistory.what == "completed"
        )
        told = Counter(session.scalars(query))
    return {instance_id: told[instance_id] for instance_id in instances}
