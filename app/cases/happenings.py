"""Names of clocks and messages as a reader of the record understands them.

Beside its task, "1 day late" says enough on a drawing; in a list of dates it needs the task too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.definitions import parsed
from app.definitions.live import live_pack
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.engine.catalogue import Element, ProcessInfo
from app.runtime.models import ProcessInstance


class Mark(NamedTuple):
    """An event of a running or finished process."""

    instance_id: int
    process_id: str
    element_id: str


@dataclass(frozen=True)
class Setting:
    """What an event belongs to: the task it watches, or the process it is a part of."""

    belongs_to: str
    by_clock: bool

    def title(self, name: str) -> str:
        return f"{self.belongs_to}: {name}" if self.belongs_to else name


NOWHERE = Setting("", by_clock=False)


class Pins(NamedTuple):
    """What a running process is held to: versions by process, and whose words it speaks."""

    processes: dict[str, Any]
    pack: str


def settings_of(session: Session, marks: Collection[Mark]) -> dict[Mark, Setting]:
    """Where each event stands, by the version its process runs on and in its area's words."""
    pinned = select(ProcessInstance.id, DefinitionSet.processes, DefinitionSet.pack).join(
        DefinitionSet, DefinitionSet.key == ProcessInstance.definition_set_key
    )
    ids = {mark.instance_id for mark in marks}
    rows = session.execute(pinned.where(ProcessInstance.id.in_(ids)))
    pins = {number: Pins(processes, pack) for number, processes, pack in rows}
    return settings_by(session, {mark: pins[mark.instance_id] for mark in marks})


def settings_by(session: Session, pinned: Mapping[Mark, Pins]) -> dict[Mark, Setting]:
    """The same for whoever knows already what each process is held to."""
    versions = {mark: int(pins.processes.get(mark.process_id, 0)) for mark, pins in pinned.items()}
    drawn = _drawn(session, set(versions.values()))
    found = {}
    for mark, pins in pinned.items():
        info = drawn.get((versions[mark], mark.process_id))
        element = info.elements.get(mark.element_id) if info else None
        if info is not None and element is not None:
            words = live_pack(session, pins.pack).in_words(_belongs_to(info, element))
            found[mark] = Setting(words, by_clock=element.event == "timer")
    return found


def _drawn(session: Session, version_ids: set[int]) -> Mapping[tuple[int, str], ProcessInfo]:
    known = version_ids - {0}
    if not known:
        return {}
    rows = session.execute(
        select(DefinitionVersion.id, DefinitionVersion.content).where(
            DefinitionVersion.id.in_(known)
        )
    )
    return {
        (number, info.id): info
        for number, content in rows
        for info in parsed.diagram(content).processes
    }


def _belongs_to(info: ProcessInfo, element: Element) -> str:
    host = info.elements.get(element.attached_to or "")
    return host.name if host is not None else info.name
