"""The runner of the compatibility kit, on a kit of our own making."""

import json
from pathlib import Path

import pytest

from app.decisions.tck import run_tck
from tests.decisions.conftest import decision, inputs, literal, model

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>own.dmn</modelName>
<testCase id="right"><inputNode name="x"><value xsi:type="xsd:decimal">2</value></inputNode>
<resultNode name="d" type="decision"><expected><list><item><value xsi:type="xsd:decimal">3</value></item>
<item><component name="a"><value xsi:type="xsd:string">b</value></component></item>
<item><value xsi:nil="true"/></item></list></expected></resultNode></testCase>
<testCase id="wrong"><inputNode name="x"><value xsi:type="xsd:decimal">3</value></inputNode>
<resultNode name="d" type="decision"><expected><value xsi:type="xsd:date">2026-01-01</value></expected>
</resultNode></testCase>
<testCase id="unknown"><resultNode name="e" type="decision"><expected><value xsi:nil="true"/></expected>
</resultNode></testCase>
</testCases>"""


def test_a_kit_is_run_and_reported(tmp_path: Path) -> None:
    folder = tmp_path / "0001-own"
    folder.mkdir()
    body = decision("d", literal('[x + 1, {a: "b"}, null]'), needs=["x"])
    (folder / "own.dmn").write_bytes(model(inputs(x="number"), body))
    (folder / "own-test-01.xml").write_text(CASES, encoding="utf-8")
    report = run_tck(tmp_path).as_json()
    assert (report["passed"], report["failed"], report["total"]) == (1, 2, 3)
    assert report["cases"] == {
        "0001-own/own-test-01.xml#right": True,
        "0001-own/own-test-01.xml#wrong": False,
        "0001-own/own-test-01.xml#unknown": False,
    }
    json.dumps(report)


def test_a_missing_model_fails_its_cases(tmp_path: Path) -> None:
    (tmp_path / "own-test-01.xml").write_text(CASES, encoding="utf-8")
    report = run_tck(tmp_path)
    assert not any(report.cases.values())


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        run_tck(tmp_path / "none")


def test_a_file_that_cannot_be_read_is_one_failure_and_stops_nothing(tmp_path: Path) -> None:
    body = decision("d", literal('[x + 1, {a: "b"}, null]'), needs=["x"])
    (tmp_path / "own.dmn").write_bytes(model(inputs(x="number"), body))
    (tmp_path / "own-test-01.xml").write_text(CASES.replace("decimal", "int"), encoding="utf-8")
    (tmp_path / "broken.xml").write_text("<testCases>", encoding="utf-8")
    cases = run_tck(tmp_path).cases
    assert cases[f"{tmp_path.name}/broken.xml#unreadable"] is False
    assert cases[f"{tmp_path.name}/own-test-01.xml#right"] is True


def test_a_case_that_invokes_what_is_not_there_is_about_its_result_node(tmp_path: Path) -> None:
    body = decision("d", literal('[x + 1, {a: "b"}, null]'), needs=["x"])
    (tmp_path / "own.dmn").write_bytes(model(inputs(x="number"), body))
    text = CASES.replace('id="right"', 'id="right" invocableName="nothing"')
    (tmp_path / "own-test-01.xml").write_text(text, encoding="utf-8")
    cases = run_tck(tmp_path).cases
    assert cases[f"{tmp_path.name}/own-test-01.xml#right"] is True


FORMS = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>own.dmn</modelName>
<testCase id="no list"><inputNode name="x"><list xsi:nil="true"/></inputNode>
<resultNode name="d"><expected><value xsi:type="xsd:boolean">true</value></expected></resultNode></testCase>
<testCase id="empty list"><inputNode name="x"><list/></inputNode>
<resultNode name="d"><expected><value xsi:type="xsd:boolean">false</value></expected></resultNode></testCase>
<testCase id="deep"><inputNode name="x"><component name="a"><list><item><component name="b" xsi:nil="true"/>
</item></list></component></inputNode><resultNode name="e"><expected><component name="a"><list><item>
<component name="b"><value xsi:nil="true"/></component></item></list></component></expected></resultNode></testCase>
<testCase id="an error"><resultNode name="f" errorResult="true"><expected><value xsi:nil="true"/></expected>
</resultNode></testCase>
<testCase id="knowledge" type="bkm" invocableName="k"><inputNode name="n"><value xsi:type="xsd:double">2.5</value>
</inputNode><resultNode name="k"><expected><value xsi:type="xsd:decimal">5</value></expected></resultNode></testCase>
<testCase id="service" type="decisionService" invocableName="s"><inputNode name="e"><value xsi:type="xsd:string">y</value>
</inputNode><resultNode name="g"><expected><value xsi:type="xsd:string">y!</value></expected></resultNode></testCase>
</testCases>"""


def test_every_form_of_a_case_is_understood(tmp_path: Path) -> None:
    parts = (
        inputs(x="Any"),
        decision("d", literal("x = null"), needs=["x"]),
        decision("e", literal("x"), needs=["x"]),
        decision("f", literal("1 / 0")),
        decision("g", literal('e + "!"'), needs=["#e"]),
        (
            '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="n"/>'
            f"{literal('n * 2')}</encapsulatedLogic></businessKnowledgeModel>"
        ),
        (
            '<decisionService id="s" name="s"><outputDecision href="#g"/><inputDecision href="#e"/>'
            "</decisionService>"
        ),
    )
    (tmp_path / "own.dmn").write_bytes(model(*parts))
    (tmp_path / "own-test-01.xml").write_text(FORMS, encoding="utf-8")
    assert [case for case, passed in run_tck(tmp_path).cases.items() if not passed] == []
