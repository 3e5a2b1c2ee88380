"""What a decision model must not be, and that a refusal says where and why."""

import time

import pytest

from app import decisions, feel
from app.decisions.xml import LARGEST_FILE
from tests.decisions.conftest import ENVIRONMENT, decision, inputs, literal, model, table

BOMB = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]><definitions><text>&c;</text></definitions>"""


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (b"", "not well-formed"),
        (b"hello", "not well-formed"),
        (b"<definitions>", "not well-formed"),
        (b"<definitions/>", "not a DMN decision model"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "not a DMN"),
        (BOMB.encode(), "DOCTYPE"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "DOCTYPE"),
        (BOMB.encode("utf-16"), "UTF-8"),
        (b'<?xml version="1.0" encoding="utf-7"?><definitions/>', "UTF-8"),
        (b" " * (LARGEST_FILE + 1), "larger than"),
        (b"<a>" * 5_000 + b"</a>" * 5_000, "not well-formed"),
    ],
    ids=range(11),
)
def test_a_file_that_is_no_model_is_refused_at_once(xml: bytes, said: str) -> None:
    started = time.perf_counter()
    with pytest.raises(decisions.DmnRefused, match=said):
        decisions.parse(xml)
    assert time.perf_counter() - started < 1


CELLS = [["1", "2"]]


@pytest.mark.parametrize(
    ("xml", "element", "said"),
    [
        (model(decision("d", literal("1 +"))), None, "a value"),
        (model(decision("d", table(["x"], ["r"], [["< <", "1"]]))), None, "cannot stand here"),
        (model(decision("d", table(["x"], ["r"], [["1", "2 3"]]))), None, "cannot stand here"),
        (model(decision("d", table(["x"], ["r"], [["1"]]))), "rule_1", "Rule 1"),
        (model(decision("d", table(["x"], [], []))), "table", "output column"),
        (model(decision("d", table([""], ["r"], []))), "in_0", "needs an expression"),
        (model(decision("d", table(["x"], ["r"], [], policy="MOST"))), "table", "hit policy"),
        (model(decision("d", literal("1"), needs=["gone"])), None, "“gone”"),
        (model(decision("d", literal("1"), needs=["#e"]), decision("e", "", needs=["#d"])), "e", "itself"),
        (model(decision("d", ""), decision("d", "")), "d", "id of its own"),
        (
            model(decision("d", '<functionDefinition kind="Java"><literalExpression/></functionDefinition>')),
            None,
            "other languages",
        ),
        (
            model(decision("d", '<literalExpression expressionLanguage="python"><text>1</text></literalExpression>')),
            None,
            "FEEL",
        ),
        (model(decision("d", "<list>" * 60 + "</list>" * 60)), None, "nested too deeply"),
    ],
    ids=range(13),
)  # fmt: skip
def test_a_model_is_refused_with_element_line_and_words(
    xml: bytes, element: str | None, said: str
) -> None:
    with pytest.raises(decisions.DmnRefused, match=said) as caught:
        decisions.parse(xml)
    assert caught.value.line == 2
    if element:
        assert caught.value.element_id == element


def test_a_model_read_leniently_is_null_where_it_is_broken() -> None:
    xml = model(decision("d", literal("1 +")), decision("e", literal("2")))
    parsed = decisions.parse(xml, strict=False)
    assert parsed.evaluate("e", {}, ENVIRONMENT).value == 2
    broken = parsed.evaluate("d", {}, ENVIRONMENT)
    assert broken.value is None
    assert "ends too early" in broken.problems[0]


@pytest.mark.parametrize(
    "version", ["20180521/MODEL/", "20191111/MODEL/", "20211108/MODEL/", "20230324/MODEL/"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_versions_of_the_standard_are_read(version: str, scheme: str) -> None:
    xml = model(
        inputs(x="number"),
        decision("d", literal("x"), needs=["x"]),
        namespace=f"{scheme}://www.omg.org/spec/DMN/{version}",
    )
    assert feel.to_json(decisions.parse(xml).evaluate("d", {"x": 1}, ENVIRONMENT).value) == 1
