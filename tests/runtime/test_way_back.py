"""Which work a sign-off judges: everything on the token's way, whatever shape it had."""

import pytest

from app.db import reading
from app.runtime import four_eyes
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    end,
    flow,
    parallel,
    process,
    repeated,
    start,
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
