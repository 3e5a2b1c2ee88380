"""The review loop in a database, and one step of it: a function, so that a new program can take it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import reading, transaction
from app.runtime.actions import CompleteTask, FireDueTimers, MoveTimer
from app.runtime.actor import TIMERS, Actor
from app.runtime.models import InstanceStatus, ProcessInstance, Task
from app.runtime.records import StepHistory, Timer
from app.runtime.step import live_processes, start_process, take_step
from tests.support import diagrams as d

ACTOR = Actor.system("loop")


def review_loop() -> tuple[bytes, bytes]:
    """Every turn: two tasks beside each other, a reminder, a task for each of two agencies that
    a timer cuts short, a called process with a timer of its own, a decision that goes round again.
    """
    called = d.process(
        "meeting",
        d.start("ms"),
        d.user("hold", groups="supervisor"),
        d.boundary("put_off", "hold", d.timer("duration", "P14D")),
        d.xor("held"),
        d.end("me"),
        d.flow("ms > hold > held > me"),
        d.flow("put_off > held"),
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
        d.boundary("enough", "ask", d.timer("duration", "P21D")),
        d.xor("asked"),
        d.call("meet", "meeting"),
        d.user("decide", form="decide", groups="supervisor"),
        d.xor("again", "again_end"),
        d.end(),
        d.flow("start > turn > fork > prepare > join > ask > asked > meet > decide > again > end"),
        d.flow("fork > visit > join"),
        d.flow("late > chase > chased"),
        d.flow("enough > asked"),
        d.flow("again > turn", "=again"),
    )
    return d.bpmn(main), d.bpmn(called)


def begin() -> int:
    with transaction() as session:
        return start_process(
            session, "loop", area_id="starter", locality_id=None, facts={}, actor=ACTOR
        ).id


def complete(instance_id: int, task_id: int, *, again: bool) -> None:
    live_processes.forget_all()
    with transaction() as session:
        action = CompleteTask(task_id=task_id, answers={"again": again})
        take_step(session, instance_id, action, actor=ACTOR)


def time_out(instance_id: int, engine_task_id: str) -> None:
    """The timer is due now, and the scheduler comes by."""
    for action in (MoveTimer(engine_task_id=engine_task_id, due_at=clock.now()), FireDueTimers()):
        live_processes.forget_all()
        with transaction() as session:
            take_step(session, instance_id, action, actor=TIMERS)


def open_now(instance_id: int) -> tuple[list[tuple[int, str]], list[tuple[str, str]]]:
    """Open tasks as (id, element), waiting timers as (engine id, element), in order."""
    with reading() as session:
        tasks = select(Task.id, Task.element_id).where(
            Task.instance_id == instance_id, Task.done_at.is_(None)
        )
        timers = select(Timer.engine_task_id, Timer.element_id).where(
            Timer.instance_id == instance_id
        )
        return (
            [(number, name) for number, name in session.execute(tasks.order_by(Task.id))],
            [(engine_id, name) for engine_id, name in session.execute(timers.order_by(Timer.id))],
        )


def finished_times(instance_id: int, element_id: str) -> int:
    """How often an element was passed, by the history."""
    with reading() as session:
        query = select(StepHistory.id).where(
            StepHistory.instance_id == instance_id,
            StepHistory.element_id == element_id,
            StepHistory.what == "completed",
        )
        return len(session.scalars(query).all())


def state_of(instance_id: int) -> tuple[str, int]:
    """The status of the instance and the bytes of its state."""
    with reading() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        return instance.status, len(instance.state)


class InRows:
    """The loop as the application keeps it. ``run`` takes each step, wherever that is."""

    def __init__(self, run: Callable[[Callable[[], Any]], Any]) -> None:
        self._run = run
        self._instance_id: int = run(begin)

    def open_now(self) -> tuple[list[tuple[Any, str]], list[tuple[str, str]]]:
        tasks, timers = open_now(self._instance_id)
        return list(tasks), timers

    def complete(self, task: Any, *, again: bool) -> None:
        self._run(partial(complete, self._instance_id, task, again=again))

    def time_out(self, timer: str) -> None:
        self._run(partial(time_out, self._instance_id, timer))

    def state(self) -> tuple[bool, int]:
        status, size = state_of(self._instance_id)
        return status == InstanceStatus.FINISHED, size

    def passed(self, element_id: str) -> int:
        return finished_times(self._instance_id, element_id)
