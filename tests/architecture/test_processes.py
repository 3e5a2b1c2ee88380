"""What every shipped diagram, form and table must have."""

import re
import tomllib
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


@pytest.mark.parametrize("path", DIAGRAMS, ids=_ids(DIAGRAMS))
def test_every_step_and_every_decision_of_a_person_is_due_some_day(path: Path) -> None:
    tree = etree.parse(path)
    endless = [
        task.get("id")
        for task in tree.iterfind(".//b:userTask", BPMN)
        if task.find("b:extensionElements/z:taskSchedule[@dueDate]", BPMN | ZEEBE) is None
    ]
    for gateway in tree.iterfind(".//b:exclusiveGateway", BPMN):
        said = {
            p.get("name", ""): p.get("value", "") for p in gateway.iterfind(".//z:property", ZEEBE)
        }
        is_signed = any(name.startswith("signOff.") for name in said)
        if is_signed and "parameters." not in said.get("signOff.due", ""):
            endless.append(gateway.get("id"))
    assert not endless, f"say when it is due, a sign-off by a number of the pack: {endless}"


#: Numbers of processes that are still to be drawn: services, the hub, contributions;
#: and of what is shown while social care works with a family.
NOT_READ_YET = {
    "age_max",
    "age_max_ehcp",
    "age_min",
    "contribution_reminder_wd",
    "contribution_wd",
    "hub_slot_wd",
    "icpc_wd",
    "service_answer_wd",
    "signoff_deputy_wd",
    "statutory_assessment_wd",
}


def test_a_parameter_that_is_changed_changes_something() -> None:
    core = tomllib.loads((ROOT / "processes/core/pack.toml").read_text(encoding="utf-8"))
    files = [
        file
        for folder, kinds in (("processes", "bpmn dmn form"), ("app", "py html"))
        for kind in kinds.split()
        for file in (ROOT / folder).rglob(f"*.{kind}")
        if "node_modules" not in file.parts
    ]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    unread = {name for name in core["parameters"] if name not in text}
    assert unread == NOT_READ_YET


def test_the_page_on_architecture_lists_the_layers_that_are_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert "\n".join(layers) in page
