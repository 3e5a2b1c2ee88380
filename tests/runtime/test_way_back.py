"""Which work a sign-off judges: everything on the token's way, whatever shape it had."""

import pytest
from sqlalchemy import select

from app.db import reading
from app.identity.models import User
from app.runtime import four_eyes
from app.runtime.models import Task
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
    race,
    repeated,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.factories import make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

NAMES = ("first", "left", "right", "after", "aside", "inner", "again")
FORMS = dict.fromkeys(NAMES, ("answer",))


def task(name: str, *more: str) -> str:
    return user(name, *more, form=name, groups="practitioner")


AGREE = (
    xor("agree", default="agree_no", role="supervisor"),
    end("yes"),
    end("no"),
    flow("agree > yes", '=answer = "yes"'),
    flow("agree > no"),
)


def judged(driver: ProcessDriver, gateway: str = "agree") -> set[str]:
    with reading() as session:
        return {t.element_id for t in four_eyes.judged_tasks(session, driver.task(gateway))}


def test_both_ways_into_a_join_are_judged_and_a_way_past_it_is_not(
    driver: ProcessDriver,
) -> None:
    publish(
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                parallel("fork"),
                task("left"),
                task("right"),
                task("aside"),
                parallel("join"),
                end(),
                *AGREE,
                flow("start > first > fork > left > join > agree"),
                flow("fork > right > join"),
                flow("fork > aside > end"),
            )
        ),
        forms=FORMS,
    )
    driver.start("p")
    for name in ("first", "aside", "right", "left"):
        driver.complete(name, answer="yes")

    assert judged(driver) == {"first", "left", "right"}


def test_every_item_of_a_repeated_task_and_call_is_judged(driver: ProcessDriver) -> None:
    publish(
        bpmn(process("inside", start(), task("inner"), end(), flow("start > inner > end"))),
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                task("again", repeated("=ids", "one")),
                call("each", "inside", repeated("=ids", "one", sequential=True)),
                *AGREE,
                flow("start > first > again > each > agree"),
            )
        ),
        forms=FORMS,
    )
    driver.start("p", ids=[1, 2])
    driver.complete("first", answer="yes")
    for name in ("again", "again", "inner", "inner"):
        driver.complete(name)

    with reading() as session:
        found = four_eyes.judged_tasks(session, driver.task("agree"))
    assert [t.element_id for t in found] == ["first", "again", "again", "inner", "inner"]


def test_work_that_a_timer_cut_short_was_on_the_way_all_the_same(driver: ProcessDriver) -> None:
    publish(
        bpmn(
            process(
                "inside",
                start(),
                task("inner"),
                task("after"),
                end(),
                flow("start > inner > after > end"),
            )
        ),
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                call("look", "inside"),
                boundary("too_late", "look", timer("duration", "P5D")),
                end(),
                *AGREE,
                flow("start > first > look > end"),
                flow("too_late > agree"),
            )
        ),
        forms=FORMS,
    )
    driver.start("p")
    driver.complete("first", answer="yes")
    driver.complete("inner")
    driver.wait(days=5)

    assert judged(driver) == {"first", "inner"}


def test_each_turn_of_a_loop_is_judged_back_to_the_last_sign_off(driver: ProcessDriver) -> None:
    publish(
        bpmn(
            process(
                "p",
                start(),
                xor("back_here"),
                task("first"),
                xor("round_again", default="round_again_agree"),
                xor("agree", default="agree_back_here", role="supervisor"),
                end("yes"),
                flow("start > back_here > first > round_again > agree > back_here"),
                flow("round_again > back_here", '=answer = "again"'),
                flow("agree > yes", '=answer = "yes"'),
            )
        ),
        forms=FORMS,
    )
    driver.start("p")
    for answer in ("again", "no"):
        driver.complete("first", answer=answer)
    with reading() as session:
        assert len(four_eyes.judged_tasks(session, driver.task("agree"))) == 2

    driver.sign_off("agree", by=make_user(role="supervisor"))
    driver.complete("first", answer="yes")
    with reading() as session:
        assert len(four_eyes.judged_tasks(session, driver.task("agree"))) == 1


@pytest.mark.parametrize("unsigned", [True, False])
def test_a_gateway_that_needed_no_signature_ends_no_way(
    driver: ProcessDriver, unsigned: bool
) -> None:
    publish(
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                xor("maybe", default="maybe_after", role="supervisor", when='=answer = "sign"'),
                task("after"),
                end(),
                *AGREE,
                flow("start > first > maybe > after > agree"),
                flow("maybe > end", '=answer = "stop"'),
            )
        ),
        forms=FORMS,
    )
    driver.start("p")
    driver.complete("first", answer="no" if unsigned else "sign")
    if not unsigned:
        driver.sign_off("maybe", by=make_user(role="supervisor"))
    driver.complete("after", answer="yes")

    assert judged(driver) == ({"first", "after"} if unsigned else {"after"})


def test_the_way_leads_through_whichever_event_came_first(driver: ProcessDriver) -> None:
    publish(
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                race("until"),
                catch("day", timer("duration", "P1D")),
                catch("call_in", message("come")),
                xor("either"),
                *AGREE,
                flow("start > first > until > day > either > agree"),
                flow("until > call_in > either"),
            ),
            messages={"come": '="now"'},
        ),
        forms=FORMS,
    )
    driver.start("p")
    driver.complete("first", answer="yes")
    driver.send("come", "now")

    assert judged(driver) == {"first"}


SIGNED_INSIDE = process(
    "inside",
    start(),
    task("inner"),
    boundary("chase_at", "inner", message("chase"), interrupting=False),
    task("aside"),
    end("chased"),
    xor("inner_agree", default="inner_agree_stop", role="supervisor"),
    task("after"),
    end(),
    end("stop"),
    flow("start > inner > inner_agree"),
    flow("inner_agree > after", '=answer = "yes"'),
    flow("after > end"),
    flow("inner_agree > stop"),
    flow("chase_at > aside > chased"),
)


def test_a_sign_off_inside_a_call_ends_the_way_although_a_line_beside_it_went_on(
    driver: ProcessDriver,
) -> None:
    """What somebody did on the line beside it has been judged by nobody yet."""
    publish(
        bpmn(SIGNED_INSIDE, messages={"chase": '="now"'}),
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                call("look", "inside"),
                *AGREE,
                flow("start > first > look > agree"),
            )
        ),
        forms=FORMS,
    )
    driver.start("p")
    driver.complete("first", answer="yes")
    driver.send("chase", "now")
    driver.complete("inner", answer="yes")
    driver.sign_off("inner_agree", by=make_user(role="supervisor"))
    driver.complete("aside")
    driver.complete("after", answer="yes")

    assert judged(driver) == {"aside", "after"}


def test_an_earlier_turn_of_a_call_is_not_judged_with_the_last_one(driver: ProcessDriver) -> None:
    publish(
        bpmn(SIGNED_INSIDE, messages={"chase": '="now"'}),
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                xor("back_here"),
                call("look", "inside"),
                task("again"),
                xor("more", default="more_agree"),
                *AGREE,
                flow("start > first > back_here > look > again > more > agree"),
                flow("more > back_here", '=answer = "again"'),
            )
        ),
        forms=FORMS,
    )
    driver.start("p")
    driver.complete("first", answer="yes")
    supervisor = make_user(role="supervisor")
    for answer in ("again", "yes"):
        driver.complete("inner", answer="yes")
        driver.sign_off("inner_agree", by=supervisor)
        driver.complete("after", answer="yes")
        driver.complete("again", answer=answer)

    with reading() as session:
        found = four_eyes.judged_tasks(session, driver.task("agree"))
    assert [t.element_id for t in found] == ["after", "again"]


def test_work_in_a_stage_that_was_cut_short_is_judged_from_where_it_stood(
    driver: ProcessDriver,
) -> None:
    """Through a call inside a sub-process, back to what was signed in there, at every join."""
    publish(
        bpmn(
            process(
                "inside",
                start(),
                parallel("fork"),
                task("left"),
                task("right"),
                task("aside"),
                parallel("join"),
                end(),
                flow("start > fork > left > join > end"),
                flow("fork > right > join"),
                flow("fork > aside > join"),
            )
        ),
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                sub(
                    "stage",
                    start("stage_start"),
                    task("inner"),
                    xor("inner_agree", default="inner_agree_stop", role="supervisor"),
                    call("look", "inside"),
                    end("stop"),
                    flow("stage_start > inner > inner_agree > stop"),
                    flow("inner_agree > look", '=answer = "yes"'),
                    flow("look > stop"),
                ),
                boundary("off", "stage", message("halt")),
                task("after"),
                end(),
                *AGREE,
                flow("start > first > stage > end"),
                flow("off > after > agree"),
            ),
            messages={"halt": '="now"'},
        ),
        forms=FORMS,
    )
    driver.start("p")
    driver.complete("first", answer="yes")
    driver.complete("inner", answer="yes")
    driver.sign_off("inner_agree", by=make_user(role="supervisor"))
    driver.complete("left")
    driver.send("halt", "now")
    driver.complete("after", answer="yes")

    assert judged(driver) == {"left", "after"}


def test_of_several_items_at_once_only_the_work_on_this_one_is_judged(
    driver: ProcessDriver, worker: User
) -> None:
    publish(
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                sub(
                    "each",
                    start("each_start"),
                    task("inner"),
                    *AGREE,
                    flow("each_start > inner > agree"),
                    said=repeated("=ids", "one"),
                ),
                end(),
                flow("start > first > each > end"),
            )
        ),
        forms=FORMS,
    )
    driver.start("p", ids=[1, 2])
    driver.complete("first", answer="yes")
    people = [make_user(role="practitioner"), make_user(role="practitioner")]
    for person in people:
        driver.complete("inner", by=person, answer="yes")

    with reading() as session:
        gateways = list(session.scalars(select(Task).where(Task.element_id == "agree")))
        assert {gateway.item for gateway in gateways} == {1, 2}
        for gateway in gateways:
            did = {t.element_id: t.done_by_id for t in four_eyes.judged_tasks(session, gateway)}
            assert did == {"first": worker.id, "inner": people[gateway.item - 1].id}


def test_work_that_a_terminate_end_cut_off_is_judged_too(driver: ProcessDriver) -> None:
    publish(
        bpmn(
            process(
                "p",
                start(),
                task("first"),
                sub(
                    "stage",
                    start("stage_start"),
                    parallel("fork"),
                    task("left"),
                    task("right"),
                    task("inner"),
                    end("over", "<bpmn:terminateEventDefinition/>"),
                    end("done"),
                    flow("stage_start > fork > left > over"),
                    flow("fork > right > inner > done"),
                ),
                *AGREE,
                flow("start > first > stage > agree"),
            )
        ),
        forms=FORMS,
    )
    driver.start("p")
    for name in ("first", "right", "left"):
        driver.complete(name, answer="yes")

    assert judged(driver) == {"first", "left", "right"}
