"""Functions that a model gives a type, and what may be invoked by name."""

import pytest

from app import decisions, feel
from tests.decisions.conftest import ENVIRONMENT, decision, inputs, literal, model

TYPES = """
<itemDefinition name="named"><typeRef>string</typeRef>
<allowedValues><text>"foo", "bar"</text></allowedValues></itemDefinition>
<itemDefinition name="other"><typeRef>named</typeRef>
<allowedValues><text>"left", "right"</text></allowedValues></itemDefinition>
<itemDefinition name="numbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>
<itemDefinition name="namer"><functionItem outputTypeRef="named"><parameters name="a"/></functionItem>
</itemDefinition>
<itemDefinition name="taker"><functionItem><parameters name="a" typeRef="named"/></functionItem>
</itemDefinition>
<itemDefinition name="lister"><functionItem outputTypeRef="numbers"/></itemDefinition>
<itemDefinition name="adder"><functionItem outputTypeRef="number">
<parameters name="a" typeRef="number"/></functionItem></itemDefinition>
"""


def knowledge(body: str, *, variable: str = "", logic: str = "", parameter: str = "") -> str:
    parameter = f'<formalParameter name="a"{parameter}/>'
    return (
        f'<businessKnowledgeModel id="k" name="k"><variable name="k"{variable}/>'
        f"<encapsulatedLogic{logic}>{parameter}{literal(body)}</encapsulatedLogic>"
        "</businessKnowledgeModel>"
    )


def worth(xml: bytes, name: str = "d", **facts: object) -> object:
    return feel.to_json(decisions.parse(xml).evaluate(name, facts, ENVIRONMENT).value)


@pytest.mark.parametrize("where", ["variable", "logic"])
def test_the_type_of_a_knowledge_models_function_holds_for_what_it_gives(where: str) -> None:
    body = knowledge("a", **{where: ' typeRef="namer"'})
    call = decision("d", literal("k(x)"), needs=["x"], knows=["k"])
    xml = model(TYPES, inputs(x="string"), body, call)
    assert worth(xml, x="foo") == "foo"
    assert worth(xml, x="baz") is None


def test_knowledge_is_not_asked_with_what_does_not_fit_its_parameter() -> None:
    body = knowledge("a = null", parameter=' typeRef="named"')
    xml = model(TYPES, body, decision("d", literal('[k("foo"), k("baz")]'), knows=["k"]))
    assert worth(xml) == [False, None]


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("namer", "foo", "foo"),
        ("namer", "baz", None),
        ("taker", "bar", "bar"),
        ("taker", "baz", None),
    ],
)
def test_a_function_in_a_decision_is_held_to_its_type(
    type_: str, given: str, expected: str | None
) -> None:
    lambda_ = literal("function(a) a").replace("Expression>", f'Expression typeRef="{type_}">', 1)
    boxed = (
        f'<functionDefinition typeRef="{type_}"><formalParameter name="a"/>{literal("a")}'
        "</functionDefinition>"
    )
    for body in (lambda_, boxed):
        call = decision("d", literal("f(x)"), needs=["x", "#f"])
        xml = model(TYPES, inputs(x="string"), decision("f", body), call)
        assert worth(xml, x=given) == expected


def test_a_type_of_its_own_values_does_not_ask_for_those_it_is_made_from() -> None:
    xml = model(TYPES, inputs(x="other"), decision("d", literal("x"), needs=["x"]))
    assert [worth(xml, x=x) for x in ("left", "foo")] == ["left", None]


def test_functions_of_a_model_are_instances_of_its_function_types() -> None:
    text = (
        '[(function(a: number) 1) instance of adder, (function(a: number) "b") instance of adder,'
    )
    text += " (function(a: string) 1) instance of adder, (function() 1) instance of adder, k instance of adder]"
    body = knowledge("1", parameter=' typeRef="number"')
    xml = model(TYPES, body, decision("d", literal(text), knows=["k"]))
    assert worth(xml) == [True, False, False, False, True]


def test_a_business_knowledge_model_can_be_asked_by_name() -> None:
    xml = model(TYPES, knowledge("a + 1", variable=' typeRef="number"'))
    assert worth(xml, "k", a=2) == 3
    assert worth(xml, "k") is None
    listing = knowledge("1", variable=' typeRef="lister"').replace(
        '<formalParameter name="a"/>', ""
    )
    assert worth(model(TYPES, listing), "k") == [1]


SERVICE = """
<decisionService id="s" name="s"><variable name="s" typeRef="{}"/><outputDecision href="#out"/>
<inputData href="#x"/></decisionService>
"""


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("namer", "foo", "foo"),
        ("namer", "baz", None),
        ("taker", "foo", "foo"),
        ("taker", "baz", None),
    ],
)
def test_a_decision_service_is_held_to_the_type_of_its_function(
    type_: str, given: str, expected: str | None
) -> None:
    call = decision("d", literal("s(y)"), needs=["y"], knows=["s"])
    out = decision("out", literal("x"), needs=["x"])
    xml = model(TYPES, inputs(x="string", y="string"), out, SERVICE.format(type_), call)
    assert worth(xml, "s", x=given) == expected
    assert worth(xml, "d", y=given) == expected


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("named", "foo", "foo"),
        ("named", "baz", None),
        ("list<named>", ["foo", "bar"], ["foo", "bar"]),
        ("list<named>", ["foo", "baz"], None),
        ("list<named>", "foo", ["foo"]),
        ("numbers", 1, [1]),
        ("context<a: named>", {"a": "foo"}, {"a": "foo"}),
        ("context<a: named>", {"a": "baz"}, None),
    ],
)
def test_a_parameter_written_in_an_expression_allows_what_its_type_allows(
    type_: str, given: object, expected: object
) -> None:
    body = literal(f"(function(a: {type_}) a)(x)")
    assert worth(model(TYPES, inputs(x="Any"), decision("d", body, needs=["x"])), x=given) == (
        expected
    )


OUT = decision("out", literal("before = null"), needs=["#before"])
BEFORE = decision("before", literal('"made"'), type_="string")
TAKES_A_DECISION = """
<decisionService id="s" name="s"><outputDecision href="#out"/><inputDecision href="#before"/>
</decisionService>
"""


def test_a_decision_that_a_service_takes_is_never_made() -> None:
    xml = model(OUT, BEFORE, TAKES_A_DECISION)
    assert worth(xml, "s") is True
    assert worth(xml, "s", before="given") is False
    assert worth(xml, "out") is False


def test_a_service_is_not_asked_with_what_does_not_fit() -> None:
    call = decision("d", literal('[s("given"), s(null), s(1)]'), knows=["s"])
    xml = model(OUT, BEFORE, TAKES_A_DECISION, call)
    assert worth(xml) == [False, True, None]
    assert worth(xml, "s", before=1) is None


def test_the_type_of_a_functions_entry_may_be_that_of_what_it_gives() -> None:
    calls = '[f("x"), f(1), g(1)]'
    xml = model(
        decision(
            "d",
            '<context><contextEntry><variable name="f" typeRef="string"/>'
            f"{literal('function(a) a')}</contextEntry>"
            '<contextEntry><variable name="g" typeRef="function"/>'
            f"{literal('function(a) a')}</contextEntry>"
            f"<contextEntry>{literal(calls)}</contextEntry></context>",
        )
    )
    assert worth(xml) == ["x", None, 1]
