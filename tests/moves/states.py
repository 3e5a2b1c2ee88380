"""Plays scenarios of the shipped processes and stops at every state in which a process waits."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.db import reading
from app.definitions.pins import load_set
from app.runtime.models import InstanceStatus, ProcessInstance
from tests.moves.prove import place_of
from tests.support.scenario_files import Scenario
from tests.support.scenario_player import ScenarioPlayer
from tests.support.scenario_world import set_up
from tests.support.shipped import open_for_business
from tests.support.story_driver import StoryDriver


def wait_states(
    scenario: Scenario, driver: StoryDriver, seen: set[tuple[object, ...]]
) -> Iterator[int]:
    """The ids of instances that have come to a place where none has been yet."""
    player = ScenarioPlayer(scenario, set_up(scenario, open_for_business(scenario.area)), driver)
    yield from _new(seen)
    for step in scenario.steps:
        player._play(step)
        yield from _new(seen)


def _new(seen: set[tuple[object, ...]]) -> list[int]:
    found = []
    with reading() as session:
        rows = session.scalars(
            select(ProcessInstance)
            .where(ProcessInstance.status == InstanceStatus.RUNNING)
            .options(undefer(ProcessInstance.state))
            .order_by(ProcessInstance.id)
        )
        for instance in rows:
            pinned = load_set(session, instance.definition_set_key)
            place = (instance.process_id, pinned.pack_id, *place_of(instance.state, pinned))
            if place not in seen:
                seen.add(place)
                found.append(instance.id)
    return found
