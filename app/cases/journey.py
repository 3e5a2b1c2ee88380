"""Where a case is: the diagrams it runs through, what is done, what is open, what comes next.

The same facts feed the markers on the drawn diagram and the outline in words beside it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app import clock
from app.cases.outline import Choice, ordered
from app.definitions import parsed
from app.definitions.live import live_pack
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.definitions.packs import Pack
from app.engine.catalogue import Element, ProcessInfo
from app.identity.people import names_of
from app.identity.permissions import LABELS, Role
from app.runtime.models import ProcessInstance, Task
from app.runtime.records import Incident, StepHistory, Timer, WaitingFor


@dataclass(frozen=True)
class Holding:
    """Something open at an element: who has it, since when, until when."""

    who: str
    since: datetime
    due_at: datetime | None
    task_id: int | None = None


@dataclass(frozen=True)
class Step:
    """One line of the outline. ``state`` is ``done``, ``current``, ``overdue``, ``incident`` or ``ahead``."""

    element_id: str
    name: str
    kind: str
    lane: str
    state: str
    done_at: datetime | None
    holdings: tuple[Holding, ...]
    choices: tuple[Choice, ...]
    documentation: str


@dataclass(frozen=True)
class Level:
    """One diagram the case is inside of; the first is the whole pathway, the last the detail."""

    version_id: int
    version_number: int
    process_id: str
    name: str
    steps: tuple[Step, ...]

    @property
    def marks(self) -> dict[str, dict[str, str]]:
        """Per element: its state and, for open ones, who holds it; what the drawing shows."""
        return {
            step.element_id: {"state": step.state, "badge": _badge(step)}
            for step in self.steps
            if step.state != "ahead"
        }

    @property
    def open_steps(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.holdings)


@dataclass(frozen=True)
class Journey:
    instance_id: int
    name: str
    status: str
    started_at: datetime
    levels: tuple[Level, ...]


def journeys(session: Session, case_id: int) -> list[Journey]:
    """All processes of a case: running ones first, then the latest finished."""
    query = select(ProcessInstance).where(ProcessInstance.case_id == case_id)
    found = list(session.scalars(query.order_by(ProcessInstance.id)))
    found.sort(key=lambda instance: (instance.status != "running", instance.id))
    return [journey(session, instance) for instance in found]


def journey(session: Session, instance: ProcessInstance) -> Journey:
    """The diagrams of one running or finished process, from the outermost to where it waits."""
    pins = session.get_one(DefinitionSet, instance.definition_set_key)
    versions = _versions(session, pins)
    open_at = _open(session, instance)
    done = _done(session, instance.id)
    pack = live_pack(session, pins.pack)
    levels = tuple(
        _level(pack, versions[process_id], process_id, path, open_at, done)
        for path, process_id in _levels_to_show(instance, open_at, versions)
    )
    name = levels[0].name if levels else instance.process_id
    return Journey(instance.id, name, instance.status, instance.started_at, levels)


def process_info(version: DefinitionVersion, process_id: str) -> ProcessInfo:
    """One process of a published diagram, by its id."""
    processes = parsed.diagram(version.content).processes
    return next(process for process in processes if process.id == process_id)


Path = tuple[str, ...]
OTHERS = "Waiting for others"  # who holds a step that waits for a message
OpenAt = Mapping[tuple[Path, str], list[Holding]]


def _versions(session: Session, pins: DefinitionSet) -> dict[str, DefinitionVersion]:
    ids = {int(version_id) for version_id in pins.processes.values()}
    rows = session.scalars(
        select(DefinitionVersion)
        .where(DefinitionVersion.id.in_(ids))
        .options(undefer(DefinitionVersion.content))
    )
    by_id = {row.id: row for row in rows}
    return {process: by_id[int(v)] for process, v in pins.processes.items() if int(v) in by_id}


def _open(session: Session, instance: ProcessInstance) -> dict[tuple[Path, str], list[Holding]]:
    """What is open where: under the element itself and under every call activity around it."""
    found: dict[tuple[Path, str], list[Holding]] = defaultdict(list)
    tasks = list(
        session.scalars(
            select(Task)
            .where(Task.instance_id == instance.id, Task.done_at.is_(None))
            .order_by(Task.due_sort, Task.id)
        )
    )
    names = names_of(session, {t.assignee_id for t in tasks if t.assignee_id is not None})
    for task in tasks:
        who = names.get(task.assignee_id or 0) or f"Any {role_name(task.role).lower()}"
        holding = Holding(who, task.opened_at, task.due_at, task.id)
        _under_all(found, tuple(task.path), task.element_id, holding)
    entered = select(StepHistory.path, StepHistory.at).where(
        StepHistory.instance_id == instance.id, StepHistory.what == "entered"
    )
    for timer in session.scalars(select(Timer).where(Timer.instance_id == instance.id)):
        if timer.host_element_id is None:
            came = session.execute(
                entered.where(StepHistory.engine_task_id == timer.engine_task_id)
            ).first()
            path, since = came or ([], instance.started_at)
            _under_all(
                found, tuple(path), timer.element_id, Holding("The clock", since, timer.due_at)
            )
    for incident in session.scalars(
        select(Incident).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
    ):
        came = session.execute(
            entered.where(StepHistory.engine_task_id == incident.engine_task_id)
        ).first()
        path = tuple(came[0]) if came else ()
        _under_all(found, path, incident.element_id, Holding("", incident.happened_at, None))
    return {**found, **_waits_alone(session, instance, found)}


def _waits_alone(
    session: Session, instance: ProcessInstance, found: OpenAt
) -> dict[tuple[Path, str], list[Holding]]:
    """Where a process waits for an answer from outside, and for nothing else at that place."""
    rows = session.execute(
        select(WaitingFor.element_id, StepHistory.path, StepHistory.at)
        .join(StepHistory, StepHistory.engine_task_id == WaitingFor.engine_task_id)
        .where(
            WaitingFor.instance_id == instance.id,
            StepHistory.instance_id == instance.id,
            StepHistory.what == "entered",
            StepHistory.kind.in_(("catch", "receive")),
        )
        .order_by(WaitingFor.id)
    )
    taken = {path for path, _element in found}
    alone: dict[tuple[Path, str], list[Holding]] = defaultdict(list)
    for element_id, path, since in rows:
        if tuple(path) not in taken:
            _under_all(alone, tuple(path), element_id, Holding(OTHERS, since, None))
    return {key: [*found.get(key, ()), *holdings] for key, holdings in alone.items()}


def _under_all(
    found: dict[tuple[Path, str], list[Holding]], path: Path, element: str, holding: Holding
) -> None:
    """``path`` names call activities only; embedded sub-processes are in the same drawing."""
    found[path, element].append(holding)
    for depth, call in enumerate(path):
        found[path[:depth], call].append(holding)


def _levels_to_show(
    instance: ProcessInstance, open_at: OpenAt, versions: Mapping[str, DefinitionVersion]
) -> list[tuple[Path, str]]:
    """The outermost process, then each called process in which something is open, once."""
    levels: dict[Path, str] = {(): instance.process_id}
    for path, _element in open_at:
        process_id = instance.process_id
        for depth, element_id in enumerate(path, start=1):
            if process_id not in versions:
                break
            around = process_info(versions[process_id], process_id).elements.get(element_id)
            if around is not None and around.called_process:
                process_id = around.called_process
                levels.setdefault(path[:depth], process_id)
    return [(path, process) for path, process in levels.items() if process in versions]


def _done(session: Session, instance_id: int) -> dict[tuple[Path, str], datetime]:
    query = select(StepHistory.path, StepHistory.element_id, StepHistory.at).where(
        StepHistory.instance_id == instance_id, StepHistory.what == "completed"
    )
    found: dict[tuple[Path, str], datetime] = {}
    for path, element_id, at in session.execute(query.order_by(StepHistory.id)):
        found[tuple(path), element_id] = at
    return found


def _level(
    pack: Pack,
    version: DefinitionVersion,
    process_id: str,
    path: Path,
    open_at: OpenAt,
    done: Mapping[tuple[Path, str], datetime],
) -> Level:
    diagram = parsed.diagram(version.content)
    info = process_info(version, process_id)
    around = _around_open(info, {element_id for here, element_id in open_at if here == path})
    steps = []
    for element, choices in ordered(info, diagram.flows):
        holdings = tuple(open_at.get((path, element.id), ()))
        step = _step(pack, element, choices, holdings, done.get((path, element.id)))
        if element.id in around and not holdings:
            # one of several may have passed through it already
            step = replace(step, state="current", done_at=None)
        steps.append(step)
    return Level(version.id, version.number, process_id, pack.in_words(info.name), tuple(steps))


def _around_open(info: ProcessInfo, open_here: set[str]) -> set[str]:
    """The embedded sub-processes, at any depth, in which something is open."""
    found: set[str] = set()
    for element_id in open_here:
        element = info.elements.get(element_id)
        while element is not None and element.parent is not None:
            found.add(element.parent)
            element = info.elements.get(element.parent)
    return found


def _step(
    pack: Pack,
    element: Element,
    choices: tuple[Choice, ...],
    holdings: tuple[Holding, ...],
    done_at: datetime | None,
) -> Step:
    state = "ahead" if done_at is None else "done"
    if holdings:
        state = _open_state(holdings)
    return Step(
        element_id=element.id,
        name=pack.in_words(element.name),
        kind=element.kind,
        lane=element.lane or "",
        state=state,
        done_at=done_at,
        holdings=holdings,
        choices=tuple(
            Choice(c.flow_id, pack.in_words(c.name), pack.in_words(c.leads_to)) for c in choices
        ),
        documentation=pack.in_words(element.documentation),
    )


def _open_state(holdings: tuple[Holding, ...]) -> str:
    if not any(holding.who for holding in holdings):
        return "incident"
    late = any(h.due_at is not None and h.due_at < clock.now() for h in holdings)
    return "overdue" if late else "current"


def role_name(role: str) -> str:
    """A role id in words; area packs may say it differently."""
    return LABELS[Role(role)] if role in set(Role) else role.replace("_", " ").capitalize()


def _badge(step: Step) -> str:
    if step.state == "incident":
        return "Did not work"
    return step.holdings[0].who if step.holdings else ""
