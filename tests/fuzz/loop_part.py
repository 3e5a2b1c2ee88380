"""``loops``: a review loop of 2,000 turns on both databases, saved and reloaded at every step."""

import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from app import db
from app.db import reading, transaction
from app.runtime.actions import CompleteTask
from app.runtime.actor import Actor
from app.runtime.models import InstanceStatus, ProcessInstance, Task
from app.runtime.records import StepHistory
from app.runtime.step import live_processes, start_process, take_step
from tests.support import diagrams as d
from tests.support.factories import make_area
from tests.support.postgres import postgres
from tests.support.published import publish
from tests.support.schema import create_tables


def review_loop() -> tuple[bytes, bytes]:
    """A boundary timer, a call, a parallel join and a task for each of two, in every turn."""
    called = d.process(
        "meeting",
        d.start("ms"),
        d.user("hold", groups="supervisor"),
        d.end("me"),
        d.flow("ms > hold > me"),
    )
    main = d.process(
        "loop",
        d.start(),
        d.xor("turn"),
        d.parallel("fork"),
        d.user("prepare", groups="supervisor"),
        d.boundary("late", "prepare", d.timer("duration", "P84D"), interrupting=False),
        d.user("chase", groups="supervisor"),
        d.end("chased"),
        d.user("visit", groups="supervisor"),
        d.parallel("join"),
        d.user("ask", d.repeated("=[1, 2]", "agency"), groups="supervisor"),
        d.call("meet", "meeting"),
        d.user("decide", form="decide", groups="supervisor"),
        d.xor("again", "again_end"),
        d.end(),
        d.flow("start > turn > fork > prepare > join > ask > meet > decide > again > end"),
        d.flow("fork > visit > join"),
        d.flow("late > chase > chased"),
        d.flow("again > turn", "=again"),
    )
    return d.bpmn(main), d.bpmn(called)


def play(turns: int) -> dict[str, object]:
    """In the database that is connected; every step loads the process from its row."""
    make_area("starter")
    publish(*review_loop(), forms={"decide": ("again",)})
    actor = Actor.system("loop")
    with transaction() as session:
        instance = start_process(
            session, "loop", area_id="starter", locality_id=None, facts={}, actor=actor
        )
        instance_id = instance.id
    first: list[float] = []
    last: list[float] = []
    for turn in range(1, turns + 1):
        began = perf_counter()
        steps = _turn(instance_id, actor, again=turn < turns)
        assert steps == 6, f"turn {turn}: {steps} tasks"
        seconds = perf_counter() - began
        if turn <= 20:
            first.append(seconds)
        last = [*last[-19:], seconds]
    return _figures(instance_id, turns, sorted(first), sorted(last))


def _turn(instance_id: int, actor: Actor, *, again: bool) -> int:
    steps = 0
    while (task := _next(instance_id)) is not None:
        live_processes.forget_all()
        answers = {"again": again} if task.element_id == "decide" else {}
        with transaction() as session:
            action = CompleteTask(task_id=task.id, answers=answers)
            take_step(session, instance_id, action, actor=actor)
        steps += 1
        if task.element_id == "decide":
            break
    return steps


def _next(instance_id: int) -> Any:
    with reading() as session:
        query = select(Task.id, Task.element_id).where(
            Task.instance_id == instance_id, Task.done_at.is_(None)
        )
        return session.execute(query.order_by(Task.id.desc()).limit(1)).first()


def _figures(
    instance_id: int, turns: int, first: list[float], last: list[float]
) -> dict[str, object]:
    with reading() as session:
        query = select(ProcessInstance.status, func.length(ProcessInstance.state)).where(
            ProcessInstance.id == instance_id
        )
        status, size = session.execute(query).one()
        history = session.scalar(select(func.count()).where(StepHistory.instance_id == instance_id))
    young, old = first[len(first) // 2], last[len(last) // 2]
    return {
        "turns": turns,
        "steps": turns * 6,
        "status": status,
        "state_bytes_at_the_end": size,
        "history_rows": history,
        "median_turn_ms_first_20": round(young * 1000, 1),
        "median_turn_ms_last_20": round(old * 1000, 1),
        "last_over_first": round(old / young, 2),
        "failed": status != InstanceStatus.FINISHED,
    }


def loops(turns: int, first: int = 0) -> dict[str, object]:
    del first
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="earlyhelp-loop-") as folder:
        sqlite = f"sqlite:///{Path(folder) / 'loop.sqlite'}"
        found["sqlite"] = _on(nullcontext(sqlite), turns)
    found["postgresql"] = _on(postgres(), turns)
    return {**found, "failed": any(part["failed"] for part in found.values())}


def _on(opened: AbstractContextManager[str], turns: int) -> dict[str, object]:
    with opened as url:
        db.connect(url)
        create_tables(db.write_engine())
        try:
            return play(turns)
        finally:
            live_processes.forget_all()
            db.disconnect()
