"""F2: a program dies at each place in a step; then the same request comes again."""

from collections.abc import Sequence
from functools import partial

from app.db import reading
from app.runtime.models import ProcessInstance
from app.runtime.results import StepResult
from tests.faults import acts, crash_points
from tests.faults.acts import Ack
from tests.faults.crash_points import COMMITTED, EXIT, FOR_PEOPLE, FOR_TIMERS
from tests.faults.crew import Call, Member, crew
from tests.faults.figures import Figures
from tests.faults.invariants import broken_rules
from tests.faults.world import SECRET, World


def completions(world: World, *, times: int, points: Sequence[str] = FOR_PEOPLE) -> Figures:
    """A person's completion is cut off at each point, checked, and sent again with the same key."""
    (instance_id,) = world.begin("ring", 1)
    wrong: list[str] = []
    acks: list[Ack] = []
    with crew(world.url, SECRET, 1) as (healthy,):
        for point in points:
            for number in range(times):
                task_id = acts.open_task_of(instance_id)
                assert task_id is not None
                key = f"{point} {number}"
                call = partial(acts.complete, instance_id, task_id, world.people[0], key)
                before = _version(instance_id)
                wrong += _dies(world, point, call)
                moved = _version(instance_id) - before
                if moved != (point in COMMITTED):
                    wrong.append(f"F2 after dying at “{point}” the process had moved {moved} steps")
                if number == 0:
                    wrong += broken_rules(acks)
                again = healthy.do(call)
                assert isinstance(again, StepResult)
                if again.replayed != (point in COMMITTED) or _version(instance_id) != before + 1:
                    wrong.append(f"F2 “{point}”: sent again, the answer was {again}")
                acks.append(Ack(task_id, key))
    return {
        "points": list(points),
        "crashes": len(points) * times,
        "broken": [*wrong, *broken_rules(acks)],
    }


def timers(world: World, *, times: int, points: Sequence[str] = FOR_TIMERS) -> Figures:
    """The worker dies while it fires; the next one does it, once."""
    wrong: list[str] = []
    with crew(world.url, SECRET, 1) as (healthy,):
        for point in points:
            for _ in range(times):
                instance_id, _task = acts.begin_overdue("nap")
                wrong += _dies(world, point, acts.fire_once)
                healthy.do(acts.fire_all)
                if _version(instance_id) != 2:
                    wrong.append(f"F2 “{point}”: the timer fired {_version(instance_id) - 1} times")
    return {
        "points": list(points),
        "crashes": len(points) * times,
        "broken": [*wrong, *broken_rules()],
    }


def _dies(world: World, point: str, call: Call) -> list[str]:
    victim = Member(world.url, SECRET, partial(crash_points.arm, point))
    victim.order(call)
    code = victim.ended_with()
    victim.kill()
    return [] if code == EXIT else [f"F2 nothing died at “{point}” (exit code {code})"]


def _version(instance_id: int) -> int:
    with reading() as session:
        return session.get_one(ProcessInstance, instance_id).lock_version
