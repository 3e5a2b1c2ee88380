"""Diagrams and steps of code agree: what a diagram passes on is something the step knows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.cases.stages import ASIDE, STAGES
from app.config import ROOT
from app.identity.permissions import Role
from app.runtime.automatic import registered
from app.tasks.automatic.notify import EVENTS
from app.tasks.automatic.stages import ENDINGS

SPACES = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "z": "http://camunda.org/schema/zeebe/1.0",
}
QUOTED = re.compile(r'"([^"]*)"')
#: Inputs that a step reads. Outputs are proven by the scenarios, which use what comes back.
READS = {
    "close_case": {"outcome", "retention"},
    "gather_panel_agenda": {"panel_id", "panel_date"},
    "join_case": {"matched_case_id"},
    "match_family": set(),
    "notify": {"event", "to", "contact_id", "channel", "template"},
    "record_action_done": {"action_id", "action_status"},
    "record_assessment": {"outcome"},
    "record_concern": {"match", "same_family"},
    "record_consent": {"consent_outcome", "consent_gaps", "consent_override"},
    "record_contact": {"contact_reason", "contact_origin", "contact_by"},
    "record_front_door_outcome": {"front_door_outcome", "contact_id", "statutory_route"},
    "record_lead": set(),
    "record_meeting": {"purpose"},
    "record_panel_decision": {"item_id", "panel_outcome"},
    "record_panel_item": {"panel_id"},
    "record_plan": set(),
    "record_refusal": {"level"},
    "record_review": {"outcome", "suggested_weeks"},
    "record_step_down": {"outcome", "step_down_outcome"},
    "schedule_outcome_check": {"months"},
    "set_stage": {"stage"},
    "stop_sharing": set(),
}
PEOPLE = {*Role, "team", "family", "contact_maker", "case:lead", "case:initiator", "case:assessor"}


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


def test_every_step_that_is_registered_is_known_here() -> None:
    assert registered() >= READS.keys()
    assert {kind for _, kind, _ in STEPS} == READS.keys()


@pytest.mark.parametrize(("place", "kind", "inputs"), STEPS, ids=[step[0] for step in STEPS])
def test_a_diagram_gives_a_step_only_what_it_reads(
    place: str, kind: str, inputs: dict[str, str]
) -> None:
    assert inputs.keys() <= READS[kind], place


def test_every_letter_has_words() -> None:
    assert _texts("notify", "event") <= EVENTS.keys()


def test_every_letter_has_somebody_to_go_to() -> None:
    assert _texts("notify", "to") <= PEOPLE


def test_every_stage_exists() -> None:
    assert _texts("set_stage", "stage") <= {*STAGES, *ASIDE}


def test_every_ending_has_words() -> None:
    assert _texts("close_case", "outcome") <= ENDINGS.keys()
