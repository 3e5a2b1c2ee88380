"""Decision tables: matching, hit policies, why a rule fired."""

import pytest

from app import decisions, feel
from tests.decisions.conftest import ENVIRONMENT, decision, inputs, model, table

LEVELS = [
    ["< 10", '"low"'],
    ["[5..15]", '"middle"'],
    ["> 10", '"high"'],
]
ORDER = ['"high", "middle", "low"']


def outcome(
    x: object, rules: list[list[str]], policy: str, **more: object
) -> decisions.DecisionResult:
    body = table(["x"], ["level"], rules, policy=policy, **more)  # type: ignore[arg-type]
    xml = model(inputs(x="number"), decision("d", body, needs=["x"]))
    return decisions.parse(xml).evaluate("d", {"x": x}, ENVIRONMENT)


def value(x: object, policy: str, **more: object) -> object:
    return feel.to_json(outcome(x, LEVELS, policy, **more).value)


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("UNIQUE", 1, "low"),
        ("UNIQUE", 7, None),
        ("UNIQUE", 10, "middle"),
        ("FIRST", 7, "low"),
        ("FIRST", 12, "middle"),
        ("ANY", 1, "low"),
        ("ANY", 7, None),
        ("PRIORITY", 7, "middle"),
        ("PRIORITY", 12, "high"),
        ("RULE ORDER", 7, ["low", "middle"]),
        ("RULE ORDER", 12, ["middle", "high"]),
        ("OUTPUT ORDER", 7, ["middle", "low"]),
        ("OUTPUT ORDER", 12, ["high", "middle"]),
        ("COLLECT", 7, ["low", "middle"]),
        ("COLLECT", 1, ["low"]),
        ("UNIQUE", None, None),
    ],
)
def test_a_hit_policy_chooses_among_the_rules(policy: str, x: object, expected: object) -> None:
    assert value(x, policy, values=ORDER) == expected


@pytest.mark.parametrize(
    ("aggregation", "x", "expected"),
    [
        ("SUM", 7, 30),
        ("MIN", 7, 10),
        ("MAX", 7, 20),
        ("COUNT", 7, 2),
        ("COUNT", 100, 0),
        ("SUM", 100, None),
        ("", 100, []),
    ],
)
def test_collect_aggregates(aggregation: str, x: int, expected: object) -> None:
    rules = [["< 10", "10"], ["[5..15]", "20"]]
    found = outcome(x, rules, "COLLECT", aggregation=aggregation)
    assert feel.to_json(found.value) == expected


def test_an_aggregation_that_cannot_be_is_null_with_a_reason() -> None:
    found = outcome(7, [["-", "1"], ["-", '"a"']], "COLLECT", aggregation="SUM")
    assert found.value is None
    assert "“+” does not work on a number and a string" in found.problems[0]


def test_any_accepts_rules_that_agree() -> None:
    assert outcome(7, [["< 10", "1"], ["> 5", "1.0"]], "ANY").value == 1


def test_two_matching_rules_break_unique_and_are_named() -> None:
    found = outcome(7, LEVELS, "UNIQUE")
    assert found.problems == ("Table “d”: the rules 1, 2 match, but only one may (UNIQUE)",)
    assert found.fired == ()


def test_no_matching_rule_says_so() -> None:
    assert outcome(7, [["> 100", "1"]], "UNIQUE").problems == ("Table “d”: no rule matches",)


def test_the_default_output_stands_in() -> None:
    found = outcome(7, [["> 100", "1"]], "UNIQUE", defaults=["x * 2"])
    assert found.value == 14
    assert outcome(7, [["> 100", "1"]], "COLLECT", defaults=["0"]).value == [0]


def test_several_outputs_make_a_context() -> None:
    body = table(
        ["x"],
        ["required", "role"],
        [["> 2", "true", '"supervisor"'], ["<= 2", "false", "null"]],
    )
    xml = model(inputs(x="number"), decision("d", body, needs=["x"]))
    found = decisions.parse(xml).evaluate("d", {"x": 3}, ENVIRONMENT)
    assert found.value == {"required": True, "role": "supervisor"}


def test_priority_with_several_outputs_weighs_the_first_column_most() -> None:
    body = table(
        ["x"],
        ["a", "b"],
        [["-", '"no"', '"p"'], ["-", '"yes"', '"q"'], ["-", '"yes"', '"p"']],
        policy="OUTPUT ORDER",
        values=['"yes", "no"', '"p", "q"'],
    )
    xml = model(inputs(x="number"), decision("d", body, needs=["x"]))
    found = decisions.parse(xml).evaluate("d", {"x": 3}, ENVIRONMENT)
    assert feel.to_json(found.value) == [
        {"a": "yes", "b": "p"},
        {"a": "yes", "b": "q"},
        {"a": "no", "b": "p"},
    ]


def test_aggregating_several_outputs_aggregates_each() -> None:
    body = table(
        ["x"], ["a", "b"], [["-", "1", "10"], ["-", "2", "5"]], policy="COLLECT", aggregation="MAX"
    )
    xml = model(inputs(x="number"), decision("d", body, needs=["x"]))
    assert decisions.parse(xml).evaluate("d", {"x": 3}, ENVIRONMENT).value == {"a": 2, "b": 10}


def test_the_rules_that_fired_are_told_with_their_descriptions() -> None:
    rules = [["< 10", '"low"', "Below the threshold of 10 (guide 4.2)"], ["-", '"any"']]
    found = outcome(7, rules, "COLLECT")
    assert [(f.table_id, f.rule_id, f.index, f.description) for f in found.fired] == [
        ("table", "rule_1", 1, "Below the threshold of 10 (guide 4.2)"),
        ("table", "rule_2", 2, ""),
    ]
    assert found.fired[0].outputs == {"level": "low"}


def test_annotations_describe_a_rule_without_description() -> None:
    body = (
        '<decisionTable id="t"><input><inputExpression><text>x</text></inputExpression></input>'
        '<output name="y"/><annotation name="Why"/>'
        '<rule id="r"><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry>'
        "<annotationEntry><text>because</text></annotationEntry></rule></decisionTable>"
    )
    xml = model(inputs(x="number"), decision("d", body, needs=["x"]))
    assert (
        decisions.parse(xml).evaluate("d", {"x": 1}, ENVIRONMENT).fired[0].description == "because"
    )


@pytest.mark.parametrize(
    ("cell", "x", "matches"),
    [
        ("-", 5, True),
        ("", 5, True),
        ("5", 5, True),
        ("not(5)", 5, False),
        ("? > 3 and ? < 6", 5, True),
        ("> y", 5, True),
        ("y, 5", 5, True),
        ("odd(?)", 5, True),
        ('"a"', 5, False),
        ("null", 5, False),
    ],
)
def test_a_cell_may_use_every_kind_of_test(cell: str, x: int, matches: bool) -> None:
    body = table(["x"], ["r"], [[cell, "true"]], defaults=["false"])
    xml = model(inputs(x="number", y="number"), decision("d", body, needs=["x", "y"]))
    found = decisions.parse(xml).evaluate("d", {"x": x, "y": 2}, ENVIRONMENT)
    assert found.value is matches


def test_a_table_without_inputs_takes_every_rule() -> None:
    xml = model(decision("d", table([], ["r"], [["1"], ["2"]], policy="COLLECT")))
    assert decisions.parse(xml).evaluate("d", {}, ENVIRONMENT).value == [1, 2]


def test_a_value_the_column_does_not_allow_counts_as_null() -> None:
    body = table(["x"], ["r"], [["> 0", "1"], ["null", "2"]]).replace(
        "</inputExpression>", "</inputExpression><inputValues><text>1, 2</text></inputValues>"
    )
    parsed = decisions.parse(model(inputs(x="number"), decision("d", body, needs=["x"])))
    assert parsed.evaluate("d", {"x": 2}, ENVIRONMENT).value == 1
    refused = parsed.evaluate("d", {"x": 3}, ENVIRONMENT)
    assert refused.value == 2
    assert "not one of those the column allows" in refused.problems[0]


def test_an_output_that_the_column_does_not_allow_is_null() -> None:
    body = table(["x"], ["r", "s"], [["-", "x", "x"]], values=['"a", "b"', '"a", "c"'])
    parsed = decisions.parse(model(inputs(x="string"), decision("d", body, needs=["x"])))
    assert parsed.evaluate("d", {"x": "a"}, ENVIRONMENT).value == {"r": "a", "s": "a"}
    refused = parsed.evaluate("d", {"x": "b"}, ENVIRONMENT)
    assert refused.value == {"r": "b", "s": None}
    assert "not one of those the column allows" in refused.problems[0]


def test_a_table_and_its_cells_may_have_types_of_their_own() -> None:
    whole = table(["x"], ["r"], [["-", "x"]]).replace(
        "<decisionTable ", '<decisionTable typeRef="number" '
    )
    cell = table(["x"], ["r"], [["-", "x"]]).replace(
        "<outputEntry>", '<outputEntry typeRef="number">'
    )
    for body in (whole, cell):
        parsed = decisions.parse(model(inputs(x="Any"), decision("d", body, needs=["x"])))
        assert parsed.evaluate("d", {"x": 1}, ENVIRONMENT).value == 1
        assert parsed.evaluate("d", {"x": "a"}, ENVIRONMENT).value is None


def test_of_very_many_rules_those_of_the_decision_itself_are_kept() -> None:
    asked = (
        '<businessKnowledgeModel id="k" name="k"><variable name="k"/><encapsulatedLogic>'
        '<formalParameter name="n"/>'
        + table(["n"], ["r"], [["-", "n"]])
        + "</encapsulatedLogic></businessKnowledgeModel>"
    )
    top = table(["count(for i in 1..200 return k(i))"], ["r"], [["200", '"all"', "All asked"]])
    xml = model(asked, decision("d", top, knows=["k"]))
    result = decisions.parse(xml).evaluate("d", {}, ENVIRONMENT)
    assert feel.to_json(result.value) == "all"
    assert len(result.fired) == ENVIRONMENT.limits.problems
    assert (result.fired[-1].table, result.fired[-1].description) == ("d", "All asked")
    assert result.fired[0].table == "k"
