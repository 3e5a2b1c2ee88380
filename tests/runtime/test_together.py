"""Several people and workers at the same time: nothing is lost, nothing happens twice."""

import json
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from app import db
from app.audit.verify import verify
from app.db import reading, transaction
from app.identity.models import User
from app.runtime.actions import CompleteTask, FireDueTimers
from app.runtime.actor import TIMERS, Actor
from app.runtime.messages import retry_early, send_message, undelivered
from app.runtime.models import ProcessInstance, Submission, Task
from app.runtime.records import StepHistory
from app.runtime.step import take_step
from app.runtime.tasks_open import TaskAlreadyDone
from app.scheduler.timers import fire_next_due
from tests.runtime.test_messages import alone
from tests.support.diagrams import boundary, bpmn, end, flow, process, start, timer, user
from tests.support.factories import make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

ROOT = Path(__file__).resolve().parents[2]
ONE_TASK = bpmn(
    process(
        "one_task",
        start(),
        user("ask", form="ask", groups="practitioner"),
        user("after", form="after", groups="practitioner"),
        end(),
        flow("start > ask > after > end"),
    )
)
FORMS = {"ask": ("text",), "after": ("fine",)}


def at_once(count: int, work: object) -> list[object]:
    """Run ``work(n)`` in that many threads, let go together; results and errors in any order."""
    barrier = threading.Barrier(count)
    answers: list[object] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            answers.append(work(number))  # type: ignore[operator]  # a function of the number
        except Exception as error:  # noqa: BLE001  the test looks at it
            answers.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_people_completing_one_task_at_once_exactly_one_succeeds(
    driver: ProcessDriver,
) -> None:
    publish(ONE_TASK, forms=FORMS)
    instance_id = driver.start("one_task")
    people = [make_user() for _ in range(8)]
    task_id = driver.task("ask").id

    def complete(number: int) -> object:
        with transaction() as session:
            action = CompleteTask(task_id=task_id, answers={"text": str(number)})
            return take_step(session, instance_id, action, actor=Actor.person(people[number]))

    answers = at_once(8, complete)
    losers = [answer for answer in answers if isinstance(answer, TaskAlreadyDone)]

    assert len(losers) == 7, answers
    assert driver.instance(instance_id).lock_version == 2
    with reading() as session:
        assert len(session.scalars(select(Submission)).all()) == 1
        assert verify(session) == []
    assert all("was faster" in str(loser) for loser in losers)


def test_one_key_sent_several_times_at_once_has_one_effect(
    driver: ProcessDriver, worker: User
) -> None:
    publish(ONE_TASK, forms=FORMS)
    instance_id = driver.start("one_task")
    action = CompleteTask(task_id=driver.task("ask").id, answers={"text": "x"})

    def complete(_: int) -> object:
        with transaction() as session:
            return take_step(
                session, instance_id, action, actor=Actor.person(worker), idempotency_key="k"
            )

    answers = at_once(5, complete)

    assert Counter(getattr(answer, "replayed", answer) for answer in answers) == {
        True: 4,
        False: 1,
    }
    assert driver.instance(instance_id).lock_version == 2


def test_workers_fire_each_due_timer_once(driver: ProcessDriver) -> None:
    publish(
        bpmn(
            process(
                "reminds",
                start(),
                user("ask", form="ask", groups="practitioner"),
                boundary("remind", "ask", timer("duration", "PT1H"), interrupting=False),
                end("reminded"),
                end(),
                flow("start > ask > end"),
                flow("remind > reminded"),
            )
        ),
        forms=FORMS,
    )
    instances = [driver.start("reminds") for _ in range(12)]
    driver.traveller.shift(7200)

    def work(_: int) -> int:
        count = 0
        while fire_next_due():
            count += 1
        return count

    answers = at_once(4, work)

    assert sum(answer for answer in answers if isinstance(answer, int)) == 12, answers
    with reading() as session:
        fired = session.scalars(
            select(StepHistory.instance_id).where(StepHistory.element_id == "reminded")
        ).all()
    assert sorted(fired) == instances


def test_a_completion_and_a_timer_at_the_same_moment_take_one_way(
    driver: ProcessDriver, worker: User
) -> None:
    publish(
        bpmn(
            process(
                "expires",
                start(),
                user("ask", form="ask", groups="practitioner"),
                boundary("too_late", "ask", timer("duration", "PT1H")),
                end("expired"),
                end(),
                flow("start > ask > end"),
                flow("too_late > expired"),
            )
        ),
        forms=FORMS,
    )
    pairs = []
    for _ in range(6):
        instance_id = driver.start("expires")
        with reading() as session:
            task = session.scalars(select(Task).where(Task.instance_id == instance_id)).one()
        pairs.append((instance_id, task.id))
    driver.traveller.shift(7200)

    for instance_id, task_id in pairs:

        def act(number: int, instance_id: int = instance_id, task_id: int = task_id) -> object:
            with transaction() as session:
                if number:
                    return take_step(session, instance_id, FireDueTimers(), actor=TIMERS)
                action = CompleteTask(task_id=task_id, answers={})
                return take_step(session, instance_id, action, actor=Actor.person(worker))

        at_once(2, act)

    with reading() as session:
        ends = session.execute(
            select(StepHistory.instance_id, StepHistory.element_id).where(
                StepHistory.element_id.in_(["end", "expired"])
            )
        ).all()
        open_tasks = session.scalars(select(Task).where(Task.done_at.is_(None))).all()
        statuses = set(session.scalars(select(ProcessInstance.status)))
    assert sorted(row.instance_id for row in ends) == [instance_id for instance_id, _ in pairs]
    assert open_tasks == []
    assert statuses == {"finished"}


PROGRAM = """
import json, sys
from app import db
from app.db import transaction
from app.runtime.actions import CompleteTask
from app.runtime.actor import Actor
from app.runtime.step import take_step
import app.outbox.models

url, instance_id, task_id, user_id = json.loads(sys.argv[1])
db.connect(url)
print("ready", flush=True)
sys.stdin.readline()
try:
    with transaction() as session:
        take_step(session, instance_id, CompleteTask(task_id=task_id, answers={"text": "x"}),
                  actor=Actor(f"user:{user_id}", user_id))
    print("done")
except Exception as error:
    print(type(error).__name__)
db.disconnect()
"""


@pytest.mark.slow
def test_of_two_programs_completing_one_task_exactly_one_succeeds(driver: ProcessDriver) -> None:
    publish(ONE_TASK, forms=FORMS)
    instance_id = driver.start("one_task")
    task_id = driver.task("ask").id
    people = [make_user() for _ in range(2)]
    url = db.write_engine().url.render_as_string(hide_password=False)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps([url, instance_id, task_id, person.id])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for person in people
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    answers = []
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        output, _ = program.communicate(timeout=60)
        answers.append(output.strip())

    assert sorted(answers) == ["TaskAlreadyDone", "done"]
    assert driver.instance(instance_id).lock_version == 2


def test_of_messages_at_once_one_begins_the_only_run_and_it_takes_the_others(
    driver: ProcessDriver,
) -> None:
    publish(alone(), forms=FORMS)

    def send(number: int) -> bool:
        with transaction() as session:
            row = send_message(
                session,
                "help_wanted",
                "7",
                {"n": number},
                actor=TIMERS,
                area_id="starter",
                case_id=7,
            )
            return row.delivered_at is not None

    answers = at_once(5, send)
    assert all(isinstance(answer, bool) for answer in answers), answers
    while retry_early():
        pass
    with reading() as session:
        begun = session.scalars(select(ProcessInstance.status)).all()
        opened = Counter(session.scalars(select(Task.element_id)))
        assert undelivered(session) == []
    assert (begun, opened) == (["running"], {"work": 1, "listen": 4})
