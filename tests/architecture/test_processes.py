"""What every shipped diagram, form and table must have."""

import re
from pathlib import Path

import pytest
import yaml
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
DIAGRAMS = sorted((ROOT / "processes").rglob("*.bpmn"))
BPMN = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL"}
ZEEBE = {"z": "http://camunda.org/schema/zeebe/1.0"}
RULE_ID = re.compile(r"^(HANTS|HCYPP|SOTON|HULL|WORC)-\d{2,3}$")


def _ids(diagrams: list[Path]) -> list[str]:
    return [str(p.relative_to(ROOT / "processes")) for p in diagrams]


@pytest.mark.parametrize("path", DIAGRAMS, ids=_ids(DIAGRAMS))
def test_every_diagram_has_scenarios(path: Path) -> None:
    process = etree.parse(path).find(".//b:process", BPMN)
    assert process is not None
    scenarios = [
        document
        for file in path.parent.joinpath("scenarios").glob("*.yaml")
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if document and path.stem.replace("-", "_") == file.stem.replace("-", "_")
    ]
    assert scenarios, (
        f"write {path.parent.name}/scenarios/{path.stem}.yaml: one way through a document"
    )


@pytest.mark.parametrize("path", DIAGRAMS, ids=_ids(DIAGRAMS))
def test_the_rules_a_diagram_names_are_written_like_rules(path: Path) -> None:
    properties = etree.parse(path).iterfind(".//z:property[@name='source']", ZEEBE)
    named = [rule.strip() for p in properties for rule in p.get("value", "").split(",")]
    assert [rule for rule in named if not RULE_ID.match(rule)] == []


@pytest.mark.parametrize("path", DIAGRAMS, ids=_ids(DIAGRAMS))
def test_every_step_a_person_does_explains_itself(path: Path) -> None:
    silent = [
        task.get("id")
        for task in etree.parse(path).iterfind(".//b:userTask", BPMN)
        if not (task.findtext("b:documentation", "", BPMN) or "").strip()
    ]
    assert not silent, f"write the help text (documentation) of {silent}"
