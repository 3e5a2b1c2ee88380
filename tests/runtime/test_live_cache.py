"""Processes kept in memory: one user at a time, back only after the commit, never an old one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.db import transaction
from app.engine.process import Process
from app.runtime.actions import CompleteTask
from app.runtime.actor import Actor
from app.runtime.live_cache import LiveCache
from app.runtime.step import live_processes, take_step
from tests.support.diagrams import bpmn, end, flow, process, start, user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish

FORMS = {"a": ("x",), "b": ("x",), "c": ("x",)}
THREE = bpmn(
    process(
        "three",
        start(),
        *(user(name, form=name, groups="practitioner") for name in FORMS),
        end(),
        flow("start > a > b > c > end"),
    )
)
SOMEBODY = Actor.system("test")


class TheCrash(Exception):
    """What comes between a step and its commit."""


@pytest.fixture
def instance_id(driver: ProcessDriver) -> int:
    publish(THREE, forms=FORMS)
    return driver.start("three")


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The states that were loaded."""
    states: list[bytes] = []
    load = Process.load

    def watched(specs: object, saved: bytes, *rest: object, **more: object) -> Process:
        states.append(saved)
        return load(specs, saved, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Process, "load", watched)
    return states


def complete(driver: ProcessDriver, element_id: str) -> None:
    task = driver.task(element_id)
    with transaction() as session:
        take_step(
            session, task.instance_id, CompleteTask(task_id=task.id, answers={}), actor=SOMEBODY
        )


def kept(driver: ProcessDriver, instance_id: int) -> bool:
    return driver.instance(instance_id).live_key in live_processes._kept


def test_the_next_step_loads_nothing_because_the_process_is_kept(
    driver: ProcessDriver, instance_id: int, loaded: list[bytes]
) -> None:
    complete(driver, "a")
    complete(driver, "b")
    complete(driver, "c")
    assert driver.instance(instance_id).status == "finished"
    assert loaded == []


def test_while_a_step_is_taken_the_process_is_nobody_elses(
    driver: ProcessDriver, instance_id: int
) -> None:
    task = driver.task("a")
    assert kept(driver, instance_id)
    with transaction() as session:
        take_step(session, instance_id, CompleteTask(task_id=task.id, answers={}), actor=SOMEBODY)
        assert not kept(driver, instance_id)
    assert kept(driver, instance_id)


def test_a_step_that_is_not_committed_is_not_kept_and_the_next_one_loads(
    driver: ProcessDriver, instance_id: int, loaded: list[bytes]
) -> None:
    with pytest.raises(TheCrash):
        _step_and_crash(driver)
    assert not kept(driver, instance_id)
    complete(driver, "a")
    assert len(loaded) == 1
    assert driver.open_tasks() == {"b": "practitioner"}


def _step_and_crash(driver: ProcessDriver) -> None:
    task = driver.task("a")
    with transaction() as session:
        take_step(
            session, task.instance_id, CompleteTask(task_id=task.id, answers={}), actor=SOMEBODY
        )
        raise TheCrash


def test_what_another_program_has_moved_since_is_loaded_and_not_taken_from_memory(
    driver: ProcessDriver, instance_id: int, loaded: list[bytes]
) -> None:
    here = dict(live_processes._kept)
    live_processes.forget_all()  # the other program has a memory of its own
    complete(driver, "a")
    live_processes.forget_all()
    live_processes._kept.update(here)
    complete(driver, "b")
    assert len(loaded) == 2
    assert driver.open_tasks() == {"c": "practitioner"}


def test_of_many_who_want_it_one_has_it() -> None:
    cache: LiveCache[str] = LiveCache(most=3)
    cache.check_in("k", 1, "the process")
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: cache.check_out("k", 1), range(50)))
    assert found.count("the process") == 1


def test_another_version_is_thrown_away_and_the_longest_unused_goes_first() -> None:
    cache: LiveCache[int] = LiveCache(most=2)
    cache.check_in("a", 1, 1)
    assert cache.check_out("a", 2) is None
    assert cache.check_out("a", 1) is None
    for number, name in enumerate("abc"):
        cache.check_in(name, 1, number)
    assert [cache.check_out(name, 1) for name in "abc"] == [None, 1, 2]
