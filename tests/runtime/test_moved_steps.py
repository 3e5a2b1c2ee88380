"""What belongs to a step stays its own when the step was drawn anew and its cases were moved."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.audit.verify import verify
from app.db import reading, transaction
from app.definitions.library import SourceFile
from app.definitions.models import DefinitionVersion, Kind
from app.errors import AppError, InvalidInput
from app.identity.models import User
from app.modeller.move_plan import count_elsewhere
from app.runtime import automatic
from app.runtime.actions import FireDueTimers, RetryIncident
from app.runtime.holding import hold
from app.runtime.models import Submission, Task
from app.runtime.moving.act import CannotUndo
from app.runtime.records import Incident, WaitingFor
from app.runtime.same_step import answers_before
from app.runtime.step import StepFailed
from tests.runtime.test_moving import FIRST, FORMS, MORE, decided, drawn, task, version
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
    service,
    start,
    timer,
    xor,
)
from tests.support.factories import make_user
from tests.support.moving import everything, move, undo
from tests.support.process_driver import TEST, ProcessDriver
from tests.support.published import publish

AGREED = decided("second", *map(task, ("second", "third")))
CLOCKED = drawn(
    "first > second > third",
    *map(task, ("first", "second", "third")),
    extra=boundary("late", "second", timer("duration", "P3D")) + flow("late > third"),
)
MINDED = AGREED.replace(
    b'value="supervisor"/>',
    b'value="supervisor"/><zeebe:property name="signOff.due" value="=working days(3)"/>',
)


def anew(xml: bytes, *names: str) -> bytes:
    """The same drawing by somebody who gave these elements other ids, with their flows."""
    text = xml.decode()
    for name in names:
        text = re.sub(rf"(?<![A-Za-z]){name}(?![A-Za-z])", f"{name}Anew", text)
        text = text.replace(f'formId="{name}Anew"', f'formId="{name.removesuffix("Anew")}"')
    return text.encode()


def read_in_the_end(name: str = "answer", value: str = "urgent") -> bytes:
    """Three steps, and a choice behind them that reads an answer."""
    steps = map(task, ("first", "second", "third", "left"))
    ways = (
        flow("start > first > second > third > enough"),
        flow("enough > end", f'={name} = "{value}"'),
        flow("enough > left"),
        flow("left > end"),
    )
    return bpmn(process("p", start(), end(), *steps, xor("enough", "enough_left"), *ways))


def documents() -> list[tuple[str, str, bool]]:
    with reading() as session:
        rows = session.scalars(select(Submission).order_by(Submission.id))
        return [(row.element_id, row.answers["answer"], row.superseded) for row in rows]


# ---------------------------------------------------------------------- sent back


def test_work_sent_back_before_the_move_replaces_its_document_when_it_is_done_again(
    driver: ProcessDriver, supervisor: User
) -> None:
    version(AGREED)
    instance = driver.start("p")
    driver.complete("second", answer="no")
    driver.sign_off("agree", "send_back", by=supervisor, comment="Ask again")
    move(instance, version(anew(AGREED, "second")))
    with reading() as session:
        assert answers_before(session, driver.task("secondAnew")) == {"answer": "no"}
    driver.complete("secondAnew", answer="yes")
    assert documents() == [("second", "no", True), ("secondAnew", "yes", False)]


def test_work_sent_back_after_the_move_goes_to_who_did_it_and_replaces_its_document(
    driver: ProcessDriver, worker: User, supervisor: User
) -> None:
    version(AGREED)
    instance = driver.start("p", by=make_user("Inga", role="practitioner"))
    with transaction() as session:
        hold(session, session.merge(driver.task("second")), worker.id, actor=TEST)
    driver.complete("second", by=worker, answer="no")
    move(instance, version(anew(AGREED, "second")))
    move(instance, version(anew(anew(AGREED, "second"), "secondAnew")))
    driver.sign_off("agree", "send_back", by=supervisor, comment="Ask again")
    again = driver.task("secondAnewAnew")
    assert again.assignee_id == worker.id
    with reading() as session:
        assert answers_before(session, again) == {"answer": "no"}
    driver.complete("secondAnewAnew", answer="yes")
    assert [replaced for _, _, replaced in documents()] == [True, False]


def test_work_sent_back_in_one_of_two_calls_replaces_nothing_of_the_other(
    driver: ProcessDriver, supervisor: User
) -> None:
    checked = AGREED.replace(b'process id="p"', b'process id="q"')
    both = bpmn(
        process(
            "p",
            start(),
            end(),
            *map(parallel, ("fork", "join")),
            *(call(name, "q") for name in ("one", "two")),
            flow("start > fork > one > join > end"),
            flow("fork > two > join"),
        )
    )
    publish(checked, both, forms=FORMS)
    driver.start("p")
    for answer in ("of one", "of two"):
        driver.complete("second", answer=answer)
    driver.sign_off("agree", "send_back", by=supervisor, comment="Ask again")
    driver.complete("second", answer="anew")
    replaced = {answer: replaced for _, answer, replaced in documents()}
    assert sum(replaced.values()) == 1
    assert not replaced["anew"]


# ---------------------------------------------------------------------- clocks, joins


def test_a_deadline_goes_on_where_step_and_clock_were_both_drawn_anew(
    driver: ProcessDriver,
) -> None:
    version(CLOCKED)
    instance = driver.start("p")
    driver.complete("first", answer="x")
    due = driver.timers()["late"]
    driver.wait(days=1)
    move(instance, version(anew(CLOCKED, "second", "late")))
    assert driver.timers() == {"lateAnew": due}


def test_a_deadline_goes_along_to_the_step_that_the_owner_names(driver: ProcessDriver) -> None:
    version(CLOCKED)
    instance = driver.start("p")
    driver.complete("first", answer="x")
    due = driver.timers()["late"]
    driver.wait(days=1)
    other = anew(CLOCKED, "second", "late").replace(b'name="Second"', b'name="Quite another"')
    move(instance, version(other), {("p", "second"): ("p", "secondAnew")})
    assert driver.timers() == {"lateAnew": due}


def test_a_clock_that_is_due_during_the_move_rings_on_the_new_version(
    driver: ProcessDriver,
) -> None:
    version(CLOCKED)
    instance = driver.start("p")
    driver.complete("first", answer="x")
    driver.traveller.shift(timedelta(days=5))
    before = everything(instance)
    undo(instance, move(instance, version(anew(CLOCKED, "second"))))
    assert everything(instance) == before
    moved = move(instance, version(anew(CLOCKED, "second", "late")))
    driver.act(instance, FireDueTimers())
    assert driver.open_tasks() == {"third": "practitioner"}
    with pytest.raises(CannotUndo, match="“Second” ended on 10 January"):
        undo(instance, moved)


def test_a_meeting_of_ways_whose_every_neighbour_was_drawn_anew_is_found(
    driver: ProcessDriver,
) -> None:
    fork = (*map(parallel, ("fork", "join")), *map(task, ("left", "right", "third")))
    ways = flow("start > fork > left > join > third > end") + flow("fork > right > join")
    both = bpmn(process("p", start(), end(), *fork, ways))
    version(both)
    instance = driver.start("p")
    driver.complete("left", answer="x")
    move(instance, version(anew(both, "fork", "join", "left", "right")))
    driver.complete("rightAnew", answer="x")
    assert driver.open_tasks() == {"third": "practitioner"}


# ---------------------------------------------------------------------- facts and forms


def test_an_answer_that_was_emptied_is_empty_for_the_new_version(driver: ProcessDriver) -> None:
    version(FIRST)
    instance = driver.start("p")
    driver.complete("first", answer="urgent")
    driver.complete("second", answer=None)
    move(instance, version(read_in_the_end()))
    assert driver.instance(instance).facts["answer"] is None


def test_an_answer_from_a_version_that_did_not_keep_it_replaces_the_one_before(
    driver: ProcessDriver,
) -> None:
    version(read_in_the_end())
    instance = driver.start("p")
    driver.complete("first", answer="urgent")
    move(instance, version(FIRST))
    driver.wait(hours=1)
    driver.complete("second", answer="calm")
    assert driver.instance(instance).facts["answer"] == "urgent"
    move(instance, version(read_in_the_end(value="quiet")))
    assert driver.instance(instance).facts["answer"] == "calm"


def test_of_several_items_none_gets_the_answer_of_another(driver: ProcessDriver) -> None:
    each = call("each", "q", repeated("=ids", "one"))
    outer = bpmn(process("p", start(), end(), each, flow("start > each > end")))
    inner = FIRST.replace(b'process id="p"', b'process id="q"')
    publish(inner, outer, forms=FORMS)
    instance = driver.start("p", ids=["a", "b"])
    driver.complete("first", answer="urgent")
    reads = read_in_the_end().replace(b'process id="p"', b'process id="q"')
    published = publish(reads, forms=FORMS)
    move(instance, next(row for row in published.versions if row.key == "q"))
    driver.complete("first")
    for step in ("second", "second", "third", "third"):
        driver.complete(step)
    assert len(_open(instance)) == 2, "somebody's answer was taken for somebody else's"


def test_an_open_task_gets_the_form_of_today_if_only_that_asks_what_the_new_version_reads(
    driver: ProcessDriver,
) -> None:
    publish(FIRST, forms=FORMS)
    instance = driver.start("p")
    driver.complete("first", answer="x")
    before = everything(instance)
    asks = FORMS | {"second": ("answer", "risk")}
    published = publish(FIRST + b"<!-- the form only -->", forms=asks)
    moved = move(instance, next(row for row in published.versions if row.key == "p"))
    assert "risk" not in _form(driver.task("second"))
    undo(instance, moved)
    published = publish(read_in_the_end("risk", "high"), forms=asks)
    moved = move(instance, next(row for row in published.versions if row.key == "p"))
    assert "risk" in _form(driver.task("second"))
    undo(instance, moved)
    assert everything(instance) == before


def _form(row: Task) -> str:
    with reading() as session:
        found = session.get_one(
            DefinitionVersion, row.form_version_id, options=[undefer(DefinitionVersion.content)]
        )
        return found.content


def _open(instance_id: int) -> list[Task]:
    with reading() as session:
        query = select(Task).where(Task.instance_id == instance_id, Task.done_at.is_(None))
        return list(session.scalars(query.order_by(Task.id)))


# ---------------------------------------------------------------------- what else is open


def test_why_a_case_stays_says_nothing_that_its_family_answered(driver: ProcessDriver) -> None:
    version(read_in_the_end())
    instance = driver.start("p")
    driver.complete("first", answer="after Mia's birthday")
    late = boundary("late", "second", timer("date", "=answer")) + flow("late > left")
    clocked = read_in_the_end().replace(b"</bpmn:process>", late.encode() + b"</bpmn:process>")
    with pytest.raises(StepFailed, match="cannot be worked out from what this case holds") as said:
        move(instance, version(clocked))
    assert "Mia" not in str(said.value)


def test_a_decision_that_came_to_somebody_who_stands_in_still_says_so(
    driver: ProcessDriver,
) -> None:
    version(AGREED)
    boss = make_user("Boss", role="supervisor")
    make_user("Lena", role="safeguarding_lead")
    instance = driver.start("p", by=boss)
    driver.complete("second", by=boss, answer="no")
    before = driver.task("agree")
    assert before.sign_off is not None
    assert before.sign_off["instead_of"] == "supervisor"
    move(instance, version(AGREED + b"<!-- -->"))
    assert driver.task("agree").sign_off == before.sign_off


def test_a_reminder_that_went_out_since_hinders_no_way_back_and_is_not_sent_again(
    driver: ProcessDriver, supervisor: User
) -> None:
    version(MINDED)
    instance = driver.start("p")
    driver.complete("second", answer="no")
    before = driver.task("agree")
    clocked = boundary("soon", "third", timer("duration", "P1D")) + flow("soon > end")
    moved = move(
        instance, version(MINDED.replace(b"</bpmn:process>", clocked.encode() + b"</bpmn:process>"))
    )
    driver.wait(working_days=2)
    sent = driver.sent()
    assert len(sent) == 1
    undo(instance, moved)
    after = driver.task("agree")
    assert (after.remind_at, after.escalate_at) == (None, before.escalate_at)
    assert driver.next_due() == before.escalate_at
    driver.wait(minutes=1)
    assert driver.sent() == sent


def test_a_wait_hears_the_message_by_its_new_name_and_by_the_old_one_again_after_the_way_back(
    driver: ProcessDriver,
) -> None:
    def told(name: str) -> bytes:
        wait = catch("told", message(name))
        steps = (task("first"), wait, task("third"), flow("start > first > told > third > end"))
        return bpmn(process("p", start(), end(), *steps), messages={name: "=k"})

    version(told("told"))
    instance = driver.start("p", k="a")
    driver.complete("first")
    before = everything(instance)
    moved = move(instance, version(told("said")))
    assert _waits() == [("said", "a")]
    undo(instance, moved)
    assert everything(instance) == before
    move(instance, version(told("said") + b"<!-- -->"))
    assert not driver.send("told", "a")
    assert driver.send("said", "a")
    assert driver.open_tasks() == {"third": "practitioner"}


def _waits() -> list[tuple[str, str]]:
    with reading() as session:
        return [(row.name, row.key) for row in session.scalars(select(WaitingFor))]


def test_what_failed_is_tried_again_on_the_new_version(
    driver: ProcessDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_down = [True]

    def register(_context: object, _inputs: object) -> dict[str, object]:
        if is_down[0]:
            raise InvalidInput("The register does not answer.")
        return {}

    monkeypatch.setattr(automatic, "_handlers", {"register": register})
    steps = (*map(task, ("first", "third")), service("note", "register"))
    noted = bpmn(process("p", start(), end(), *steps, flow("start > first > note > third > end")))
    version(noted)
    instance = driver.start("p")
    driver.complete("first", answer="x")
    before = everything(instance)
    there = version(anew(noted, "note"))
    undo(instance, move(instance, there))
    assert everything(instance) == before
    move(instance, there)
    with reading() as session:
        incident = session.scalars(select(Incident)).one()
    assert incident.element_id == "noteAnew"
    is_down[0] = False
    driver.act(instance, RetryIncident(incident_id=incident.id))
    assert driver.open_tasks() == {"third": "practitioner"}
    with reading() as session:
        assert verify(session) == []


def test_steps_that_change_places_go_where_the_owner_says_and_back(driver: ProcessDriver) -> None:
    version(FIRST)
    one, other = driver.start("p"), driver.start("p")
    driver.complete("first", answer="x")
    before = everything(one), everything(other)
    there = version(FIRST + b"<!-- -->")
    places = {("p", "first"): ("p", "second"), ("p", "second"): ("p", "first")}
    moves = move(one, there, places), move(other, there, places)
    assert [_open(case)[0].element_id for case in (one, other)] == ["first", "second"]
    undo(one, moves[0])
    undo(other, moves[1])
    assert (everything(one), everything(other)) == before


def test_cases_of_an_area_go_over_to_its_own_drawing_of_a_core_process(
    driver: ProcessDriver,
) -> None:
    version(FIRST)
    instance = driver.start("p")
    driver.complete("first", answer="x")
    before = everything(instance)
    own = SourceFile(Kind.BPMN, "starter", "p", MORE.decode(), "starter/p.bpmn")
    publish(FIRST, forms=FORMS, more=[own])
    with reading() as session:
        query = select(DefinitionVersion).where(DefinitionVersion.pack == "starter")
        own_p = query.where(DefinitionVersion.key == "p").options(
            undefer(DefinitionVersion.content)
        )
        there = session.scalars(own_p).one()
        assert count_elsewhere(session, there) == 1
    moved = move(instance, there)
    assert driver.task("second").name == "Second, better"
    undo(instance, moved)
    assert everything(instance) == before


def test_who_completes_a_task_while_it_is_moved_loses_nothing(driver: ProcessDriver) -> None:
    version(FIRST)
    instance = driver.start("p")
    first = driver.task("first")
    there = version(MORE)
    moved = move(instance, there)
    driver.complete("first", answer="x")
    assert driver.open_tasks() == {"more": "practitioner"}
    with reading() as session:
        assert session.get_one(Task, first.id).done_at is not None
    with pytest.raises(AppError, match="“First” was finished"):
        undo(instance, moved)
