"""Playing a path of the token game in the engine, to see whether it leads to the same place.

Only how tokens move is in question, so the drawing is stripped of everything else: every activity
becomes a task that somebody completes, every choice is told which way to go.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app import clock, feel
from app.calendars import WorkingCalendar
from app.engine.build import build_specs
from app.engine.catalogue import Element, Flow, ProcessInfo
from app.engine.drawing import Drawing, drawn
from app.engine.errors import AutomaticStepFailed, ElementFailed, EngineRefused
from app.engine.process import Process
from app.engine.results import DecisionOutcome, ElementRef, Facts, Message, Snapshot
from app.engine.specset import SpecSet
from app.engine.tokengame.scope import ScopeGame, State, Step

PROCESS = "replayed"
_KEY = '="replay"'
_FAR = "P9000D"
_CHOOSE = frozenset(("exclusive", "inclusive"))


@dataclass
class _Led:
    """Surroundings that are asked for nothing but the time, and the ways to take.

    Whatever starts an action, expressions see the ways as ``parameters``.
    """

    ways: Mapping[str, object] = field(default_factory=dict)

    def environment(self) -> feel.Environment:
        return feel.Environment(now=clock.now(), calendar=WorkingCalendar())

    def parameters(self) -> Mapping[str, object]:
        return self.ways

    def decide(self, decision_id: str, facts: Facts) -> DecisionOutcome:
        raise AutomaticStepFailed(decision_id)

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        raise AutomaticStepFailed(task_type)


@dataclass
class _Action:
    """Something from outside, and which ways are taken until everything rests again."""

    step: Step
    ways: dict[str, list[str]] = field(default_factory=dict)


def agrees(game: ScopeGame, path: Sequence[Step], state: State) -> bool:
    """Whether the engine, led along ``path``, comes to ``state`` or finds that it is stuck."""
    steps, state = _to_rest(game, list(path), state)
    actions = _actions(game, steps)
    names = {gateway: f"way_{n}" for n, gateway in enumerate(sorted(game.elements))}
    specs, host = _specs(game, names, actions[0].step.element_id), _Led()
    try:
        host.ways = _ways(actions[0], names)
        process = Process.start(specs, PROCESS, {}, host)
        for action in actions[1:]:
            host.ways = _ways(action, names)
            _do(process, game, action)
    except ElementFailed as error:
        return _only_joins(game, state) and any(t.at == error.element_id for t in state)
    except EngineRefused:
        return False
    return _open(game, process.snapshot()) == _expected(game, state)


def _to_rest(game: ScopeGame, steps: list[Step], state: State) -> tuple[list[Step], State]:
    """Pass what waits for nothing, any way it goes."""
    while (move := game.next_passed(state)) is not None:
        steps.append(move[0])
        state = move[1]
    return steps, state


def _actions(game: ScopeGame, steps: Sequence[Step]) -> list[_Action]:
    actions: list[_Action] = []
    for step in steps:
        if game.elements[step.element_id].kind in _CHOOSE:
            actions[-1].ways[step.element_id] = list(step.flows)
        elif step.what != "pass":
            actions.append(_Action(step))
    return actions


def _ways(action: _Action, names: Mapping[str, str]) -> dict[str, object]:
    return {names[gateway]: list(flows) for gateway, flows in action.ways.items()}


def _do(process: Process, game: ScopeGame, action: _Action) -> None:
    step, now = action.step, process.snapshot()
    element = game.elements[step.element_id]
    if element.kind != "boundary" and element.is_activity:
        open_here = [t.engine_task_id for t in now.open_tasks if t.element_id == element.id]
        process.complete(_first(open_here), {})
    elif element.event == "timer":
        due = [t.engine_task_id for t in now.timers if t.element_id == element.id]
        process.move_timer(_first(due), clock.now() - timedelta(seconds=1))
        process.fire_due_timers()
    elif not process.deliver(Message(element.id, "replay")):
        raise EngineRefused


def _first(found: list[str]) -> str:
    if not found:
        raise EngineRefused
    return found[0]


def _only_joins(game: ScopeGame, state: State) -> bool:
    return all(game.elements[token.at].kind == "parallel" for token in state)


def _open(game: ScopeGame, now: Snapshot) -> Counter[str]:
    events = [e.element_id for e in now.timers] + [e.element_id for e in now.waiting_messages]
    waiting = [each for each in events if game.elements[each].kind != "boundary"]
    return Counter([*(task.element_id for task in now.open_tasks), *waiting])


def _expected(game: ScopeGame, state: State) -> Counter[str]:
    found: Counter[str] = Counter()
    for token in state:
        element = game.elements[token.at]
        if element.kind == "event_gateway":
            found.update(way.target for way in game.drawing.ways_out(element))
        elif element.kind != "parallel":
            found[element.id] += 1
    return found


# ---------------------------------------------------------------------- the stripped drawing


def _specs(game: ScopeGame, names: Mapping[str, str], start: str) -> SpecSet:
    elements = {e.id: _stripped(e, e.id == start) for e in game.elements.values()}
    flows = [
        _forced(f, elements, names) for f in game.drawing.flows.values() if f.source in elements
    ]
    drawing: Drawing = drawn([ProcessInfo(id=PROCESS, name=PROCESS, elements=elements)], flows)
    return SpecSet(
        key=PROCESS,
        processes={PROCESS: drawing.processes[0]},
        drawings={PROCESS: drawing},
        specs=build_specs(drawing),
        names_read={PROCESS: frozenset()},
    )


def _stripped(element: Element, is_start: bool) -> Element:
    bare = Element(
        id=element.id,
        name=element.name,
        kind="user" if element.is_activity else element.kind,
        process_id=PROCESS,
        default_flow=None,
        attached_to=element.attached_to,
        interrupting=element.interrupting,
    )
    if element.kind == "start":
        return replace(bare, event="none") if is_start else _with_message(bare)
    if element.kind == "end":
        plain = element.event not in {"terminate", "error"}
        return replace(bare, event="none" if plain else "terminate")
    if element.kind in {"catch", "boundary"}:
        if element.event == "timer":
            return replace(bare, event="timer", timer=_FAR, timer_kind="duration")
        return _with_message(bare)
    return replace(bare, event="none") if element.kind == "throw" else bare


def _with_message(bare: Element) -> Element:
    return replace(bare, event="message", message=bare.id, correlation_key=_KEY)


def _forced(flow: Flow, elements: Mapping[str, Element], names: Mapping[str, str]) -> Flow:
    condition = None
    if elements[flow.source].kind in _CHOOSE:
        text = flow.id.replace("\\", "\\\\").replace('"', '\\"')
        condition = f'=list contains(parameters.{names[flow.source]}, "{text}")'
    return replace(flow, condition=condition)
