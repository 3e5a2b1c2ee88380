"""What a walk through a shipped process needs: versions, tables, forms, and steps of code that agree.

The tables, the calendar, the numbers and the forms of an area are the real ones. What steps of
code answer is what the scenarios of a process suppose: one of the answers for each step by lot.
"""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from app import clock, feel
from app.config import ROOT
from app.definitions import facts
from app.definitions.library import Library, View, read_folder
from app.definitions.packs import CORE
from app.definitions.pins import PinnedSet
from app.engine.results import ElementRef, Facts, OpenTask
from app.engine.specset import SpecSet
from app.forms import BoundForm, Form
from app.forms.model import Choice
from app.runtime.host import RuntimeHost
from tests.support.answering import NotAnswerable, fill_in, fill_in_at_random
from tests.support.scenario_files import Scenario, all_scenarios, worked_out

FILES = Library(read_folder(ROOT / "processes"))
PEOPLE = [Choice(f"user:{number}", f"Person {number}") for number in (1, 2, 3)]
CHILDREN = [Choice(f"person:{number}", f"Child {number}") for number in (1, 2)]
AGENCIES = [Choice(name, name) for name in ("School", "Health visiting", "Housing")]
OPTIONS = {
    "agencies": AGENCIES,
    "case_people": [*CHILDREN, *PEOPLE],
    "children": CHILDREN,
    "family": CHILDREN,
    "users:practitioner": PEOPLE,
    "users:social_worker": PEOPLE,
}
#: What somebody knows about the family before anything is said.
FAMILY = {
    "name": "Marlowe",
    "children": [{"child": "person:1", "name": "Child 1"}],
    "child_under_five": "no",
    "agencies": [{"agency": "School", "worker": "Person 1"}],
}
#: Messages that the application itself sends, when somebody presses a button for it.
BY_HAND = frozenset(("bring_review_forward", "consent_withdrawn", "harm_reported"))


@dataclass(frozen=True, eq=False)
class Journey:
    """One process in one area."""

    process_id: str
    area: str
    scenarios: tuple[Scenario, ...] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.process_id} in {self.area}"

    @cached_property
    def view(self) -> View:
        return FILES.view(self.area)

    @cached_property
    def pinned(self) -> PinnedSet:
        diagrams, models, wanted = {}, {}, [self.process_id]
        while wanted:
            name = wanted.pop()
            if name in diagrams:
                continue
            diagrams[name] = self.view.diagrams[name]
            wanted += facts.called_processes(diagrams[name], name)
            used = facts.used_decisions(diagrams[name], name)
            models.update({table: self.view.models[table] for table in used})
        return PinnedSet(f"walk {self}", self.process_id, self.area, diagrams, models)

    @cached_property
    def specs(self) -> SpecSet:
        pinned = self.pinned
        return SpecSet.build(pinned.key, pinned.diagrams, pinned.names_read)

    @cached_property
    def sent(self) -> Mapping[str, list[Facts]]:
        """What may be sent to it: every message that something throws, as scenarios know it."""
        found: dict[str, list[Facts]] = defaultdict(list)
        for scenario in all_scenarios_once():
            for step in scenario.steps:
                if "message" in step:
                    found[step["message"]].append(dict(step.get("payload") or {}))
        thrown = set(BY_HAND)
        for diagram in self.view.diagrams.values():
            for element in diagram.elements.values():
                if element.kind in {"throw", "send", "end"} and element.message:
                    thrown.add(element.message)
        return {name: found[name] or [{}] for name in thrown}

    @cached_property
    def work(self) -> frozenset[str]:
        """Everything in it, and in what it calls, that somebody does or decides."""
        return frozenset(
            element.id
            for name, diagram in self.pinned.diagrams.items()
            for element in diagram.process(name).elements.values()
            if element.kind == "user" or element.sign_off
        )

    def form(self, task: OpenTask) -> Form | None:
        return self.view.forms.get(task.form_id or "")


@cache
def all_scenarios_once() -> tuple[Scenario, ...]:
    return tuple(all_scenarios())


@cache
def journeys() -> Mapping[str, tuple[Journey, ...]]:
    """Every shipped process, in every area that has it: its own drawing, numbers and forms."""
    scenarios: dict[str, list[Scenario]] = defaultdict(list)
    for scenario in all_scenarios_once():
        scenarios[scenario.process_id].append(scenario)
    areas = sorted({file.pack for file in FILES.files.values()} - {CORE})
    found: dict[str, list[Journey]] = defaultdict(list)
    for area in areas:
        for process_id in sorted(FILES.view(area).diagrams):
            fitting = [s for s in scenarios[process_id] if s.area == area]
            known = tuple(fitting or scenarios[process_id])
            found[process_id].append(Journey(process_id, area, known))
    return {process_id: tuple(found[process_id]) for process_id in sorted(found)}


class WalkHost(RuntimeHost):
    """Real tables, numbers and calendar; steps of code answer as a scenario supposes."""

    def __init__(self, journey: Journey, chance: Random) -> None:
        super().__init__()
        self._chance = chance
        self._supposed = _supposed(journey)
        self.journey = journey

    def environment(self) -> feel.Environment:
        self._now()
        return super().environment()

    def _now(self) -> None:
        pack, pinned = self.journey.view.pack, self.journey.pinned
        self.bind(cast("Any", SimpleNamespace(now=clock.now(), pack=pack, pinned=pinned)))

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        del element, inputs
        answers = self._supposed.get(task_type)
        return dict(worked_out(self._chance.choice(answers))) if answers else {}


@cache
def _supposed(journey: Journey) -> Mapping[str, list[Mapping[str, Any]]]:
    """The answers of each step of code in the scenarios of this process, else in any."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for scenarios in (journey.scenarios, all_scenarios_once()):
        known = set(found)
        for scenario in scenarios:
            for name, answer in scenario.supposed.items():
                if name not in known and answer not in found[name]:
                    found[name].append(answer)
    return found


def answered(
    journey: Journey, task: OpenTask, documents: Facts, chance: Random, *, as_told: bool
) -> Facts:
    """What a person hands in at this task: the whole document.

    ``as_told``: what some scenario says at this task; without one, and else, anything that fits.
    """
    form = journey.form(task)
    if form is None:
        return {}
    page = bound(journey, form, task, documents)
    typed = None
    if as_told and (stories := _told(task.element_id)):
        with suppress(NotAnswerable):  # somebody else's form for this task
            typed = fill_in(form, page, worked_out(chance.choice(stories)), str(chance.random()))
    if typed is None:
        typed = fill_in_at_random(form, page, chance)
    found = bound(journey, form, task, documents, typed)
    assert found.validate(), found.errors
    return found.answers


@cache
def _told(element_id: str) -> tuple[Mapping[str, Any], ...]:
    every = (scenario.answers(element_id) for scenario in all_scenarios_once())
    return tuple(answers for answers in every if answers)


def bound(
    journey: Journey,
    form: Form,
    task: OpenTask,
    documents: Facts,
    typed: Mapping[str, list[str]] | None = None,
) -> BoundForm:
    pack = journey.view.pack
    known = {
        "facts": task.facts,
        "parameters": dict(pack.parameters),
        "family": FAMILY,
        "form": documents,
    }
    env = feel.Environment(now=clock.now(), calendar=pack.calendar)
    return form.bind(typed, known, options=OPTIONS, env=env)
