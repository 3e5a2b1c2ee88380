"""Diagrams and steps of code agree: what a diagram passes on is something the step knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.cases.stages import ASIDE, STAGES
from app.config import ROOT
from app.definitions.steps import terms_of
from app.runtime.automatic import registered
from app.tasks.automatic.notify import EVENTS, PEOPLE
from app.tasks.automatic.stages import ENDINGS

SPACES = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "z": "http://camunda.org/schema/zeebe/1.0",
}
QUOTED = re.compile(r'"([^"]*)"')


def _steps() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Place, step, and inputs of every service task that ships."""
    for path in sorted((ROOT / "processes").rglob("*.bpmn")):
        for task in etree.parse(path).iterfind(".//b:serviceTask", SPACES):
            kind = task.find(".//z:taskDefinition", SPACES)
            assert kind is not None
            inputs = {
                str(each.get("target")): str(each.get("source"))
                for each in task.iterfind(".//z:input", SPACES)
            }
            yield f"{Path(path).stem}: {task.get('id')}", str(kind.get("type")), inputs


STEPS = list(_steps())


def _texts(step: str, name: str) -> set[str]:
    """Every text that diagrams give a step under a name."""
    sources = [inputs.get(name, "") for _, kind, inputs in STEPS if kind == step]
    return {text for source in sources for text in QUOTED.findall(source)}


def test_every_step_that_ships_says_what_it_takes() -> None:
    kinds = {kind for _, kind, _ in STEPS}
    assert registered() >= kinds
    assert [kind for kind in sorted(kinds) if terms_of(kind) is None] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "app/tasks/automatic").glob("*.py")), ids=lambda path: path.stem
)
def test_what_the_code_of_a_step_reads_is_what_it_says_it_takes(path: Path) -> None:
    """By file: some of the reading is done in functions that several steps share."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    read: set[object] = set()
    said: set[object] = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="inputs"), attr="get"),
                args=[ast.Constant(value=name), *_],
            ):
                read.add(name)
            case ast.Call(func=ast.Name(id="automatic"), args=[ast.Constant(value=kind)]):
                terms = terms_of(str(kind))
                assert terms is not None
                said |= terms.needs | terms.takes
    assert read <= said


@pytest.mark.parametrize(("place", "kind", "inputs"), STEPS, ids=[step[0] for step in STEPS])
def test_a_diagram_gives_a_step_only_what_it_reads(
    place: str, kind: str, inputs: dict[str, str]
) -> None:
    terms = terms_of(kind)
    assert terms is not None
    assert inputs.keys() <= terms.needs | terms.takes, place


def test_every_letter_has_words() -> None:
    assert _texts("notify", "event") <= EVENTS.keys()


def test_every_letter_has_somebody_to_go_to() -> None:
    assert _texts("notify", "to") <= set(PEOPLE)


def test_every_stage_exists() -> None:
    assert _texts("set_stage", "stage") <= {*STAGES, *ASIDE}


def test_every_ending_has_words() -> None:
    assert _texts("close_case", "outcome") <= ENDINGS.keys()
