"""A model that imports another one under no name takes its elements in as its own."""

from pathlib import Path

import pytest

from app import decisions
from app.decisions.errors import DmnRefused
from app.decisions.model import Model
from app.decisions.tck import run_tck
from tests.decisions.conftest import ENVIRONMENT, NAMESPACE, decision, inputs, literal, model


def taking(*names: str, own: str, parts: str = "", under: str = "") -> bytes:
    """A model that imports others, by the ends of their namespaces."""
    imports = "".join(
        f'<import namespace="urn:{name}" name="{under}" importType="{NAMESPACE}"/>'
        for name in names
    )
    return model(imports, parts, own=f"urn:{own}")


def read(*files: bytes) -> Model:
    """The last of these models, which may import those before it."""
    known: dict[str, Model] = {}
    for xml in files[:-1]:
        found = decisions.parse(xml, known)
        known[found.namespace] = found
    return decisions.parse(files[-1], known)


def told(found: Model, name: str = "d", **facts: object) -> object:
    return found.evaluate(name, facts, ENVIRONMENT, declared_only=True).value


NEEDS_E = decision("d", literal("e"), needs=["#e"])


def test_a_requirement_finds_what_was_taken_in() -> None:
    below = model(decision("e", literal("1")), own="urn:b")
    assert told(read(below, taking("b", own="a", parts=NEEDS_E))) == 1


def test_what_was_taken_in_can_be_asked_for() -> None:
    below = model(inputs(x="number"), decision("e", literal("x + 1"), needs=["x"]), own="urn:b")
    assert told(read(below, taking("b", own="a")), "e", x=1) == 2


def test_the_first_of_two_of_one_name_counts_however_deep() -> None:
    c = model(decision("e", literal('"c"')), own="urn:c")
    d = model(decision("e", literal('"d"')), own="urn:d")
    b = taking("c", "d", own="b")
    assert told(read(c, d, b, taking("b", own="a", parts=NEEDS_E))) == "c"


def test_the_importing_models_own_element_stands_for_one_of_its_name() -> None:
    inner = decision("e", literal("f"), needs=["#other"])
    inner += decision("f", literal('"b"')).replace('id="f"', 'id="other"')
    own = NEEDS_E + decision("f", literal('"a"'))
    assert told(read(model(inner, own="urn:b"), taking("b", own="a", parts=own))) == "a"


def test_types_and_named_imports_come_along() -> None:
    c = model(decision("g", literal("5")), own="urn:c")
    inner = decision("e", literal("deep.g")).replace(
        "<literal",
        '<informationRequirement><requiredDecision href="urn:c#g"/></informationRequirement><literal',
        1,
    )
    kind = (
        '<itemDefinition name="small"><typeRef>number</typeRef><allowedValues><text>&lt; 9</text>'
    )
    kind += "</allowedValues></itemDefinition>"
    b = taking("c", own="b", under="deep", parts=kind + inner)
    own = decision("d", literal("e + 5"), needs=["#e"], type_="small")
    found = read(c, b, taking("b", own="a", parts=own))
    assert told(found, "e") == 5
    assert told(found) is None


def test_an_import_that_is_not_there_is_refused() -> None:
    with pytest.raises(DmnRefused, match="not here"):
        read(taking("b", own="a"))


CASE = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>a.dmn</modelName>
<testCase id="1"><resultNode name="d" type="decision"><expected><value xsi:type="xsd:decimal">1</value>
</expected></resultNode></testCase></testCases>"""


def test_the_kit_reads_imported_models_where_the_import_says_and_only_those(tmp_path: Path) -> None:
    (tmp_path / "02").mkdir()
    (tmp_path / "02" / "b.dmn").write_bytes(model(decision("e", literal("1")), own="urn:b"))
    (tmp_path / "01.dmn").write_bytes(b"<no model")
    above = taking("b", own="a", parts=NEEDS_E).replace(
        b' name=""', b' name="" locationURI="02/b.dmn"'
    )
    (tmp_path / "a.dmn").write_bytes(above)
    (tmp_path / "a-test-01.xml").write_text(CASE, encoding="utf-8")
    assert run_tck(tmp_path).cases == {f"{tmp_path.name}/a-test-01.xml#1": True}


def test_models_that_import_each_other_are_refused_and_the_kit_goes_on(tmp_path: Path) -> None:
    (tmp_path / "b.dmn").write_bytes(taking("a", own="b"))
    (tmp_path / "a.dmn").write_bytes(taking("b", own="a", parts=NEEDS_E))
    (tmp_path / "a-test-01.xml").write_text(CASE, encoding="utf-8")
    assert not any(run_tck(tmp_path).cases.values())
