"""Running cases that are not on the live version: at which steps they are, and where those are now."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from app.definitions.live import effective_processes
from app.definitions.models import DefinitionSet, DefinitionVersion, Kind
from app.definitions.pins import PinnedSet, load_set, would_run_on
from app.engine.catalogue import Element
from app.engine.moving.matching import Drawings, Match, Spot, elements_of, propose, spot_of, unfit
from app.engine.moving.seats import Seat
from app.engine.rules.texts import names_read
from app.modeller.reach import Reach
from app.runtime.models import InstanceStatus, ProcessInstance
from app.runtime.moving.act import seats_in
from app.runtime.places import drawings_of

#: Kinds of elements at which a token rests by itself; what is beside or around goes with them.
RESTS = frozenset(("user", "exclusive", "catch", "receive", "parallel", "call", "subprocess"))
WORDS = {
    "user": "Task",
    "exclusive": "Decision",
    "catch": "Wait",
    "receive": "Wait for a message",
    "parallel": "Meeting of ways",
    "call": "Part of the process",
    "subprocess": "Part of the process",
}
LEAVE = "leave"


@dataclass(frozen=True)
class OpenStep:
    """Cases of one older version that are at one step. ``to`` is what we propose, if anything."""

    version: DefinitionVersion
    element: Element
    name: str
    kind: str
    cases: int
    to: Spot | None
    how: str
    choices: tuple[tuple[str, str], ...]

    @property
    def field(self) -> str:
        return f"at-{self.version.id}-{written(spot_of(self.element))}"


@dataclass(frozen=True)
class Running:
    """One case that could be moved."""

    instance: ProcessInstance
    pinned: PinnedSet
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class MovePlan:
    """``new_facts`` are names that the new version reads and the older ones did not.

    ``elsewhere``: how many of the cases are at no step of what is new, but in what calls it.
    """

    cases: int
    elsewhere: int
    steps: tuple[OpenStep, ...]
    new_facts: tuple[str, ...]


def written(spot: Spot) -> str:
    return " ".join(spot)


def read_spot(text: str) -> Spot:
    process_id, _, element_id = text.partition(" ")
    return process_id, element_id


def move_plan(session: Session, reach: Reach, version: DefinitionVersion) -> MovePlan:
    """What moving everything to this live version comes down to. Counts only, no families."""
    running = list(running_elsewhere(session, version))
    sets = {case.pinned.key: case.pinned for case in running}
    new = {key: _new_drawings(session, key, version) for key in sets}
    facts = {
        name for case in running for name in _read(new[case.pinned.key]) - case.pinned.names_read
    }
    return MovePlan(
        cases=len(running),
        elsewhere=sum(not _is_in(case, version) for case in running),
        steps=tuple(_steps(session, reach, version, running, new)),
        new_facts=tuple(sorted(facts)),
    )


def running_elsewhere(session: Session, version: DefinitionVersion) -> Iterator[Running]:
    """Running processes that would start with ``version`` now and run on an older one."""
    keys = stale_sets(session, version)
    rows = session.scalars(
        select(ProcessInstance)
        .where(
            ProcessInstance.definition_set_key.in_(keys),
            ProcessInstance.status == InstanceStatus.RUNNING,
        )
        .options(undefer(ProcessInstance.state))
        .order_by(ProcessInstance.id)
    )
    for instance in rows:
        pinned = load_set(session, instance.definition_set_key)
        yield Running(instance, pinned, seats_in(instance.state, pinned))


def count_elsewhere(session: Session, version: DefinitionVersion) -> int:
    """How many running processes could be moved to this live version."""
    query = select(func.count()).where(
        ProcessInstance.definition_set_key.in_(stale_sets(session, version)),
        ProcessInstance.status == InstanceStatus.RUNNING,
    )
    return session.scalar(query) or 0


def stale_sets(session: Session, version: DefinitionVersion) -> list[str]:
    """Keys of the choices that running processes are pinned to, with an older version in them."""
    used = select(ProcessInstance.definition_set_key).where(
        ProcessInstance.status == InstanceStatus.RUNNING
    )
    chosen = session.scalars(select(DefinitionSet).where(DefinitionSet.key.in_(used))).all()
    live = {each.pack: effective_processes(session, each.pack) for each in chosen}
    return [
        each.key
        for each in chosen
        if any(
            each.processes.get(name, version.id) != version.id
            and live[each.pack].get(name) is version
            for name in version.provides
        )
    ]


def _is_in(case: Running, version: DefinitionVersion) -> bool:
    return any(seat.process_id in version.provides for seat in case.seats)


def _new_drawings(session: Session, key: str, version: DefinitionVersion) -> Drawings:
    found = would_run_on(session, session.get_one(DefinitionSet, key), version)
    return {process_id: diagram.drawing for process_id, diagram in found.items()}


def _read(drawings: Drawings) -> set[str]:
    return {name for drawing in drawings.values() for name in names_read(drawing)}


def _steps(
    session: Session,
    reach: Reach,
    version: DefinitionVersion,
    running: Iterable[Running],
    new: Mapping[str, Drawings],
) -> Iterator[OpenStep]:
    """By older version, then in the order of the drawing."""
    counts: Counter[tuple[int, Spot]] = Counter()
    keys: dict[tuple[int, Spot], str] = {}
    for case in running:
        chosen = session.get_one(DefinitionSet, case.pinned.key).processes
        for spot in {(s.process_id, s.element_id) for s in case.seats}:
            line = (int(chosen[spot[0]]), spot)
            if spot[0] in version.provides and chosen[spot[0]] != version.id:
                counts[line] += 1
                keys[line] = case.pinned.key
    versions = _versions(session, {version_id for version_id, _ in counts})
    matches: dict[str, dict[Spot, Match]] = {}
    for version_id, spot in sorted(counts):
        key = keys[version_id, spot]
        old = load_set(session, key)
        element = old.diagrams[spot[0]].elements[spot[1]]
        if element.kind not in RESTS:
            continue
        if key not in matches:
            matches[key] = propose(drawings_of(old), new[key])
        match = matches[key][spot]
        yield OpenStep(
            version=versions[version_id],
            element=element,
            name=_in_words(reach, version, element),
            kind=WORDS[element.kind],
            cases=counts[version_id, spot],
            to=match.to,
            how=match.how,
            choices=tuple(_choices(reach, version, element, new[key])),
        )


def _choices(
    reach: Reach, version: DefinitionVersion, element: Element, new: Drawings
) -> Iterator[tuple[str, str]]:
    """Every step at which such a case could wait: of the process, or of what that calls."""
    fitting: dict[str, list[Element]] = defaultdict(list)
    inside = _called_from(element.process_id, new)
    for other in elements_of(new):
        if other.process_id in inside and unfit(element, other) is None:
            fitting[_in_words(reach, version, other)].append(other)
    for name, others in sorted(fitting.items()):
        for other in others:
            yield written(spot_of(other)), name if len(others) == 1 else f"{name} ({other.id})"


def _called_from(process_id: str, drawings: Drawings) -> set[str]:
    """A process and all that it calls."""
    calls: dict[str, set[str]] = defaultdict(set)
    for element in elements_of(drawings):
        if element.called_process is not None:
            calls[element.process_id].add(element.called_process)
    found, waiting = {process_id}, [process_id]
    while waiting:
        new = calls[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _in_words(reach: Reach, version: DefinitionVersion, element: Element) -> str:
    pack = reach.packs.get(version.pack)
    name = element.name or element.id
    return pack.in_words(name) if pack else name


def _versions(session: Session, ids: Iterable[int]) -> dict[int, DefinitionVersion]:
    rows = session.scalars(
        select(DefinitionVersion)
        .where(DefinitionVersion.id.in_(set(ids)), DefinitionVersion.kind == Kind.BPMN)
        .options(undefer(DefinitionVersion.content))
    )
    return {row.id: row for row in rows}
