"""F6 to F9: many programs want the same thing in the same moment."""

import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from app.runtime.results import StepResult
from tests.faults import acts
from tests.faults.acts import Ack, Worked
from tests.faults.crew import Failed, Member, at_once, crew
from tests.faults.figures import Figures
from tests.faults.invariants import broken_rules
from tests.faults.world import SECRET, World

#: Completion and timer of a pair begin at most so many seconds apart.
JITTER = 0.005
#: What somebody is told who comes too late.
LATE = ("TaskAlreadyDone", "InstanceEnded")


def one_task_by_many(
    world: World, *, programs: int, rounds: int, prepare: Callable[[], None] | None = None
) -> Figures:
    """F6: every program completes the same task; exactly one may succeed."""
    (instance_id,) = world.begin("ring", 1)
    acks: list[Ack] = []
    said: Counter[str] = Counter()
    wrong: list[str] = []
    with crew(world.url, SECRET, programs, prepare) as members:
        for _ in range(rounds):
            task_id = acts.open_task_of(instance_id)
            if task_id is None:
                wrong.append("F6 nothing is open any more")
                break
            keys = [f"{task_id} by {number}" for number in range(programs)]
            calls = [
                partial(acts.complete, instance_id, task_id, world.people[0], key) for key in keys
            ]
            answers = at_once(members, calls)
            won = [
                Ack(task_id, key)
                for key, answer in zip(keys, answers, strict=True)
                if isinstance(answer, StepResult)
            ]
            acks += won
            said.update(_kind(answer) for answer in answers)
            if len(won) != 1:
                wrong.append(f"F6 {len(won)} of {programs} completed task {task_id}")
    return {
        "programs": programs,
        "tasks": rounds,
        "answers": dict(said),
        "broken": [*wrong, *broken_rules(acks)],
    }


def one_key_many_times(
    world: World, *, rounds: int, prepare: Callable[[], None] | None = None
) -> Figures:
    """F7: the same request two to five times in parallel has one effect and one answer."""
    (instance_id,) = world.begin("ring", 1)
    acks: list[Ack] = []
    wrong: list[str] = []
    sent = 0
    with crew(world.url, SECRET, 5, prepare) as members:
        for number in range(rounds):
            task_id = acts.open_task_of(instance_id)
            assert task_id is not None
            times = 2 + number % 4
            sent += times
            call = partial(
                acts.complete, instance_id, task_id, world.people[0], f"key of {task_id}"
            )
            answers = at_once(members[:times], [call] * times)
            bodies = {
                (answer.lock_version, answer.opened)
                for answer in answers
                if isinstance(answer, StepResult)
            }
            fresh = [a for a in answers if isinstance(a, StepResult) and not a.replayed]
            failed = [a for a in answers if not isinstance(a, StepResult)]
            if len(bodies) != 1 or len(fresh) != 1 or failed:
                wrong.append(f"F7 task {task_id}: {answers}")
            else:
                acks.append(Ack(task_id, f"key of {task_id}"))
    return {"requests": sent, "tasks": rounds, "broken": [*wrong, *broken_rules(acks)]}


def timer_or_person(world: World, *, pairs: int, seed: int = 1) -> Figures:
    """F8: a deadline and an answer within five milliseconds; exactly one way is taken."""
    chance = random.Random(seed)
    ways: Counter[str] = Counter()
    wrong: list[str] = []
    acks: list[Ack] = []
    with crew(world.url, SECRET, 2) as members:
        for _ in range(pairs):
            instance_id, task_id = _overdue(members[0])
            lead = chance.uniform(-JITTER, JITTER)
            key = f"answer to {task_id}"
            answer = partial(acts.complete, instance_id, task_id, world.people[0], key)
            answered, fired = at_once(
                members, [partial(late, max(lead, 0), answer), partial(late, -lead, acts.fire_once)]
            )
            if isinstance(answered, StepResult):
                ways["answered"] += 1
                acks.append(Ack(task_id, key))
            elif isinstance(answered, Failed) and answered.kind in LATE:
                ways["expired"] += 1
            else:
                wrong.append(f"F8 the person was told {answered!r}")
            if isinstance(fired, Failed):
                wrong.append(f"F8 the timer was told {fired!r}")
        while members[0].do(acts.fire_once):  # skipped, because the person held the lock
            pass
    return {"pairs": pairs, "ways": dict(ways), "broken": [*wrong, *broken_rules(acks)]}


def everything_at_once(world: World, *, programs: int, seconds: float) -> Figures:
    """F9: completions, timers and messages across cases, for a while; nobody waits in a circle."""
    friends = [f"friend {number}" for number in range(4)]
    # one case has a talker and a listener, so that a transaction writes to two cases' records
    listeners = [acts.begin("listener", 1 + n, friend=who) for n, who in enumerate(friends)]
    talkers = [acts.begin("talker", 1 + n, friend=who) for n, who in enumerate(friends)]
    world.begin("daily", 4)
    with crew(world.url, SECRET, programs) as members:
        # the first step of a new program reads every diagram; that is not what is hunted here
        first = [partial(acts.work, talkers, world.people[0], 0.01, 0, friends)] * (programs - 1)
        warm = at_once(members[1:], first)
        began = time.monotonic()
        for number, member in enumerate(members[1:]):
            person = world.people[number % len(world.people)]
            member.order(partial(acts.work, talkers, person, seconds, number, friends))
        members[0].order(partial(tick, seconds))
        ticked = members[0].answer()
        answers = [member.answer() for member in members[1:]]
        took = time.monotonic() - began
        members[0].do(acts.deliver_kept)
    answers += warm
    found = [answer for answer in answers if isinstance(answer, Worked)]
    problems: Counter[str] = sum((each.problems for each in found), Counter())
    acks = [ack for each in found for ack in each.acks]
    wrong = [f"F9 {answer!r}" for answer in [*answers, ticked] if isinstance(answer, Failed)]
    if problems:
        wrong.append(f"F9 the database refused: {dict(problems)}")
    return {
        "programs": programs,
        "talkers": len(talkers),
        "listeners": len(listeners),
        "seconds": round(took, 1),
        "transactions": len(acks) + sum(each.refused for each in found),
        "longest_wait_s": round(max((each.longest_gap for each in found), default=0), 2),
        "broken": [*wrong, *broken_rules(acks)],
    }


def late(seconds: float, call: Callable[[], Any]) -> Any:
    """Begin a little later than the others."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
    return call()


def tick(seconds: float) -> int:
    """The scheduler's part, without a pause."""
    until = time.monotonic() + seconds
    count = 0
    while time.monotonic() < until:
        count += acts.deliver_kept()
        time.sleep(0.01)
    return count


def _overdue(member: Member) -> tuple[int, int]:
    found: tuple[int, int] = member.do(partial(acts.begin_overdue, "expires"))
    return found


def _kind(answer: object) -> str:
    return answer.kind if isinstance(answer, Failed) else "done"
