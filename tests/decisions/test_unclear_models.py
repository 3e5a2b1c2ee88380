"""What a model leaves open is told by element, and what costs much is bounded or quick."""

from time import process_time

import pytest

from app import decisions, feel
from tests.decisions.conftest import ENVIRONMENT, decision, inputs, literal, model, table

X = inputs(x="number")
ROWS = [["> 1", "1"], ["> 2", "2"]]


def parameters(*names: str) -> str:
    return "".join(f'<formalParameter name="{name}"/>' for name in names)


def entry(name: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{literal('1')}</contextEntry>"


def outputs(*names: str) -> str:
    columns = "".join(f'<output name="{name}"/>' for name in names)
    cells = "<outputEntry><text>1</text></outputEntry>" * len(names)
    return f'<decisionTable id="t">{columns}<rule id="r">{cells}</rule></decisionTable>'


def policy(name: str, more: str = "") -> str:
    return table(["x"], ["r"], ROWS, policy=name).replace("hitPolicy", f"{more} hitPolicy")


BINDING = (
    '<binding><parameter name="p"/><literalExpression><text>1</text></literalExpression></binding>'
)
UNCLEAR = {
    "types": (
        '<itemDefinition name="T"/><itemDefinition name="T"/>',
        "m",
        "Two types are called “T”",
    ),
    "ways": (decision("d", literal("1") + literal("2")), "d", "It is decided in two ways"),
    "needs": (
        '<inputData id="i" name="n"/><inputData id="j" name="n"/>'
        + decision("d", literal("n"), needs=["i", "j"]),
        "d",
        "It needs two things that are both called “n”",
    ),
    "entries": (
        decision("d", f"<context>{entry('e')}{entry('e')}</context>"),
        "d",
        "Two of its entries are called “e”",
    ),
    "results": (
        decision("d", f"<context>{entry('')}{entry('')}</context>"),
        "d",
        "Only the last entry may stand without a name: it is the result",
    ),
    "columns": (
        decision("d", '<relation><column name="c"/><column name="c"/></relation>'),
        "d",
        "Two of its columns are called “c”",
    ),
    "parameters": (
        decision(
            "d", f"<functionDefinition>{parameters('p', 'p')}{literal('p')}</functionDefinition>"
        ),
        "d",
        "Two of its parameters are called “p”",
    ),
    "arguments": (
        decision("d", f"<invocation>{literal('function(p) p')}{BINDING * 2}</invocation>"),
        "d",
        "The parameter “p” is given twice",
    ),
    "outputs": (
        decision("d", outputs("r", "r")),
        "t",
        "Two of its output columns are called “r”",
    ),
    "unnamed": (
        decision("d", outputs("r", "")),
        "t",
        "Each of several output columns needs a name",
    ),
    "order": (
        X + decision("d", policy("PRIORITY"), needs=["x"]),
        "table",
        "The hit policy PRIORITY needs output values: they say what comes first",
    ),
    "adding": (
        X + decision("d", policy("UNIQUE", 'aggregation="SUM"'), needs=["x"]),
        "table",
        "The hit policy UNIQUE adds nothing up: SUM goes with COLLECT",
    ),
    "markup": (
        decision("d", "<literalExpression><text>1 <b>+ 2</b></text></literalExpression>"),
        "d",
        "An expression is plain text, without elements in it",
    ),
    "texts": (
        decision("d", "<literalExpression><text>1</text><text>2</text></literalExpression>"),
        "d",
        "It has two texts",
    ),
}


@pytest.mark.parametrize("what", UNCLEAR)
def test_what_is_said_twice_or_not_at_all_is_told_with_its_element(what: str) -> None:
    body, element, message = UNCLEAR[what]
    [found] = decisions.unclear(model(body))
    assert found.message == message
    assert found.element_id == element


def test_a_model_that_says_everything_once_leaves_nothing_open() -> None:
    body = policy("COLLECT", 'aggregation="SUM"')
    xml = model(X, decision("d", body, needs=["x"]), decision("e", literal("d"), needs=["#d"]))
    assert list(decisions.unclear(xml)) == []


@pytest.mark.parametrize("place", ["inputEntry", "outputEntry", "inputExpression"])
def test_a_cell_in_another_language_is_refused_with_its_element(place: str) -> None:
    xml = model(X, decision("d", table(["x"], ["r"], ROWS), needs=["x"]))
    told = xml.replace(f"<{place}".encode(), f'<{place} expressionLanguage="python"'.encode())
    with pytest.raises(decisions.DmnRefused, match="written in FEEL") as refused:
        decisions.parse(told)
    assert refused.value.element_id


@pytest.mark.parametrize(
    ("column", "default", "expected"),
    [
        ("<outputValues><text>1, 2</text></outputValues>", "2", 2),
        ("<outputValues><text>1, 2</text></outputValues>", "9", None),
        ("", '"nine"', None),
    ],
)
def test_a_default_is_held_to_what_its_column_allows(
    column: str, default: str, expected: object
) -> None:
    body = (
        '<decisionTable id="t"><input><inputExpression><text>x</text></inputExpression></input>'
        f'<output name="r" typeRef="number">{column}<defaultOutputEntry><text>{default}</text>'
        "</defaultOutputEntry></output><rule><inputEntry><text>&gt; 100</text></inputEntry>"
        "<outputEntry><text>1</text></outputEntry></rule></decisionTable>"
    )
    xml = model(X, decision("d", body, needs=["x"]))
    result = decisions.parse(xml).evaluate("d", {"x": 3}, ENVIRONMENT)
    assert feel.to_json(result.value) == expected
    assert bool(result.problems) == (expected is None)


def test_a_type_of_functions_that_contains_itself_twice_ends_with_a_reason() -> None:
    itself = (
        '<itemDefinition name="A"><functionItem outputTypeRef="A">'
        '<parameters name="p" typeRef="A"/></functionItem></itemDefinition>'
    )
    xml = model(itself, decision("d", literal("(function(p) p) instance of A")))
    began = process_time()
    result = decisions.parse(xml).evaluate("d", {}, ENVIRONMENT)
    assert process_time() - began < 5
    assert "too many steps" in str(result.problems)


@pytest.mark.parametrize("name", ["PRIORITY", "OUTPUT ORDER"])
def test_thousands_of_ranked_rows_end_soon(name: str) -> None:
    rows = [["-", str(number)] for number in range(3_000)]
    values = ",".join(str(number) for number in reversed(range(3_000)))
    body = table(["x"], ["r"], rows, policy=name, values=[values])
    parsed = decisions.parse(model(X, decision("d", body, needs=["x"])))
    began = process_time()
    parsed.evaluate("d", {"x": 1}, ENVIRONMENT)
    assert process_time() - began < 10


def test_the_reason_names_a_few_of_ten_thousand_rows() -> None:
    rows = [["-", str(number)] for number in range(10_000)]
    xml = model(X, decision("d", table(["x"], ["r"], rows), needs=["x"]))
    [problem] = decisions.parse(xml).evaluate("d", {"x": 1}, ENVIRONMENT).problems
    assert "7, 8, 9, 10 and 9990 more match" in problem


def test_thousands_of_names_with_spaces_are_read_soon() -> None:
    parts = [
        decision(f"d{n}", literal(f"step {n + 1} + 1" if n < 2_999 else "1")).replace(
            f'name="d{n}"', f'name="step {n}"'
        )
        for n in range(3_000)
    ]
    began = process_time()
    decisions.parse(model(*parts))
    assert process_time() - began < 20
