"""Timers are frozen when the token arrives, fire once, and reminders never hold a case open."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.clock import today
from app.engine.errors import ElementFailed, EngineRefused
from tests.support.diagrams import (
    boundary,
    catch,
    end,
    flow,
    message,
    parallel,
    repeated,
    script,
    simple,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play

WAIT = "start > wait > after > end"


def waiting(kind: str, text: str) -> bytes:
    return simple(catch("wait", timer(kind, text)), user("after"), flow(WAIT))


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("duration", "P6W", "2026-02-16 09:00"),
        ("duration", "PT48H", "2026-01-07 09:00"),
        ("duration", "P1M", "2026-02-05 09:00"),
        ("date", "2026-03-02", "2026-03-02 09:00"),
        ("date", "2026-07-01", "2026-07-01 08:00"),
        ("date", "2026-07-01T12:00", "2026-07-01 11:00"),
        ("date", "2026-07-01T12:00:00Z", "2026-07-01 12:00"),
        ("date", "2026-07-01T12:00:00[Europe/London]", "2026-07-01 11:00"),
        ("date", "=working days(5)", "2026-01-12 17:00"),
        ("date", "=date(review_on)", "2026-03-02 09:00"),
        ("date", "=review_on", "2026-03-02 09:00"),
        ("duration", '=duration("P3D")', "2026-01-08 09:00"),
        ("duration", '=duration("P2M")', "2026-03-05 09:00"),
        ("duration", "=parameters.review_after", "2026-03-30 08:00"),
        ("date", '=date and time("2026-01-09T10:00:00Z")', "2026-01-09 10:00"),
    ],
)
def test_a_timer_is_due(clock: time_machine.Traveller, kind: str, text: str, due: str) -> None:
    host = FakeHost(given={"review_after": "P12W"})
    play = Play(waiting(kind, text), facts={"review_on": "2026-03-02"}, host=host)
    assert [f"{t.due_at:%Y-%m-%d %H:%M}" for t in play.now.timers] == [due]


def test_forty_eight_hours_are_forty_eight_when_the_clocks_go_back(
    clock: time_machine.Traveller,
) -> None:
    """HULL-48: the written follow-up is due in clock hours."""
    clock.move_to(datetime(2026, 10, 24, 8, tzinfo=UTC))  # nine in London, the day before
    for text in ("PT48H", '=duration("PT48H")', '=duration("PT" + string(48) + "H")'):
        play = Play(waiting("duration", text))
        assert [t.due_at for t in play.now.timers] == [datetime(2026, 10, 26, 8, tzinfo=UTC)], text
    play = Play(waiting("duration", "P2D"))  # two days keep the time of day
    assert [t.due_at for t in play.now.timers] == [datetime(2026, 10, 26, 9, tzinfo=UTC)]


def test_a_timer_fires_when_it_is_due_and_not_before(clock: time_machine.Traveller) -> None:
    play = Play(waiting("duration", "P5D"))
    clock.shift(timedelta(days=5, seconds=-1))
    assert play.fire() == 0
    clock.shift(timedelta(seconds=1))
    assert play.fire() == 1
    assert play.open == ["after"]
    assert play.now.timers == ()


def test_a_late_timer_fires_once(clock: time_machine.Traveller) -> None:
    play = Play(waiting("duration", "P5D"))
    clock.shift(timedelta(days=500))
    assert play.fire() == 1
    assert play.fire() == 0


@pytest.mark.parametrize("value", [None, "soon", 5, "2026-02-30", {"on": "2026-03-01"}, ""])
def test_a_timer_that_says_no_moment_is_an_error_of_its_element(value: object) -> None:
    with pytest.raises(ElementFailed) as failed:
        Play(waiting("date", "=review_on"), facts={"review_on": value})
    assert failed.value.element_id == "wait"


def test_a_changed_fact_does_not_move_a_timer_but_moving_it_does(
    clock: time_machine.Traveller,
) -> None:
    drawn = simple(
        user("work"),
        boundary("review", "work", timer("date", "=review_on")),
        user("look"),
        user("amend"),
        parallel("fork"),
        end("e2"),
        flow("start > fork > work > end"),
        flow("review > look > end"),
        flow("fork > amend > e2"),
    )
    play = Play(drawn, facts={"review_on": "2026-03-02"}).do("amend", review_on="2026-02-02")
    assert f"{play.now.timers[0].due_at:%d %B}" == "02 March"
    process = play.load()
    process.move_timer(play.now.timers[0].engine_task_id, datetime(2026, 2, 2, 9, tzinfo=UTC))
    play._keep(process)
    clock.move_to(datetime(2026, 2, 2, 9, tzinfo=UTC))
    assert play.fire() == 1
    assert play.open == ["look"]


def test_only_a_waiting_timer_can_be_moved() -> None:
    play = Play(simple(user("u"), flow("start > u > end")))
    with pytest.raises(EngineRefused):
        play.load().move_timer(play.task("u").engine_task_id, datetime(2026, 1, 1, tzinfo=UTC))
    waits = Play(waiting("duration", "P1D"))
    with pytest.raises(ValueError, match="naive"):
        waits.load().move_timer(
            waits.now.timers[0].engine_task_id,
            datetime(2026, 1, 1),  # noqa: DTZ001 - the point of the test
        )


def watched(kind: str, text: str, *, interrupting: bool) -> bytes:
    return simple(
        user("work", name="Do the work"),
        boundary("late", "work", timer(kind, text), interrupting=interrupting),
        user("chase"),
        user("after"),
        end("e2"),
        flow("start > work > after > end"),
        flow("late > chase > e2"),
    )


def test_an_interrupting_timer_takes_the_task_away() -> None:
    play = Play(watched("duration", "P5D", interrupting=True))
    assert [(t.element_id, t.host_element_id) for t in play.now.timers] == [("late", "work")]
    play.later(days=6)
    assert play.open == ["chase"]
    assert play.lines("cancelled") == ["work"]


def test_a_timer_goes_with_the_task_it_watches() -> None:
    play = Play(watched("duration", "P5D", interrupting=True)).do("work")
    assert play.now.timers == ()
    assert play.open == ["after"]


def test_a_reminder_leaves_the_task_open_and_closes_with_it() -> None:
    play = Play(watched("duration", "P5D", interrupting=False))
    play.later(days=6)
    assert play.open == ["chase", "work"]
    play.do("work")
    assert play.open == ["after"]
    closed = next(s for s in play.history if s.what == "cancelled")
    assert (closed.element_id, closed.detail) == ("chase", "“Do the work” is over")
    assert play.do("after").now.finished


def test_a_reminder_that_was_answered_does_no_harm() -> None:
    play = Play(watched("duration", "P5D", interrupting=False))
    play.later(days=6)
    assert play.do("chase").open == ["work"]
    assert play.do("work").do("after").now.finished


def test_a_repeating_reminder_comes_again_and_catches_up_in_order(
    clock: time_machine.Traveller,
) -> None:
    play = Play(watched("cycle", "R3/P7D", interrupting=False))
    clock.shift(timedelta(days=7))
    assert play.fire() == 1
    assert play.open == ["chase", "work"]
    clock.shift(timedelta(days=60))
    assert play.fire() == 2
    assert play.open == ["chase", "chase", "chase", "work"]
    assert play.now.timers == ()
    assert play.do("work").open == ["after"]


def test_a_repeating_reminder_keeps_its_time_of_day_and_its_day_of_the_month(
    clock: time_machine.Traveller,
) -> None:
    clock.move_to(datetime(2026, 1, 31, 9, tzinfo=UTC))
    play = Play(watched("cycle", "R/P1M", interrupting=False))
    found = []
    for _ in range(4):
        due = play.now.timers[0].due_at
        found.append(f"{due:%d %b %H:%M}")
        clock.move_to(due)
        play.fire()
    assert found == ["28 Feb 09:00", "31 Mar 08:00", "30 Apr 08:00", "31 May 08:00"]


def test_a_reminder_asleep_for_years_catches_up_in_several_goes() -> None:
    play = Play(watched("cycle", "R/P1D", interrupting=False))
    assert play.later(days=250) == 100
    assert play.later(days=250) == 100
    assert play.later(days=250) == 50


MUCH = [f"step{n}" for n in range(60)]


def test_late_timers_with_much_behind_them_are_no_loop_and_all_fire_in_a_few_goes() -> None:
    inside = sub(
        "inner",
        start("s"),
        catch("wait", timer("duration", "P5D")),
        *(script(name, "=1", "n") for name in MUCH),
        user("read"),
        end("e"),
        flow(" > ".join(["s", "wait", *MUCH, "read", "e"])),
        said=repeated("=items", "item"),
    )
    play = Play(simple(inside, flow("start > inner > end")), facts={"items": list(range(100))})
    goes = [play.later(days=6) for _ in range(4)]
    assert (sum(goes), goes[-1]) == (100, 0)
    assert len(play.open) == 100


def test_a_loop_in_which_no_time_passes_is_found_however_much_is_in_it() -> None:
    drawn = simple(
        xor("turn"),
        catch("wait", timer("duration", "PT0S")),
        *(script(name, "=1", "n") for name in MUCH),
        xor("again", default="again_turn"),
        flow(" > ".join(["start", "turn", "wait", *MUCH, "again", "turn"])),
        flow("again > end", "=false"),
    )
    with pytest.raises(ElementFailed, match="nobody works on: again"):
        Play(drawn).fire()


def test_a_reminder_that_only_sends_something_is_done_at_once() -> None:
    drawn = simple(
        user("work"),
        boundary("late", "work", timer("duration", "P5D"), interrupting=False),
        throw("nudge", message("nudge"), inputs={"what": '="late"'}),
        end("e2"),
        flow("start > work > end"),
        flow("late > nudge > e2"),
        messages={"nudge": "=case_id"},
    )
    play = Play(drawn, facts={"case_id": "c1"})
    play.later(days=6)
    assert [(m.name, m.key, m.payload) for m in play.thrown] == [
        ("nudge", "c1", {"what": "late", "case_id": "c1"})
    ]
    assert play.open == ["work"]


def test_a_branch_that_rejoins_the_main_flow_is_work_and_not_a_reminder() -> None:
    drawn = simple(
        user("work"),
        boundary("late", "work", timer("duration", "P5D"), interrupting=False),
        user("chase"),
        xor("merge"),
        user("after"),
        flow("start > work > merge > after > end"),
        flow("late > chase > merge"),
    )
    play = Play(drawn)
    play.later(days=6)
    assert play.do("work").open == ["after", "chase"]


WATCHED = (
    user("work"),
    boundary("late", "work", timer("duration", "P5D"), interrupting=False),
    user("chase"),
    end("over", "<bpmn:terminateEventDefinition/>"),
    flow("late > chase > over"),
)


def test_a_reminder_that_ends_everything_ends_the_process() -> None:
    play = Play(simple(*WATCHED, flow("start > work > end")))
    play.later(days=6)
    play.do("chase")
    assert (play.open, play.now.finished) == ([], True)


def test_a_reminder_that_ends_everything_ends_its_sub_process_and_no_more() -> None:
    inside = sub("inner", start("s"), end("e"), *WATCHED, flow("s > work > e"))
    play = Play(simple(inside, user("after"), flow("start > inner > after > end")))
    play.later(days=6)
    assert play.do("chase").open == ["after"]


def test_a_reminder_on_a_sub_process_closes_with_it_and_with_all_it_opened() -> None:
    inside = sub("inner", start("s"), user("work"), end("e"), flow("s > work > e"))
    chase = sub("chasing", start("s3"), user("ring"), end("e3"), flow("s3 > ring > e3"))
    drawn = simple(
        inside,
        chase,
        boundary("late", "inner", timer("duration", "P5D"), interrupting=False),
        user("after"),
        end("e2"),
        flow("start > inner > after > end"),
        flow("late > chasing > e2"),
    )
    play = Play(drawn)
    play.later(days=6)
    assert play.open == ["ring", "work"]
    assert play.do("work").open == ["after"]
    assert sorted(play.lines("cancelled")) == ["chasing", "ring"]


def test_a_timer_can_interrupt_a_sub_process_with_all_that_is_open_in_it() -> None:
    inside = sub(
        "inner",
        start("s"),
        parallel("fork"),
        user("a"),
        catch("wait", timer("duration", "P30D")),
        end("e"),
        end("e3"),
        flow("s > fork > a > e"),
        flow("fork > wait > e3"),
    )
    drawn = simple(
        inside,
        boundary("late", "inner", timer("duration", "P5D")),
        user("after"),
        user("give_up"),
        flow("start > inner > after > end"),
        flow("late > give_up > end"),
    )
    play = Play(drawn)
    play.later(days=6)
    assert play.open == ["give_up"]
    assert play.now.timers == ()
    assert sorted(play.lines("cancelled")) == ["a", "inner", "wait"]


def test_a_review_loop_with_a_timer_runs_for_years(clock: time_machine.Traveller) -> None:
    drawn = simple(
        xor("again"),
        catch("review_day", timer("date", "=date(review_on)")),
        user("review"),
        xor("go_on", default="go_on_end"),
        flow("start > again > review_day > review > go_on > end"),
        flow("go_on > again", "=go_on"),
    )
    play = Play(drawn, facts={"review_on": "2026-02-16"})
    for _ in range(60):
        clock.move_to(play.now.timers[0].due_at)
        assert play.fire() == 1
        day = today() + timedelta(weeks=12)
        play.do("review", go_on=True, review_on=day.isoformat())
    assert [t.element_id for t in play.now.timers] == ["review_day"]


def test_the_earliest_timer_fires_first(clock: time_machine.Traveller) -> None:
    drawn = simple(
        parallel("fork"),
        catch("second", timer("duration", "P2D")),
        catch("first", timer("duration", "P1D")),
        user("b"),
        user("a"),
        end("e2"),
        flow("start > fork > second > b > end"),
        flow("fork > first > a > e2"),
    )
    play = Play(drawn)
    assert [t.element_id for t in play.now.timers] == ["first", "second"]
    clock.shift(timedelta(days=9))
    assert play.fire() == 2
    assert [e for e in play.lines("completed") if e in {"first", "second"}] == ["first", "second"]
