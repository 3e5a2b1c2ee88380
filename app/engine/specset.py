"""The diagrams one case runs on: pinned when it starts, shared by every case with the same pins."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from app.engine.catalogue import Element, ProcessInfo
from app.engine.drawing import Drawing
from app.engine.errors import DiagramRefused, Finding
from app.engine.parse import Diagram
from app.engine.spiff import ProcessSpec

KEPT = 512
_kept: OrderedDict[str, "SpecSet"] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, eq=False)
class SpecSet:
    """Process ids and what they mean for one case; slots are filled."""

    key: str
    processes: Mapping[str, ProcessInfo]
    drawings: Mapping[str, Drawing] = field(repr=False)
    specs: Mapping[str, ProcessSpec] = field(repr=False)
    names_read: Mapping[str, frozenset[str]] = field(repr=False)

    @classmethod
    def known(cls, key: str) -> "SpecSet | None":
        """The set built under this key, so that a state can be loaded without reading XML again."""
        with _lock:
            found = _kept.get(key)
            if found is not None:
                _kept.move_to_end(key)
            return found

    @classmethod
    def build(
        cls,
        key: str,
        diagrams: Mapping[str, Diagram],
        names: frozenset[str] = frozenset(),
    ) -> "SpecSet":
        """Put together what ``diagrams`` (process id to the diagram it comes from) say.

        ``key`` must name exactly this choice of diagrams: a set already built under it is given
        back. ``names`` are facts that something outside of the diagrams reads (decision tables),
        so that messages may bring them.

        Raises:
            DiagramRefused: a call leads nowhere, or two files use the same sub-process id.
        """
        if (found := cls.known(key)) is not None:
            return found
        refused = [*_missing(diagrams), *_unresolved(diagrams), *_clashes(diagrams)]
        if refused:
            raise DiagramRefused(tuple(refused))
        specs: dict[str, ProcessSpec] = {}
        for process_id, diagram in diagrams.items():
            specs[process_id] = diagram.specs[process_id]
            for element in diagram.process(process_id).elements.values():
                if element.kind == "subprocess":
                    specs[element.id] = diagram.specs[element.id]
        made = cls(
            key=key,
            processes={pid: diagram.process(pid) for pid, diagram in diagrams.items()},
            drawings={pid: diagram.drawing for pid, diagram in diagrams.items()},
            specs=specs,
            names_read={pid: diagram.names_read | names for pid, diagram in diagrams.items()},
        )
        with _lock:
            _kept[key] = made
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return made


def _missing(diagrams: Mapping[str, Diagram]) -> list[Finding]:
    return [
        Finding(process_id, "call-target-deployed", f"The diagram does not contain “{process_id}”.")
        for process_id, diagram in diagrams.items()
        if process_id not in diagram.specs
    ]


def _elements(diagrams: Mapping[str, Diagram]) -> list[Element]:
    return [
        element
        for process_id, diagram in diagrams.items()
        for process in diagram.processes
        if process.id == process_id
        for element in process.elements.values()
    ]


def _unresolved(diagrams: Mapping[str, Diagram]) -> list[Finding]:
    return [
        Finding(
            element.id,
            "call-target-deployed",
            f"It calls “{element.called_process}”, which is no process or slot here.",
        )
        for element in _elements(diagrams)
        if element.kind == "call" and element.called_process not in diagrams
    ]


def _clashes(diagrams: Mapping[str, Diagram]) -> list[Finding]:
    """Sub-processes share one space of names with each other and with processes."""
    owners: dict[str, str] = {process_id: process_id for process_id in diagrams}
    findings = []
    for element in _elements(diagrams):
        if element.kind != "subprocess":
            continue
        other = owners.setdefault(element.id, element.process_id)
        if other != element.process_id:
            findings.append(
                Finding(
                    element.id,
                    "id-unique",
                    f"“{other}” and “{element.process_id}” both use this id. Change one of them.",
                )
            )
    return findings
