"""Scenario files: one way through a process for each YAML document."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app import clock, feel
from app.calendars import WorkingCalendar
from app.config import ROOT

PROCESSES = ROOT / "processes"
Step = Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """``supposed`` is what steps of code answer when only the engine runs; here it tells how the
    world has to be for the real ones to answer like that."""

    file: str
    name: str
    process_id: str
    area: str
    facts: Mapping[str, Any]
    steps: tuple[Step, ...]
    supposed: Mapping[str, Mapping[str, Any]]

    def __str__(self) -> str:
        return f"{Path(self.file).stem}: {self.name}"

    @property
    def first_role(self) -> str:
        """The role of whoever acts first."""
        return next((str(step["by"]) for step in self.steps if "by" in step), "practitioner")

    def answers(self, element_id: str) -> Mapping[str, Any]:
        """What is said at a task, the first time it is done; empty if it is not."""
        done = (step for step in self.steps if step.get("complete") == element_id)
        return next((step.get("answers") or {} for step in done), {})


def all_scenarios() -> list[Scenario]:
    return [
        _read(document, path)
        for path in sorted(PROCESSES.glob("*/scenarios/*.yaml"))
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        if document
    ]


def _read(document: Mapping[str, Any], path: Path) -> Scenario:
    return Scenario(
        file=str(path.relative_to(PROCESSES)),
        name=document["name"],
        process_id=document["process"],
        area=document["area"],
        facts=document.get("facts") or {},
        steps=tuple(document["steps"]),
        supposed=document.get("automatic") or {},
    )


def worked_out(value: Any) -> Any:
    """Texts that begin with ``=`` are FEEL, worked out now."""
    if isinstance(value, str) and value.startswith("="):
        environment = feel.Environment(now=clock.now(), calendar=WorkingCalendar())
        outcome = feel.parse(value[1:]).evaluate({}, environment)
        assert not outcome.problems, f"{value}: {outcome.problems}"
        return feel.to_json(outcome.value)
    if isinstance(value, Mapping):
        return {key: worked_out(item) for key, item in value.items()}
    if isinstance(value, list):
        return [worked_out(item) for item in value]
    return value
