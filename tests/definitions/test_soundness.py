"""Whatever happens, a case comes to an end: faults of the flow as a whole, with the path to them."""

from time import sleep

import pytest

from app.definitions import soundness
from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.place import Surroundings
from app.definitions.rulebook import RULES
from app.engine.tokengame.faults import Explored, look_for_faults
from app.engine.tokengame.scope import ScopeGame
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    catch,
    end,
    flow,
    node,
    parallel,
    process,
    race,
    script,
    service,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.published import CORE_PACK, diagram, form, pack_file

#: Rules that have nothing to do with what these diagrams are about.
ASIDE = frozenset(
    (
        "label-unique-and-verb",
        "name-known",
        "name-known-on-every-path",
        "every-choice-answered",
        "form-answers-required",
    )
)
DAY = timer("duration", "P1D")


def ask(name: str) -> str:
    return user(name, form="ask", groups="practitioner", name=f"Ask {name}")


def found(*parts: str, more: tuple[SourceFile, ...] = ()) -> list[Finding]:
    file = diagram(bpmn(process("p", start(), end(), *parts)))
    library = Library([pack_file(CORE_PACK, pack="core"), form("ask", ["answer"]), file, *more])
    findings = check([file], Surroundings(library, frozenset({"known"})))
    assert {finding.rule for finding in findings} <= RULES.keys()
    return [finding for finding in findings if finding.rule not in ASIDE]


def in_short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.element_id, f.rule, f.severity) for f in findings]


XOR_AND = (
    ask("first"),
    xor("which", default="which_b"),
    ask("a"),
    ask("b"),
    parallel("both"),
    flow("start > first > which > a > both > end"),
    flow("which > b > both"),
)
XOR_AND_FLOWS = (
    *XOR_AND[:-2],
    flow("start > first > which > b > both > end"),
    flow("which > a", '=answer = "yes"', name="Yes"),
    flow("a > both"),
)


def test_a_parallel_gateway_that_waits_for_a_way_not_taken_is_an_error_with_its_path() -> None:
    [finding] = found(*XOR_AND_FLOWS)
    assert in_short([finding]) == [("both", "xor-split-and-join", "error")]
    assert "when “Ask first” is done, then when " in finding.message
    assert finding.path[:4] == ("start", "start_first", "first", "first_which")
    assert finding.path[-1] in {"a_both", "b_both"}


def test_ways_side_by_side_that_meet_without_a_join_are_an_error() -> None:
    [finding] = found(
        parallel("fork"),
        ask("a"),
        ask("b"),
        xor("meet"),
        ask("c"),
        flow("start > fork > a > meet > c > end"),
        flow("fork > b > meet"),
    )
    assert in_short([finding]) == [("c", "and-split-xor-join", "error")]
    assert "at the choice “meet”" in finding.message
    assert "“Ask a” and “Ask b” side by side" in finding.message


def test_two_ways_that_only_end_at_the_same_end_are_fine() -> None:
    assert (
        found(
            parallel("fork"),
            ask("a"),
            ask("b"),
            flow("start > fork > a > end"),
            flow("fork > b > end"),
        )
        == []
    )


def test_a_join_of_a_loop_that_needs_its_own_outcome_is_a_dead_end() -> None:
    [finding] = found(
        parallel("join"),
        ask("a"),
        parallel("fork"),
        flow("start > join > a > fork > end"),
        flow("fork > join"),
    )
    assert in_short([finding]) == [("join", "no-dead-end", "error")]


def test_an_interrupted_branch_leaves_its_join_waiting() -> None:
    [finding] = found(
        parallel("fork"),
        ask("a"),
        boundary("late", "a", DAY),
        ask("b"),
        parallel("join"),
        end("other"),
        flow("start > fork > a > join > end"),
        flow("fork > b > join"),
        flow("late > other"),
    )
    assert in_short([finding]) == [("join", "xor-split-and-join", "error")]
    assert "“late” happens while “Ask a” is open" in finding.message


def test_the_event_that_loses_leaves_its_join_waiting() -> None:
    [finding] = found(
        race("first"),
        catch("day", DAY),
        catch("week", timer("duration", "P7D")),
        parallel("join"),
        flow("start > first > day > join > end"),
        flow("first > week > join"),
    )
    assert in_short([finding]) == [("join", "xor-split-and-join", "error")]


def test_a_loop_that_opens_more_and_more_is_an_error() -> None:
    findings = found(
        xor("meet"),
        ask("a"),
        parallel("fork"),
        ask("b"),
        flow("start > meet > a > fork > b > end"),
        flow("fork > meet"),
    )
    assert ("too-many-tokens", "error") in {(f.rule, f.severity) for f in findings}


def test_a_loop_without_way_out_never_ends() -> None:
    findings = found(
        ask("first"),
        xor("which", default="which_end"),
        xor("meet"),
        ask("a"),
        ask("b"),
        flow("start > first > which > end"),
        flow("which > meet", '=answer = "yes"'),
        flow("meet > a > b > meet"),
    )
    assert in_short(findings) == [("meet", "never-ends", "error")]


def test_an_island_is_never_reached() -> None:
    findings = found(
        ask("first"),
        ask("a"),
        ask("b"),
        xor("c"),
        flow("start > first > end"),
        flow("a > b > c > a"),
    )
    assert {f.rule for f in findings} == {"unreachable"}
    assert {f.element_id for f in findings} == {"a", "b", "c"}


def test_an_error_that_nothing_raises_is_never_caught() -> None:
    error = "<bpmn:errorEventDefinition/>"
    inside = (start("s"), ask("a"), end("e"), flow("s > a > e"))
    caught = (boundary("oops", "inner", error), end("other"), flow("oops > other"))
    line = flow("start > inner > end")
    assert in_short(found(sub("inner", *inside), *caught, line)) == [
        ("oops", "unreachable", "error")
    ]
    raising = (*inside[:2], end("e", error), flow("s > a > e"))
    assert found(sub("inner", *raising), *caught, line) == [
        f for f in found(sub("inner", *raising), *caught, line) if f.element_id == "end"
    ]


def test_a_fault_in_a_sub_process_is_told_from_its_own_start() -> None:
    inside = (
        *XOR_AND_FLOWS[:5],
        start("s"),
        end("e"),
        flow("s > first > which > b > both > e"),
        flow("which > a", '=answer = "yes"'),
        flow("a > both"),
    )
    [finding] = found(sub("inner", *inside), flow("start > inner > end"))
    assert in_short([finding]) == [("both", "xor-split-and-join", "error")]
    assert "From the start of “inner”" in finding.message


def test_a_reminder_ends_with_its_task_so_nothing_is_left_open() -> None:
    assert (
        found(
            ask("a"),
            boundary("late", "a", DAY, interrupting=False),
            ask("chase"),
            end("reminded"),
            flow("start > a > end"),
            flow("late > chase > reminded"),
        )
        == []
    )


def test_a_branch_that_joins_the_flow_again_may_do_the_rest_twice() -> None:
    [finding] = found(
        ask("a"),
        boundary("late", "a", DAY, interrupting=False),
        xor("meet"),
        ask("b"),
        flow("start > a > meet > b > end"),
        flow("late > meet"),
    )
    assert in_short([finding]) == [("b", "and-split-xor-join", "note")]


def test_a_loop_of_gateways_alone_is_an_error_and_one_of_automatic_steps_a_note() -> None:
    gateways = found(
        xor("meet"),
        xor("again", default="again_end"),
        flow("start > meet > again > end"),
        flow("again > meet", "=case_id = 1"),
    )
    assert in_short(gateways) == [("meet", "loop-without-human-or-timer", "error")]
    steps = found(
        xor("meet"),
        script("count", "=1", "n"),
        xor("again", default="again_end"),
        flow("start > meet > count > again > end"),
        flow("again > meet", "=n < 3"),
    )
    assert in_short(steps) == [("meet", "loop-without-human-or-timer", "note")]
    waits = found(
        xor("meet"),
        ask("a"),
        xor("again", default="again_end"),
        flow("start > meet > a > again > end"),
        flow("again > meet", '=answer = "yes"'),
    )
    assert waits == []


def test_a_process_that_opens_itself_at_once_is_an_error() -> None:
    assert in_short(found(call("again", "p"), flow("start > again > end"))) == [
        ("again", "loop-depth", "error")
    ]
    assert found(ask("first"), call("again", "p"), flow("start > first > again > end")) == []


def test_through_another_process_too() -> None:
    other = diagram(
        bpmn(
            process(
                "other",
                start("s"),
                service("work", "known"),
                call("back", "p"),
                end("e"),
                flow("s > work > back > e"),
            )
        )
    )
    findings = found(call("go", "other"), flow("start > go > end"), more=(other,))
    assert in_short(findings) == [("go", "loop-depth", "error")]


@pytest.mark.parametrize("ways", [3, 30])
def test_the_check_of_an_enormous_diagram_says_that_it_gave_up(ways: int) -> None:
    tasks = [name for number in range(ways) for name in (f"a{number}", f"b{number}")]
    findings = found(
        parallel("fork"),
        parallel("join"),
        *(ask(name) for name in tasks),
        flow("start > fork"),
        *(flow(f"fork > a{number} > b{number} > join") for number in range(ways)),
        flow("join > end"),
    )
    expected = [("p", "soundness-unfinished", "note")] if ways == 30 else []
    assert in_short(findings) == expected


def test_an_inclusive_gateway_with_many_ways_is_looked_at_in_pairs() -> None:
    ways = 24
    findings = found(
        node("inclusiveGateway", "some", default="some_a0"),
        *(ask(f"a{number}") for number in range(ways)),
        flow("start > some > a0 > end"),
        *(flow(f"some > a{number}", '=answer = "yes"') for number in range(1, ways)),
        *(flow(f"a{number} > end") for number in range(1, ways)),
    )
    assert {finding.rule for finding in findings} <= {"soundness-unfinished"}


def test_time_in_which_a_busy_machine_does_something_else_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or the same diagram would be noted as unfinished on one day and not on another."""

    def after_others(game: ScopeGame, *, until: float) -> Explored:
        sleep(0.3)
        return look_for_faults(game, until=until)

    monkeypatch.setattr(soundness, "MOST_SECONDS", 0.25)
    monkeypatch.setattr(soundness, "look_for_faults", after_others)
    soundness.forget()
    assert found(ask("only_here"), flow("start > only_here > end")) == []
