"""Called processes see what is mapped in; sub-processes share the facts around them."""

import pytest

from app.engine.errors import DiagramRefused, ElementFailed
from app.engine.parse import parse_diagram
from app.engine.process import Process
from app.engine.specset import SpecSet
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    end,
    extensions,
    flow,
    parallel,
    process,
    script,
    simple,
    start,
    sub,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play


def called(*parts: str) -> bytes:
    return bpmn(process("q", start("s"), end("e"), *parts))


MEET = called(user("hold"), flow("s > hold > e"))


def calling(*, with_error: bool = False, **said: object) -> bytes:
    return simple(
        call("meet", "q", **said),
        user("after"),
        boundary("failed", "meet", ERROR) if with_error else "",
        user("mend") if with_error else "",
        flow("start > meet > after > end"),
        flow("failed > mend > end") if with_error else "",
    )


ERROR = '<bpmn:errorEventDefinition errorRef="broken"/>'


def test_only_mapped_facts_go_in_and_the_case_always_does() -> None:
    outer = calling(inputs={"purpose": '="plan"', "grade": "=level + 1"})
    play = Play(outer, MEET, facts={"case_id": "c1", "area": "hull", "level": 2, "secret": "x"})
    task = play.task("hold")
    assert task.facts == {"case_id": "c1", "area": "hull", "purpose": "plan", "grade": 3}
    assert task.call_path == ("meet",)
    assert task.process_id == "q"


def test_only_mapped_facts_come_out() -> None:
    outer = calling(outputs={"held": "=was_held"})
    play = Play(outer, MEET, facts={"case_id": "c1"}).do("hold", was_held=True, notes="private")
    assert play.open == ["after"]
    assert play.facts == {"case_id": "c1", "held": True}


def test_without_a_mapping_nothing_comes_out() -> None:
    play = Play(calling(), MEET, facts={"case_id": "c1"}).do("hold", was_held=True)
    assert play.facts == {"case_id": "c1"}


def test_an_output_the_called_process_never_set_is_null_and_history_says_why() -> None:
    play = Play(calling(outputs={"held": "=was_held"}), MEET).do("hold")
    assert play.facts == {"held": None}
    done = next(s for s in play.history if s.element_id == "meet" and s.what == "completed")
    assert "was_held" in str(done.problems)


def test_a_slot_is_filled_by_whoever_is_pinned() -> None:
    core = parse_diagram(calling())
    hull = parse_diagram(called(user("ehash"), flow("s > ehash > e")))
    hants = parse_diagram(called(user("mash"), flow("s > mash > e")))
    for area, filling, expected in (("hull", hull, "ehash"), ("hants", hants, "mash")):
        pinned = SpecSet.build(f"slots/{area}", {"p": core, "q": filling})
        assert pinned.specs["p"] is core.specs["p"], "the shared diagram is not built twice"
        now = Process.start(pinned, "p", {}, FakeHost()).snapshot()
        assert [t.element_id for t in now.open_tasks] == [expected]


def test_a_call_that_leads_nowhere_is_refused_when_diagrams_are_put_together() -> None:
    with pytest.raises(DiagramRefused) as refused:
        SpecSet.build("nowhere", {"p": parse_diagram(calling())})
    assert [(f.element_id, f.rule) for f in refused.value.findings] == [
        ("meet", "call-target-deployed")
    ]


def test_sub_process_ids_used_in_two_files_are_refused() -> None:
    def with_sub(pid: str) -> bytes:
        inner = sub("collect", start(f"{pid}_s2"), end(f"{pid}_e2"), flow(f"{pid}_s2 > {pid}_e2"))
        return bpmn(
            process(
                pid, start(f"{pid}_s"), end(f"{pid}_e"), inner, flow(f"{pid}_s > collect > {pid}_e")
            )
        )

    files = {pid: parse_diagram(with_sub(pid)) for pid in ("one", "two")}
    with pytest.raises(DiagramRefused) as refused:
        SpecSet.build("clash", files)
    assert [(f.element_id, f.rule) for f in refused.value.findings] == [("collect", "id-unique")]


def inner_process(*parts: str, said: str = "") -> bytes:
    return simple(
        sub("inner", start("s"), end("e"), *parts, said=said),
        user("after"),
        flow("start > inner > after > end"),
    )


def test_a_sub_process_reads_and_writes_the_facts_around_it() -> None:
    drawn = inner_process(user("a"), script("add", "=n + 1", "n"), flow("s > a > add > e"))
    play = Play(drawn, facts={"n": 1})
    assert play.task("a").process_id == "p"
    assert play.do("a", m=5).facts == {"n": 2, "m": 5}


def test_inputs_of_a_sub_process_are_its_own_and_outputs_leave_it() -> None:
    said = extensions(inputs={"draft": "=n"}, outputs={"n": "=draft * 10"})
    drawn = inner_process(script("add", "=draft + 1", "draft"), flow("s > add > e"), said=said)
    assert Play(drawn, facts={"n": 1}).facts == {"n": 20}


FAILING = bpmn(
    process(
        "q",
        start("s"),
        user("try_it"),
        xor("ok", default="ok_e"),
        end("e"),
        end("bad", ERROR),
        flow("s > try_it > ok > e"),
        flow("ok > bad", "=failed"),
    ),
    '<bpmn:error id="broken" errorCode="B1"/>',
)


def test_an_error_end_is_taken_by_the_boundary_event_of_the_call() -> None:
    outer = calling(with_error=True).replace(
        b"<bpmn:process", b'<bpmn:error id="broken" errorCode="B1"/><bpmn:process'
    )
    assert Play(outer, FAILING).do("try_it", failed=True).open == ["mend"]
    assert Play(outer, FAILING).do("try_it", failed=False).open == ["after"]


def test_an_error_of_another_code_is_not_taken() -> None:
    outer = calling(with_error=True).replace(
        b"<bpmn:process", b'<bpmn:error id="broken" errorCode="B2"/><bpmn:process'
    )
    with pytest.raises(ElementFailed) as failed:
        Play(outer, FAILING).do("try_it", failed=True)
    assert (failed.value.element_id, failed.value.process_id) == ("bad", "q")


def test_an_error_end_closes_what_is_open_beside_it() -> None:
    drawn = simple(
        sub(
            "inner",
            start("s"),
            parallel("fork"),
            user("a"),
            user("b"),
            end("e"),
            end("bad", "<bpmn:errorEventDefinition/>"),
            flow("s > fork > a > bad"),
            flow("fork > b > e"),
        ),
        boundary("failed", "inner", "<bpmn:errorEventDefinition/>"),
        user("after"),
        user("mend"),
        flow("start > inner > after > end"),
        flow("failed > mend > end"),
    )
    play = Play(drawn).do("a")
    assert play.open == ["mend"]
    assert sorted(play.lines("cancelled")) == ["b", "inner"]


def test_calls_can_be_nested_and_a_process_can_call_itself_with_people_in_between() -> None:
    drawn = simple(
        user("more"),
        xor("deeper", default="deeper_end"),
        call("again", "p", outputs={"depth": "=if depth = null then 1 else depth + 1"}),
        flow("start > more > deeper > end"),
        flow("deeper > again", "=deeper"),
        flow("again > end"),
    )
    play = Play(drawn)
    for _ in range(5):
        play.do("more", deeper=True)
    assert play.task("more").call_path == ("again",) * 5
    assert play.do("more", deeper=False).facts["depth"] == 5
    assert play.now.finished


def test_a_process_that_only_calls_itself_is_stopped() -> None:
    drawn = simple(call("again", "p"), flow("start > again > end"))
    with pytest.raises(ElementFailed, match="loop"):
        Play(drawn)


def test_a_message_reaches_a_token_inside_a_call() -> None:
    inner = bpmn(
        process(
            "q",
            start("s"),
            '<bpmn:receiveTask id="wait" messageRef="reply"/>',
            end("e"),
            flow("s > wait > e"),
        ),
        messages={"reply": "=case_id"},
    )
    play = Play(calling(), inner, facts={"case_id": "c1"})
    assert play.deliver("reply", "c1")
    assert play.open == ["after"]
