"""Names are there on every path, comparisons can be true, and every answer has a way."""

import pytest

from app.definitions.checks import check
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile
from app.definitions.place import Surroundings
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
    rule,
    script,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.support.published import CORE_PACK, diagram, form, pack_file, table
from tests.support.tables import choices, decision_table

#: Said of every gateway here, because no question is required.
ASIDE = "form-answers-required"
YES_NO = choices("answer", "yes", "no")
NUMBER = choices("amount", kind="number", form="count")
LEVELS = table(
    decision_table(('"yes"', '"low"'), ('"no"', '"high"'), columns=["answer"], outputs=["level"]),
    key="choose",
)
SHAPED = table(
    decision_table(
        ('"yes"', '"low"', "1"),
        ('"no"', '"high"', "2"),
        columns=["answer"],
        outputs=["level", "days"],
    ),
    key="choose",
)


def found(
    *parts: str, more: tuple[SourceFile, ...] = (), messages: dict[str, str | None] | None = None
) -> list[Finding]:
    file = diagram(bpmn(process("p", start(), end(), *parts), messages=messages))
    given = [YES_NO, NUMBER, form("more", ["reason"]), *more]
    library = Library([pack_file(CORE_PACK, pack="core"), file, *given])
    findings = check([file], Surroundings(library))
    return [f for f in findings if f.rule != ASIDE]


def in_short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.element_id, f.rule, f.severity) for f in findings]


def task(element_id: str, form_id: str = "ask", **said: object) -> str:
    known = {"form": form_id, "groups": "practitioner", "name": f"Do {element_id}", **said}
    return user(element_id, **known)  # type: ignore[arg-type]  # keywords of user()


def choice(
    condition: str, *before: str, line: str = "start > ask > which > end"
) -> tuple[str, ...]:
    return (
        task("ask"),
        xor("which", default="which_end"),
        end("other"),
        flow(line),
        flow("which > other", condition),
        *before,
    )


# ---------------------------------------------------------------------- on every path


def test_a_name_given_on_one_way_only_is_told_with_the_other_way() -> None:
    [finding] = found(
        task("ask"),
        xor("first", default="first_meet"),
        task("tell", "more"),
        xor("meet"),
        *choice('=reason = "x"', line="start > ask > first > tell > meet > which > end")[1:3],
        flow("start > ask > first > tell > meet > which > end")
        .replace("><", "><", 1)
        .replace(
            'targetRef="tell"></',
            'targetRef="tell">'
            '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=answer = "yes"'
            "</bpmn:conditionExpression></",
        ),
        flow("first > meet"),
        flow("which > other", '=reason = "x"'),
    )
    assert in_short([finding]) == [("which", "name-known-on-every-path", "note")]
    assert "“reason”" in finding.message
    assert finding.path == ("start", "ask", "first", "meet", "which")


def test_what_is_given_on_every_way_is_known() -> None:
    assert found(*choice('=answer = "yes"')) == []


def test_ways_taken_side_by_side_are_all_done_after_their_join() -> None:
    assert (
        found(
            parallel("fork"),
            task("ask"),
            task("tell", "more"),
            parallel("join"),
            xor("which", default="which_end"),
            end("other"),
            flow("start > fork > ask > join > which > end"),
            flow("fork > tell > join"),
            flow("which > other", "=answer = reason"),
        )
        == []
    )


def test_a_task_that_is_interrupted_has_given_nothing() -> None:
    [finding] = found(
        task("ask"),
        boundary("late", "ask", timer("duration", "P1D")),
        xor("meet"),
        xor("which", default="which_end"),
        end("other"),
        flow("start > ask > meet > which > end"),
        flow("late > meet"),
        flow("which > other", '=answer = "yes"'),
    )
    assert in_short([finding]) == [("which", "name-known-on-every-path", "note")]
    assert "by way of “Do ask”, then “late”" in finding.message


def test_a_loop_knows_only_what_was_given_before_its_first_turn() -> None:
    [finding] = found(
        xor("meet"),
        xor("which", default="which_ask"),
        task("ask"),
        flow("start > meet > which > ask > meet"),
        flow("which > end", '=answer = "yes"'),
    )
    assert in_short([finding]) == [("which", "name-known-on-every-path", "note")]


def test_an_expression_that_asks_whether_a_name_is_there_may_read_it() -> None:
    parts = (
        task("ask"),
        boundary("late", "ask", timer("duration", "P1D")),
        xor("meet"),
        xor("which", default="which_end"),
        end("other"),
        flow("start > ask > meet > which > end"),
        flow("late > meet"),
        flow("which > other", '=answer != null and answer = "yes"'),
    )
    assert found(*parts) == []


def test_what_a_sub_process_gives_on_each_way_is_known_after_it() -> None:
    inside = (start("s"), task("ask"), end("e"), flow("s > ask > e"))
    assert (
        found(
            sub("inner", *inside),
            *choice('=answer = "yes"', line="start > inner > which > end")[1:],
        )
        == []
    )


def test_a_message_brings_what_everyone_who_sends_it_puts_in() -> None:
    sender = diagram(
        bpmn(
            process(
                "sender",
                start("s"),
                throw("tell", message("m"), inputs={"reason": "=case_id"}),
                end("e"),
                flow("s > tell > e"),
            ),
            messages={"m": "=case_id"},
        )
    )
    parts = (
        catch("wait", message("m")),
        xor("which", default="which_end"),
        end("other"),
        flow("start > wait > which > end"),
        flow("which > other", '=reason = "x"'),
    )
    assert found(*parts, more=(sender,), messages={"m": "=case_id"}) == []


def test_what_only_some_callers_hand_in_is_not_certain() -> None:
    def caller(name: str, **inputs: str) -> SourceFile:
        return diagram(
            bpmn(
                process(
                    name,
                    start(f"s_{name}"),
                    call(f"go_{name}", "p", inputs=inputs),
                    end(f"e_{name}"),
                    flow(f"s_{name} > go_{name} > e_{name}"),
                )
            )
        )

    parts = choice('=given = "x"')
    one, other = caller("one", given="=case_id"), caller("other", case="=case_id")
    assert found(*parts, more=(one,)) == []
    [finding] = found(*parts, more=(one, other))
    assert in_short([finding]) == [("which", "name-known-on-every-path", "note")]


def test_what_a_table_reads_is_given_before_it() -> None:
    decide = rule("decide", "choose", "level")
    assert found(decide, task("ask"), flow("start > ask > decide > end"), more=(LEVELS,)) == []
    [finding] = found(decide, flow("start > decide > end"), more=(LEVELS,))
    assert in_short([finding]) == [("decide", "name-known", "note")]
    assert "“answer”" in finding.message


def test_what_the_table_of_a_sign_off_reads_for_its_kind_of_decision_is_given_before_it() -> None:
    rows = (('"closing"', '"yes"', '"supervisor"'), ('"other"', "-", '"supervisor"'))
    columns = ["decision_type", "anser"]
    who = decision_table(*rows, columns=columns, outputs=["role"])

    def signed(kind: str) -> list[tuple[str, str, str]]:
        parts = (
            task("ask"),
            xor("which", default="which_end", decision="choose", decisionType=kind),
            end("other"),
            flow("start > ask > which > end"),
            flow("which > other", '=answer = "yes"'),
        )
        return in_short(found(*parts, more=(table(who, key="choose"),)))

    assert signed("closing") == [("which", "name-known", "note")]
    assert signed("other") == []


def test_so_is_what_a_form_reads_besides_its_own_questions() -> None:
    hidden = choices("more", "yes", form="hidden", hide='=anser = "yes"')
    [finding] = found(task("ask", "hidden"), flow("start > ask > end"), more=(hidden,))
    assert in_short([finding]) == [("ask", "name-known", "note")]
    known = choices("more", "yes", form="hidden", hide='=answer = "yes"')
    parts = (task("ask"), task("tell", "hidden"), flow("start > ask > tell > end"))
    assert found(*parts, more=(known,)) == []


# ---------------------------------------------------------------------- values


@pytest.mark.parametrize(
    "condition",
    ['=answer = "Yes"', '="Yes" = answer', '=answer in ("no", "Yes")', '=not(answer != "Yes")'],
)
def test_an_answer_is_compared_with_one_the_field_offers(condition: str) -> None:
    [finding] = found(*choice(condition))
    assert in_short([finding]) == [("which", "literal-possible", "error")]
    assert "compares “answer” with “Yes”" in finding.message
    assert "can only be “no”, “yes”" in finding.message


@pytest.mark.parametrize("condition", ["=answer = 1", "=answer > 3", "=answer = true"])
def test_a_text_is_not_compared_with_a_number(condition: str) -> None:
    assert in_short(found(*choice(condition))) == [("which", "types-compatible", "error")]


def test_two_facts_of_different_kinds_are_never_equal() -> None:
    parts = (
        task("count", "count"),
        *choice("=answer = amount", line="start > count > ask > which > end"),
    )
    [finding] = found(*parts)
    assert in_short([finding]) == [("which", "types-compatible", "error")]
    assert "a text, with “amount”, which is a number" in finding.message


@pytest.mark.parametrize("condition", ['=answer = "yes"', "=answer = null", '=answer != "no"'])
def test_what_can_be_equal_is_fine(condition: str) -> None:
    assert found(*choice(condition)) == []


def test_a_fact_that_may_come_from_elsewhere_can_be_anything() -> None:
    parts = (
        script("work", "=case_id", "answer"),
        *choice('=answer = "other"', line="start > work > ask > which > end"),
    )
    assert found(*parts) == []


def test_what_a_calculation_gives_is_known_when_it_is_written_out() -> None:
    parts = (
        script("work", '=if answer = "yes" then "a" else "b"', "kind"),
        *choice('=kind = "c"', line="start > ask > work > which > end"),
    )
    assert in_short(found(*parts)) == [("which", "literal-possible", "error")]


@pytest.mark.parametrize(("looked_for", "rules"), [("away", []), ("Away", ["literal-possible"])])
def test_what_is_looked_for_among_several_answers_is_one_of_them(
    looked_for: str, rules: list[str]
) -> None:
    several = choices("signs", "away", "ill", form="ask", kind="checklist")
    findings = found(*choice(f'=list contains(signs, "{looked_for}")'), more=(several,))
    assert [finding.rule for finding in findings] == rules


# ---------------------------------------------------------------------- moments


@pytest.mark.parametrize(
    "condition",
    [
        '=now() < date and time("2026-01-05T10:00:00")',
        '=time(now()) >= time(parameters.opens + ":00")',
        "=time(now()) between time(10, 0, 0) and time(16, 0, 0)",
        "=now() in [date and time(date(reason), time(9, 0, 0))..now()]",
        '=now() - @"2026-01-05T10:00:00" > duration("P1D")',
        "=if now() > date and time(date(reason), time(9, 0, 0)) then true else false",
    ],
)
def test_a_moment_with_a_zone_is_not_compared_with_one_without(condition: str) -> None:
    pack = pack_file(CORE_PACK + '\n[parameters]\nopens = "09:00"\n', pack="core")
    parts = (task("tell", "more"), *choice(condition, line="start > tell > ask > which > end"))
    findings = found(*parts, more=(pack,))
    assert in_short(findings) == [("which", "zones-meet", "error")]


@pytest.mark.parametrize(
    "condition",
    [
        '=now() < date and time("2026-01-05T10:00:00Z")',
        '=time(now().hour, now().minute, 0) >= time(parameters.opens + ":00")',
        "=now() > date and time(reason)",
        '=time("10:00:00") < time(reason)',
        '=date(reason) - today() > duration("P1D")',
    ],
)
def test_moments_that_both_have_a_zone_or_may_have_are_compared(condition: str) -> None:
    pack = pack_file(CORE_PACK + '\n[parameters]\nopens = "09:00"\n', pack="core")
    parts = (task("tell", "more"), *choice(condition, line="start > tell > ask > which > end"))
    assert found(*parts, more=(pack,)) == []


def test_what_a_calculation_gave_has_the_zone_it_was_given() -> None:
    line = "start > work > ask > which > end"
    for text, rules in (("=now()", ["zones-meet"]), ("=time(9, 0, 0)", [])):
        parts = (script("work", text, "since"), *choice("=since < time(8, 0, 0)", line=line))
        assert [finding.rule for finding in found(*parts)] == rules


# ---------------------------------------------------------------------- tables and their gateways


def test_a_gateway_expects_only_what_its_table_gives() -> None:
    decide = rule("decide", "choose", "level")
    line = "start > ask > decide > which > end"
    assert found(decide, *choice('=level = "low"', line=line), more=(LEVELS,)) == []
    [finding] = found(decide, *choice('=level = "lwo"', line=line), more=(LEVELS,))
    assert in_short([finding]) == [("which", "decision-covers-gateway", "error")]


def test_so_for_one_of_several_columns() -> None:
    decide = rule("decide", "choose", "found")
    line = "start > ask > decide > which > end"
    assert found(decide, *choice("=found.days = 1", line=line), more=(SHAPED,)) == []
    [finding] = found(decide, *choice("=found.days = 3", line=line), more=(SHAPED,))
    assert in_short([finding]) == [("which", "decision-covers-gateway", "error")]


def test_without_a_default_every_answer_has_a_way() -> None:
    def parts(condition: str) -> tuple[str, ...]:
        return (
            task("ask"),
            rule("decide", "choose", "level"),
            xor("which"),
            end("other"),
            flow("start > ask > decide > which"),
            flow("which > end", '=level = "low"'),
            flow("which > other", condition),
        )

    assert found(*parts('=level = "high"'), more=(LEVELS,)) == []
    findings = found(*parts('=level = "low" or level = "low"'), more=(LEVELS,))
    assert ("which", "decision-covers-gateway", "error") in in_short(findings)
    assert any("“level” is “high”" in finding.message for finding in findings)


def counted(condition: str) -> list[tuple[str, str, str]]:
    line = "start > ask > count > which > end"
    return in_short(found(*choice(condition, task("count", "count"), line=line)))


@pytest.mark.parametrize("condition", ["=answer", '="yes"', "=1", "=amount", "=null"])
def test_a_condition_that_is_never_true_or_false_is_refused(condition: str) -> None:
    assert ("which_other", "types-compatible", "error") in counted(condition)


@pytest.mark.parametrize("condition", ['=answer = "yes"', "=not(amount > 3)", "=case_id"])
def test_a_condition_that_may_be_true_is_none_of_these(condition: str) -> None:
    assert counted(condition) == []


def test_a_list_that_an_answer_is_looked_for_in_holds_what_is_offered() -> None:
    assert counted('=list contains(["yes", "no"], answer)') == []
    misspelt = counted('=list contains(["Yes"], answer)')
    assert misspelt == [("which", "literal-possible", "error")]


def test_a_timer_that_reads_what_nobody_gives_is_refused() -> None:
    wait = catch("wait", timer("duration", "=days_to_wait"))
    findings = found(task("ask"), wait, flow("start > ask > wait > end"))
    assert in_short(findings) == [("wait", "name-known", "error")]
