"""What a model may ask for again and again counts by its size."""

from app.decisions.reading import parse
from app.feel import Environment
from tests.decisions.conftest import decision, literal, model

LONG = "1" + " + 1" * 10_000
STOPPED = "Stopped: the expression takes too many steps"


def test_a_large_decision_made_by_a_service_in_a_loop_ends_soon(environment: Environment) -> None:
    service = '<decisionService id="s" name="s"><outputDecision href="#large"/></decisionService>'
    loop = decision("d", literal("for i in 1..100000 return s()"), knows=["s"])
    made = parse(model(decision("large", literal(LONG)), service, loop))
    assert made.evaluate("d", {}, environment).problems[-1] == STOPPED


def test_a_large_function_called_in_a_loop_ends_soon(environment: Environment) -> None:
    knowledge = (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="x"/>'
        f"{literal(LONG)}</encapsulatedLogic></businessKnowledgeModel>"
    )
    loop = decision("d", literal("for i in 1..100000 return f(i)"), knows=["f"])
    made = parse(model(knowledge, loop))
    assert made.evaluate("d", {}, environment).problems[-1] == STOPPED


def test_a_result_that_shares_parts_beyond_writing_out_is_none(environment: Environment) -> None:
    entries = "".join(
        f'<contextEntry><variable name="e{n}"/>{literal(f"[e{n - 1}, e{n - 1}]" if n else "1")}'
        "</contextEntry>"
        for n in range(40)
    )
    made = parse(model(decision("d", f"<context>{entries}</context>")))
    result = made.evaluate("d", {}, environment)
    assert result.value is None
    assert result.problems[-1] == "Stopped: the result has more than 100000 parts"
