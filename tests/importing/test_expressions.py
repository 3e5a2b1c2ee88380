"""Expressions of other engines become FEEL where they say something simple, else a to-do."""

import pytest

from app.importing import juel
from tests.importing.foreign import chain, file, node, one, todos, words

SIMPLE = {
    "${approved}": "=approved",
    "#{approved}": "=approved",
    "${!approved}": "=not(approved)",
    "${not approved}": "=not(approved)",
    "${!(a && b)}": "=not( a and b )",
    "${amount >= 1000}": "=amount >= 1000",
    "${amount ge 1000 and kind eq 'x'}": '=amount >= 1000 and kind = "x"',
    "${a == 'b' || c != \"d\"}": '=a = "b" or c != "d"',
    "${order.total < 5.5}": "=order.total < 5.5",
    "${x == true}": "=x = true",
    "${x != null}": "=x != null",
}
BEYOND = [
    "${bean.method()}",
    "${execution.getVariable('x')}",
    "${a ? b : c}",
    "${list[0]}",
    "${empty list}",
    "Hello ${name}",
    "${a}${b}",
    "${a ==}",
    "${}",
    "${a b}",
    "${!}",
]


@pytest.mark.parametrize(("text", "feel"), SIMPLE.items(), ids=SIMPLE)
def test_simple_ones_are_translated(text: str, feel: str) -> None:
    assert juel.as_feel(text) == feel


@pytest.mark.parametrize("text", BEYOND)
def test_others_are_not_guessed_at(text: str) -> None:
    assert juel.as_feel(text) is None


@pytest.mark.parametrize(
    ("text", "feel"),
    [("x > 5", "=x > 5"), ('a == "b"', '=a = "b"'), ("true", "=true"), ("approved", None)],
)
def test_a_condition_without_marks_must_compare(text: str, feel: str | None) -> None:
    assert juel.comparison_as_feel(text) == feel


def choice(condition: str, attributes: str = "") -> bytes:
    return file(
        '<startEvent id="s"/><exclusiveGateway id="x" default="x_e"/><task id="a"/>'
        f'<endEvent id="e"/>{chain("s", "x", "e")}{chain("a", "e")}'
        f'<sequenceFlow id="way" sourceRef="x" targetRef="a"><conditionExpression {attributes}>'
        f"<![CDATA[{condition}]]></conditionExpression></sequenceFlow>"
    )


def test_a_condition_is_translated_where_it_stands() -> None:
    imported, root = one(choice("${ok == 'yes'}", 'xsi:type="tFormalExpression"'))
    assert "".join(map(str, node(root, "way").itertext())).strip() == '=ok = "yes"'
    assert 'is “=ok = "yes"” here' in words(imported)
    assert todos(imported) == ""


@pytest.mark.parametrize("language", ["", "http://www.w3.org/1999/XPath"])
def test_a_condition_that_cannot_be_translated_is_a_to_do_with_its_words(language: str) -> None:
    attributes = f'language="{language}"' if language else ""
    imported, _root = one(choice("${bean.ok()}", attributes))
    said = f"“${{bean.ok()}}” in {language}" if language else "“${bean.ok()}”"
    assert f"way: The condition was {said}. Write it in FEEL." in todos(imported)
    assert f"{said} is left out" in words(imported)


def test_ours_stays_as_it_is() -> None:
    imported, _root = one(choice('=ok = "yes"'))
    assert imported.runs


def test_a_condition_on_the_default_flow_goes_with_a_line() -> None:
    content = choice("=ok").replace(b'default="x_e"', b'default="way"')
    imported, _root = one(content)
    assert "way: Its condition “=ok” is left out: it is the default flow." in words(imported)


@pytest.mark.parametrize(
    "text", ["${ok == 'true'}", '${n > "5"}', "ok == 'false'", "${n eq '1.5'}"]
)
def test_a_text_that_another_engine_would_take_for_a_number_or_a_yes_is_left_to_do(
    text: str,
) -> None:
    imported, _root = one(choice(text, ""))
    assert f"way: The condition was “{text}”" in todos(imported)
