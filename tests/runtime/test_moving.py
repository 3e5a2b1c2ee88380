"""A running case goes on by a new version, and back: what people have and see stays theirs."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app import clock
from app.audit.models import AuditEvent
from app.db import reading, transaction
from app.definitions.models import DefinitionVersion
from app.engine.errors import CannotMove
from app.errors import AppError
from app.identity.models import User
from app.runtime import four_eyes
from app.runtime.actions import CancelInstance
from app.runtime.drafts import draft_of, save_draft
from app.runtime.holding import hold
from app.runtime.models import ProcessInstance, Task
from app.runtime.moving.act import AlreadyThere, CannotUndo
from app.runtime.records import StepHistory
from app.runtime.step import StepFailed, live_processes
from app.runtime.turn import InstanceEnded
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    catch,
    end,
    flow,
    message,
    parallel,
    process,
    repeated,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.factories import make_user
from tests.support.moving import everything, move, undo
from tests.support.process_driver import TEST, ProcessDriver
from tests.support.published import publish

NAMES = ("first", "second", "third", "more", "left", "right", "renamed")
FORMS = dict.fromkeys(NAMES, ("answer",))


def task(
    name: str, *more: str, title: str = "", groups: str = "practitioner", due: str = ""
) -> str:
    return user(name, *more, name=title or name.capitalize(), form=name, groups=groups, due=due)


def drawn(chain: str, *parts: str, extra: str = "") -> bytes:
    return bpmn(process("p", start(), end(), *parts, flow(f"start > {chain} > end"), extra))


def version(*files: bytes) -> DefinitionVersion:
    """Publish a drawing of the process, with what it newly calls; its live version."""
    published = publish(*files, forms=FORMS)
    return next(row for row in published.versions if row.key == "p")


FIRST = drawn("first > second > third", *map(task, ("first", "second", "third")))
MORE = drawn(
    "first > more > second > left > third",
    *map(task, ("first", "more", "left", "third")),
    task("second", title="Second, better"),
)


@pytest.fixture
def running(driver: ProcessDriver) -> int:
    """A case at the second step, of the first version."""
    version(FIRST)
    found = driver.start("p")
    driver.complete("first", answer="yes")
    return found


def test_the_open_task_keeps_its_holder_its_date_and_what_was_typed(
    driver: ProcessDriver, running: int, worker: User
) -> None:
    before = driver.task("second")
    with transaction() as session:
        hold(session, session.merge(before), worker.id, actor=TEST)
        save_draft(session, before.id, worker.id, {"answer": "half a sen"})
    move(running, version(MORE))
    after = driver.task("second")
    assert after.id == before.id
    assert after.name == "Second, better"
    assert (after.assignee_id, after.due_at, after.opened_at) == (
        worker.id,
        before.due_at,
        before.opened_at,
    )
    with reading() as session:
        draft = draft_of(session, after.id, worker.id)
    assert draft is not None
    assert draft.answers == {"answer": "half a sen"}
    driver.complete("second", answer="yes")
    assert driver.open_tasks() == {"left": "practitioner"}


def test_it_is_on_the_record_and_in_the_audit_trail(driver: ProcessDriver, running: int) -> None:
    move_id = move(running, version(MORE))
    undo(running, move_id)
    with reading() as session:
        history = session.scalars(
            select(StepHistory.what).where(StepHistory.kind == "move").order_by(StepHistory.id)
        ).all()
        events = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.action.startswith("process.moved"))
            .order_by(AuditEvent.id)
        ).all()
    assert history == ["moved", "moved_back"]
    assert events == ["process.moved", "process.moved_back"]


def test_taking_it_back_leaves_every_row_and_byte_as_it_was(
    driver: ProcessDriver, running: int, worker: User
) -> None:
    with transaction() as session:
        save_draft(session, driver.task("second").id, worker.id, {"answer": "half"})
    before = everything(running)
    clocked = boundary("late", "second", timer("duration", "P3D")) + flow("late > third")
    moved = move(
        running,
        version(
            drawn(
                "first > second > third",
                *map(task, ("first", "third")),
                task("second", title="Other", groups="supervisor"),
                extra=clocked,
            )
        ),
    )
    assert list(driver.timers()) == ["late"]
    assert everything(running) != before
    undo(running, moved)
    assert everything(running) == before
    driver.complete("second", answer="yes")
    assert driver.open_tasks() == {"third": "practitioner"}


def test_clocks_that_the_new_version_drops_come_back_as_they_were(driver: ProcessDriver) -> None:
    clocked = boundary("late", "second", timer("duration", "P3D")) + flow("late > third")
    version(
        drawn("first > second > third", *map(task, ("first", "second", "third")), extra=clocked)
    )
    instance = driver.start("p")
    driver.complete("first", answer="yes")
    before = everything(instance)
    driver.wait(days=1)
    moved = move(instance, version(FIRST))
    assert (driver.timers(), driver.next_due()) == ({}, None)
    undo(instance, moved)
    assert everything(instance) == before
    driver.wait(days=2)
    assert driver.open_tasks() == {"third": "practitioner"}


def test_what_people_did_that_moves_nothing_stays_when_a_move_is_taken_back(
    driver: ProcessDriver, running: int, worker: User
) -> None:
    colleague = make_user("Carl", role="practitioner")
    moved = move(running, version(MORE))
    with transaction() as session:
        held = session.merge(driver.task("second"))
        hold(session, held, colleague.id, actor=TEST)
    undo(running, moved)
    after = driver.task("second")
    assert (after.name, after.assignee_id) == ("Second", colleague.id)


def test_once_the_case_has_gone_on_the_move_stands_and_it_says_why(
    driver: ProcessDriver, running: int
) -> None:
    moved = move(running, version(MORE))
    driver.complete("second", answer="yes")
    with pytest.raises(CannotUndo, match="“Second, better” was finished on 5 January"):
        undo(running, moved)


def test_a_move_is_taken_back_once_and_the_one_before_it_after_it(
    driver: ProcessDriver, running: int
) -> None:
    before = everything(running)
    first = move(running, version(MORE))
    between = everything(running)
    last = drawn("first > second > more", *map(task, ("first", "second", "more")))
    second = move(running, version(last))
    with pytest.raises(CannotUndo, match=r"moved once more on 5 January\. Take that back first"):
        undo(running, first)
    undo(running, second)
    assert everything(running) == between
    with pytest.raises(CannotUndo, match="has taken this move back already"):
        undo(running, second)
    undo(running, first)
    assert everything(running) == before


def test_a_case_that_is_there_or_has_ended_says_so(driver: ProcessDriver, running: int) -> None:
    there = version(MORE)
    moved = move(running, there)
    with pytest.raises(AlreadyThere):
        move(running, there)
    driver.act(running, CancelInstance(reason="A mistake"))
    with pytest.raises(InstanceEnded):
        move(running, version(FIRST + b"<!-- -->"))
    with pytest.raises(InstanceEnded):
        undo(running, moved)


def test_what_cannot_be_moved_stays_exactly_as_it_was(driver: ProcessDriver, running: int) -> None:
    before = everything(running)
    without = version(drawn("first > third", *map(task, ("first", "third"))))
    with pytest.raises(CannotMove, match="does not have this step"):
        move(running, without)
    broken = boundary("late", "second", timer("duration", "=duration(answer)")) + flow(
        "late > third"
    )
    wrong = drawn("first > second > third", *map(task, ("first", "second", "third")), extra=broken)
    with pytest.raises(StepFailed, match="The timer cannot be worked out"):
        move(running, version(wrong))
    assert everything(running) == before
    driver.complete("second", answer="yes")


def test_a_new_condition_reads_what_was_handed_in_before(driver: ProcessDriver) -> None:
    version(FIRST)
    instance = driver.start("p")
    driver.complete("first", answer="urgent")
    assert "answer" not in driver.instance(instance).facts
    choice = xor("enough", "enough_third")
    way = flow("enough > end", '=answer = "urgent"', flow_id="straight") + flow("enough > third")
    parts = (*map(task, ("first", "second", "third")), choice)
    xml = bpmn(
        process(
            "p",
            start(),
            end(),
            *parts,
            flow("start > first > second > enough"),
            way,
            flow("third > end"),
        )
    )
    move(instance, version(xml))
    assert driver.instance(instance).facts["answer"] == "urgent"


def test_others_do_it_now_unless_somebody_holds_it(driver: ProcessDriver, worker: User) -> None:
    version(FIRST)
    free, held = driver.start("p"), driver.start("p")
    for _ in range(2):
        driver.complete("first", answer="yes")
    with transaction() as session:
        second = next(row for row in _open(held))
        hold(session, session.merge(second), worker.id, actor=TEST)
    others = drawn(
        "first > second > third",
        *map(task, ("first", "third")),
        task("second", groups="supervisor"),
    )
    there = version(others)
    for instance in (free, held):
        move(instance, there)
    assert [(row.role, row.assignee_id) for row in _open(free)] == [("supervisor", None)]
    assert [(row.role, row.assignee_id) for row in _open(held)] == [("supervisor", worker.id)]


def _open(instance_id: int) -> list[Task]:
    with reading() as session:
        return list(
            session.scalars(
                select(Task).where(Task.instance_id == instance_id, Task.done_at.is_(None))
            )
        )


AGREE = (
    xor("agree", default="agree_end", name="Agree?", role="supervisor", sendBackTo="second"),
    flow("agree > third", '=answer = "yes"', name="Yes"),
    flow("agree > end", name="No"),
    flow("third > end"),
)


def decided(chain: str, *parts: str, condition: str = "") -> bytes:
    agree = [part.replace('answer = "yes"', condition or 'answer = "yes"') for part in AGREE]
    return bpmn(process("p", start(), end(), *parts, flow(f"start > {chain} > agree"), *agree))


def test_a_decision_that_waits_keeps_who_recommended_and_who_may_not_decide(
    driver: ProcessDriver, worker: User, supervisor: User
) -> None:
    version(decided("first > second", *map(task, ("first", "second", "third"))))
    instance = driver.start("p")
    driver.complete("first", answer="no")
    driver.complete("second", answer="yes")
    before = driver.task("agree")
    there = decided("more > renamed", *map(task, ("more", "renamed", "third"))).replace(
        b'value="second"', b'value="renamed"'
    )
    move(instance, version(there))
    after = driver.task("agree")
    assert (after.id, after.recommendation, after.due_at) == (
        before.id,
        before.recommendation,
        before.due_at,
    )
    with reading() as session:
        judged = four_eyes.judged_tasks(session, after)
        refused = four_eyes.refused_deciders(session, after)
    assert [row.element_id for row in judged] == ["first", "second"]
    assert refused == {worker.id: "You made this recommendation, so someone else must decide it."}
    driver.sign_off("agree", by=supervisor)
    assert driver.open_tasks() == {"third": "practitioner"}


def test_another_condition_recommends_anew(driver: ProcessDriver, supervisor: User) -> None:
    version(decided("second", *map(task, ("second", "third"))))
    instance = driver.start("p")
    driver.complete("second", answer="no")
    assert _recommended(driver) == "agree_end"
    move(
        instance,
        version(decided("second", *map(task, ("second", "third")), condition='answer = "no"')),
    )
    assert _recommended(driver) == "agree_third"


def _recommended(driver: ProcessDriver) -> str | None:
    said = driver.task("agree").recommendation
    return said["flow_id"] if said else None


def judged_after_move(driver: ProcessDriver, instance: int) -> set[str]:
    with reading() as session:
        return {t.element_id for t in four_eyes.judged_tasks(session, driver.task("agree"))}


def test_work_before_the_move_is_judged_although_its_steps_are_no_longer_drawn(
    driver: ProcessDriver, supervisor: User
) -> None:
    fork = (parallel("fork"), parallel("join"), *map(task, ("left", "right", "third")))
    two = bpmn(
        process(
            "p",
            start(),
            end(),
            *fork,
            task("first"),
            flow("start > first > fork > left > join > agree"),
            flow("fork > right > join"),
            xor("agree", default="agree_end", name="Agree?", role="supervisor"),
            *AGREE[1:],
        )
    )
    version(two)
    instance = driver.start("p")
    driver.complete("first", answer="yes")
    driver.complete("left", answer="yes")
    inside = sub(
        "part", start("s"), task("right"), task("second"), end("e"), flow("s > right > second > e")
    )
    there = bpmn(
        process(
            "p",
            start(),
            end(),
            parallel("fork"),
            parallel("join"),
            task("left"),
            inside,
            task("third"),
            flow("start > fork > left > join > agree"),
            flow("fork > part > join"),
            xor("agree", default="agree_end", name="Agree?", role="supervisor"),
            *AGREE[1:],
        )
    )
    move(instance, version(there))
    driver.complete("right", answer="yes")
    driver.complete("second", answer="yes")
    assert judged_after_move(driver, instance) == {"first", "left", "right", "second"}


def test_work_in_a_call_is_judged_when_the_step_is_split_out_into_one(
    driver: ProcessDriver, supervisor: User
) -> None:
    version(decided("first > second", *map(task, ("first", "second", "third"))))
    instance = driver.start("p")
    driver.complete("first", answer="yes")
    called = bpmn(
        process(
            "q", start(), task("second"), task("more"), end(), flow("start > second > more > end")
        )
    )
    outputs = {"answer": "=answer"}
    there = decided(
        "first > part", *map(task, ("first", "third")), call("part", "q", outputs=outputs)
    )
    without_way_back = re.sub(rb'<zeebe:property name="signOff.sendBackTo"[^>]*/>', b"", there)
    move(instance, version(without_way_back, called))
    assert driver.task("second").path == ["part"]
    driver.complete("second", answer="yes")
    driver.complete("more", answer="yes")
    assert judged_after_move(driver, instance) == {"first", "second", "more"}


def test_a_loop_goes_on_where_it_was(driver: ProcessDriver) -> None:
    def several(chain: str, *more: str) -> bytes:
        each = task("second", repeated("=ids", "one", sequential=True))
        return drawn(chain, *more, each)

    version(several("first > second", task("first")))
    instance = driver.start("p", ids=[1, 2, 3])
    driver.complete("first", answer="yes")
    driver.complete("second", answer="yes")
    move(
        instance,
        version(several("first > more > second > third", *map(task, ("first", "more", "third")))),
    )
    assert driver.task("second").item == 2
    driver.complete("second", answer="yes")
    driver.complete("second", answer="yes")
    assert driver.open_tasks() == {"third": "practitioner"}


def test_a_message_is_still_waited_for_under_its_key(driver: ProcessDriver) -> None:
    def waits(chain: str, *more: str) -> bytes:
        word = catch("word", message("heard"))
        return bpmn(
            process("p", start(), end(), word, *more, flow(f"start > {chain} > end")),
            messages={"heard": "=case_key"},
        )

    version(waits("word > third", task("third")))
    instance = driver.start("p", case_key="k1")
    move(instance, version(waits("word > more > third", task("third"), task("more"))))
    assert driver.send("heard", "k1")
    assert driver.open_tasks() == {"more": "practitioner"}


def test_of_two_who_move_one_case_at_once_the_second_hears_that_it_is_there(
    driver: ProcessDriver, running: int
) -> None:
    there = version(MORE)
    ready = threading.Barrier(2)
    moment = clock.now()

    def one() -> str:
        with clock.at(moment):
            ready.wait(timeout=30)
            try:
                move(running, there)
            except AppError as error:
                return str(error)
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(future.result() for future in [pool.submit(one), pool.submit(one)])
    assert said == ["This case is on that version already.", "moved"]


def test_a_process_kept_in_memory_is_not_taken_for_the_moved_one(
    driver: ProcessDriver, running: int
) -> None:
    """The memory of a program goes by version, and versions are never used twice."""
    moved = move(running, version(MORE))
    undo(running, moved)
    with reading() as session:
        row = session.get_one(ProcessInstance, running)
    assert live_processes.check_out(row.live_key, row.lock_version) is None
    driver.wait(days=1)
    driver.complete("second", answer="yes")
    assert driver.open_tasks() == {"third": "practitioner"}
