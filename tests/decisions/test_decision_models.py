"""Requirements, knowledge, services, boxed expressions, types."""

from datetime import UTC, datetime

import pytest

from app import decisions, feel
from app.errors import NotFound
from tests.decisions.conftest import ENVIRONMENT, NAMESPACE, decision, inputs, literal, model


def worth(xml: bytes, name: str = "d", **facts: object) -> object:
    return feel.to_json(decisions.parse(xml).evaluate(name, facts, ENVIRONMENT).value)


def test_a_decision_uses_the_decisions_it_requires() -> None:
    xml = model(
        inputs(x="number"),
        decision("d", literal("base + 1"), needs=["#base"]),
        decision("base", literal("x * 10"), needs=["x"]),
    )
    assert worth(xml, x=2) == 21
    parsed = decisions.parse(xml)
    assert parsed.decision_ids == ("d", "base")
    assert parsed.names("d") == {"x"}


def test_a_required_decision_is_made_once() -> None:
    needs = ["#a", "#a"]
    xml = model(
        decision("d", literal("a + a"), needs=needs),
        decision("a", literal("count([1])")),
    )
    assert worth(xml) == 2


def test_a_name_read_without_requirement_still_comes_from_outside() -> None:
    xml = model(decision("d", literal("harm_suspected or level > 3")))
    parsed = decisions.parse(xml)
    assert parsed.names("d") == {"harm_suspected", "level"}
    assert worth(xml, harm_suspected=False, level=4) is True


def test_a_missing_input_is_null_with_a_reason() -> None:
    xml = model(inputs(x="number"), decision("d", literal("x"), needs=["x"]))
    found = decisions.parse(xml).evaluate("d", {}, ENVIRONMENT)
    assert (found.value, found.problems) == (None, ("no value was given for “x”",))


def test_an_unknown_decision_is_not_found() -> None:
    with pytest.raises(NotFound, match="no decision “e”"):
        decisions.parse(model(decision("d", literal("1")))).evaluate("e", {}, ENVIRONMENT)


KNOWLEDGE = """
<businessKnowledgeModel id="fee" name="fee"><variable name="fee" typeRef="number"/><encapsulatedLogic>
<formalParameter name="amount" typeRef="number"/><formalParameter name="rate" typeRef="number"/>
<literalExpression><text>amount * rate</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>
<businessKnowledgeModel id="fact" name="fact"><encapsulatedLogic><formalParameter name="n"/>
<literalExpression><text>if n &lt; 2 then 1 else n * fact(n - 1)</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fee(10, 2)", 20),
        ("fee(rate: 3, amount: 10)", 30),
        ('fee("x", 2)', None),
        ("fee([10], 2)", 20),
        ("fee(1)", None),
        ("fact(5)", 120),
    ],
)
def test_knowledge_is_called_like_a_function(text: str, expected: object) -> None:
    xml = model(KNOWLEDGE, decision("d", literal(text), knows=["fee", "fact"]))
    assert worth(xml) == expected


def knowledge(name: str, text: str, needs: str) -> str:
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal(text)}</encapsulatedLogic><knowledgeRequirement>'
        f'<requiredKnowledge href="#{needs}"/></knowledgeRequirement></businessKnowledgeModel>'
    )


def test_knowledge_may_be_drawn_as_needing_itself() -> None:
    fact = knowledge("fact", "if n < 2 then 1 else n * fact(n - 1)", "fact")
    assert worth(model(fact, decision("d", literal("fact(5)"), knows=["fact"]))) == 120


def test_two_pieces_of_knowledge_may_need_each_other() -> None:
    even = knowledge("even", "if n = 0 then true else uneven(n - 1)", "uneven")
    uneven = knowledge("uneven", "if n = 0 then false else even(n - 1)", "even")
    asked = decision("d", literal("[even(4), even(7), uneven(3)]"), knows=["even", "uneven"])
    assert worth(model(even, uneven, asked)) == [True, False, True]


def test_a_boxed_invocation_binds_by_name() -> None:
    body = (
        f"<invocation>{literal('fee')}"
        f'<binding><parameter name="rate"/>{literal("2")}</binding>'
        f'<binding><parameter name="amount"/>{literal("21")}</binding></invocation>'
    )
    assert worth(model(KNOWLEDGE, decision("d", body, knows=["fee"]))) == 42


BOXES = {
    "a context with a result": (
        (
            f'<context><contextEntry><variable name="first name"/>{literal("1")}</contextEntry>'
            f"<contextEntry>{literal('first name + 1')}</contextEntry></context>"
        ),
        2,
    ),
    "a context": (
        (
            f'<context><contextEntry><variable name="a"/>{literal("1")}</contextEntry>'
            f'<contextEntry><variable name="b" typeRef="string"/>{literal("a")}</contextEntry></context>'
        ),
        {"a": 1, "b": None},
    ),
    "a list": (f"<list>{literal('1')}{literal('2')}</list>", [1, 2]),
    "a relation": (
        (
            '<relation><column name="n"/><column name="m"/>'
            f"<row>{literal('1')}{literal('2')}</row><row>{literal('3')}{literal('4')}</row></relation>"
        ),
        [{"n": 1, "m": 2}, {"n": 3, "m": 4}],
    ),
    "a conditional": (
        (
            f"<conditional><if>{literal('1 > 2')}</if><then>{literal('1')}</then>"
            f"<else>{literal('2')}</else></conditional>"
        ),
        2,
    ),
    "a for": (
        f'<for iteratorVariable="i"><in>{literal("[1..3]")}</in><return>{literal("i * 2")}</return></for>',
        [2, 4, 6],
    ),
    "a for that counts": (
        f'<for iteratorVariable="i"><in>{literal("3..1")}</in><return>{literal("i")}</return></for>',
        [3, 2, 1],
    ),
    "a some that counts": (
        (
            f'<some iteratorVariable="i"><in>{literal("1..2 + 1")}</in>'
            f"<satisfies>{literal('i > 2')}</satisfies></some>"
        ),
        True,
    ),
    "an every": (
        (
            f'<every iteratorVariable="i"><in>{literal("[1, 2]")}</in>'
            f"<satisfies>{literal('i > 1')}</satisfies></every>"
        ),
        False,
    ),
    "a some": (
        (
            f'<some iteratorVariable="i"><in>{literal("[1, 2]")}</in>'
            f"<satisfies>{literal('i > 1')}</satisfies></some>"
        ),
        True,
    ),
    "a filter": (
        f"<filter><in>{literal('[{a: 1}, {a: 5}]')}</in><match>{literal('a > 2')}</match></filter>",
        [{"a": 5}],
    ),
    "a function": (
        (
            f'<context><contextEntry><variable name="f"/><functionDefinition>'
            f'<formalParameter name="p"/>{literal("p + 1")}</functionDefinition></contextEntry>'
            f"<contextEntry>{literal('f(1)')}</contextEntry></context>"
        ),
        2,
    ),
}


@pytest.mark.parametrize("name", BOXES)
def test_a_boxed_expression_has_its_value(name: str) -> None:
    body, expected = BOXES[name]
    assert worth(model(decision("d", body))) == expected


SERVICE = """
<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#out"/>
<encapsulatedDecision href="#out"/><inputDecision href="#given"/><inputData href="#x"/></decisionService>
"""


def test_a_decision_service_is_called_with_its_inputs() -> None:
    xml = model(
        inputs(x="number"),
        SERVICE,
        decision("given", literal("x + 1000"), needs=["x"]),
        decision("out", literal("x + given"), needs=["x", "#given"]),
        decision("d", literal("s(1, 10) + s(given: 20, x: 2)"), knows=["s"]),
        decision("short", literal("s(1)"), knows=["s"]),
    )
    assert worth(xml) == 33
    assert worth(xml, "short") is None
    assert worth(xml, "s", x=1, given=5) == 6
    assert worth(xml, "out", x=1) == 1002


TYPES = """
<itemDefinition name="status"><typeRef>string</typeRef>
<allowedValues><text>"open", "closed"</text></allowedValues></itemDefinition>
<itemDefinition name="statuses" isCollection="true"><typeRef>status</typeRef></itemDefinition>
<itemDefinition name="person"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>
<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>
<itemDefinition name="few" isCollection="true"><typeRef>number</typeRef>
<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
"""


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("number", 1, 1),
        ("number", [1], 1),
        ("number", "1", None),
        ("number", [1, 2], None),
        ("string", 1, None),
        ("Any", {"a": 1}, {"a": 1}),
        ("status", "open", "open"),
        ("status", "lost", None),
        ("statuses", ["open"], ["open"]),
        ("statuses", "open", ["open"]),
        ("statuses", ["open", "lost"], None),
        ("person", {"full name": "A", "age": 1}, {"full name": "A", "age": 1}),
        ("person", {"full name": "A", "age": None}, {"full name": "A", "age": None}),
        ("person", {"full name": "A"}, None),
        ("person", {"full name": "A", "age": "x"}, None),
        ("few", [1, 2], [1, 2]),
        ("few", [1, 2, 3], None),
        ("unicorn", 1, None),
        ("number", None, None),
    ],
)
def test_a_value_fits_its_type_or_becomes_null(type_: str, given: object, expected: object) -> None:
    by_input = model(TYPES, inputs(x=type_), decision("d", literal("x"), needs=["x"]))
    by_result = model(TYPES, inputs(x="Any"), decision("d", literal("x"), needs=["x"], type_=type_))
    assert worth(by_input, x=given) == expected
    assert worth(by_result, x=given) == expected
    if given is not None and expected is None:
        found = decisions.parse(by_input).evaluate("d", {"x": given}, ENVIRONMENT)
        assert found.problems[0].startswith("Input “x”: ")


def test_a_date_becomes_its_midnight_where_a_moment_is_wanted() -> None:
    body = literal('date("2026-01-02")')
    found = decisions.parse(model(decision("d", body, type_="date and time")))
    assert found.evaluate("d", {}, ENVIRONMENT).value == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_type_of_the_model_is_known_to_instance_of() -> None:
    xml = model(
        TYPES,
        decision("d", literal('["open" instance of status, 1 instance of status]')),
    )
    assert worth(xml) == [True, False]


def test_which_values_a_type_allows_does_not_matter_to_instance_of() -> None:
    xml = model(TYPES, decision("d", literal('"lost" instance of status')))
    assert worth(xml) is True


def test_components_with_spaces_are_names() -> None:
    xml = model(TYPES, inputs(x="person"), decision("d", literal("x.full name"), needs=["x"]))
    assert worth(xml, x={"full name": "Ada", "age": 1}) == "Ada"


def test_a_model_uses_the_model_it_imports() -> None:
    library = decisions.parse(model(KNOWLEDGE, decision("base", literal("5")), own="urn:lib"))
    head = (
        '<import name="lib" namespace="urn:lib" '
        'importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    )
    body = decision("d", literal("lib.fee(lib.base, 2)"), knows=["X"], needs=["#Y"])
    body = body.replace("#X", "urn:lib#fee").replace("#Y", "urn:lib#base")
    xml = model(head, body)
    found = decisions.parse(xml, {"urn:lib": library}).evaluate("d", {}, ENVIRONMENT)
    assert found.value == 10
    with pytest.raises(decisions.DmnRefused, match="imports another"):
        decisions.parse(xml)


def test_a_greedy_decision_is_stopped() -> None:
    xml = model(decision("d", literal("count(for i in 1..1000000000 return i)")))
    found = decisions.parse(xml).evaluate("d", {}, ENVIRONMENT)
    assert found.value is None
    assert found.problems[-1].startswith("Stopped: ")


def test_a_decision_is_asked_by_its_own_name_before_that_of_its_variable() -> None:
    def named(own: str, variable: str, text: str) -> str:
        made = decision(own, literal(text))
        return made.replace(f'<variable name="{own}"', f'<variable name="{variable}"')

    xml = model(named("a", "b", "1"), named("b", "c", "2")).replace(b'id="', b'id="_')
    assert [worth(xml, name) for name in ("a", "b", "c")] == [1, 2, 2]


def test_a_name_with_a_full_stop_is_a_path_where_nothing_is_called_so() -> None:
    knowledge = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic>'
        f'<formalParameter name="person.name"/>{literal("person.name + person . name")}'
        "</encapsulatedLogic></businessKnowledgeModel>"
    )
    call = decision("d", literal("k(person.name)"), needs=["person"], knows=["k"])
    xml = model(inputs(person="Any"), knowledge, call)
    assert worth(xml, person={"name": "Ann"}) == "AnnAnn"
    assert (
        worth(model(inputs(person="Any"), knowledge, decision("d", literal("person.name")))) is None
    )


def boxed(kind: str, **parts: str) -> str:
    inside = "".join(f"<{name}>{literal(text)}</{name}>" for name, text in parts.items())
    variable = "" if kind == "conditional" else ' iteratorVariable="x"'
    return f"<{kind}{variable}>{inside}</{kind}>"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("true", 1), ("false", 2), ("null", 2), ('"yes"', None), ("1", None)],
)
def test_a_boxed_if_wants_a_truth_value(condition: str, expected: object) -> None:
    box = boxed("conditional", **{"if": condition, "then": "1", "else": "2"})
    assert worth(model(decision("d", box))) == expected


@pytest.mark.parametrize(
    ("kind", "answers", "expected"),
    [
        ("some", '[true, "no"]', None),
        ("some", "[true, null]", True),
        ("some", "[false, null]", None),
        ("some", "[false, false]", False),
        ("every", '[false, "no"]', None),
        ("every", "[false, null]", False),
        ("every", "[true, null]", None),
        ("every", "[true, true]", True),
        ("every", "null", None),
    ],
)
def test_a_boxed_some_or_every_wants_truth_values(
    kind: str, answers: str, expected: bool | None
) -> None:
    box = boxed(kind, **{"in": answers, "satisfies": "x"})
    assert worth(model(decision("d", box))) is expected


def test_a_type_defined_nowhere_takes_anything_only_where_reading_is_lenient() -> None:
    xml = model(decision("d", literal("1"), type_="nowhere"))
    assert worth(xml) is None
    lenient = decisions.parse(xml, strict=False).evaluate("d", {}, ENVIRONMENT)
    assert lenient.value == 1


def test_only_one_list_is_taken_off_a_single_item() -> None:
    assert worth(model(decision("d", literal("[1]"), type_="number"))) == 1
    assert worth(model(decision("d", literal("[[1]]"), type_="number"))) is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"who": "Ann"}, "Ann, Ann"),
        ({"who": "Ann", "one": {"who": "Bob"}}, "Bob, Ann"),
        ({"one.who": "Bob", "two.who": "Cat"}, "Bob, Cat"),
        ({"one": {"who": "Bob"}}, None),
    ],
)
def test_a_fact_may_be_meant_for_one_imported_model(
    facts: dict[str, object], expected: str | None
) -> None:
    def greets(own: str) -> decisions.Model:
        greeted = decision("greeted", literal("who"), needs=["who"])
        return decisions.parse(model(inputs(who="string"), greeted, own=own))

    def imported(name: str) -> str:
        return f'<import namespace="urn:{name}" name="{name}" importType="{NAMESPACE}"/>'

    both = decision(
        "d",
        literal('one.greeted + ", " + two.greeted'),
        needs=["urn:one#greeted", "urn:two#greeted"],
    ).replace('<requiredInput href="#', '<requiredDecision href="')
    read = decisions.parse(
        model(imported("one"), imported("two"), both),
        {f"urn:{name}": greets(f"urn:{name}") for name in ("one", "two")},
    )
    assert read.evaluate("d", facts, ENVIRONMENT, declared_only=True).value == expected
