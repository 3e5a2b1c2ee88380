"""Walks back the way a token came, to find the people whose work a sign-off judges.

The history is read from the gateway backwards. At each moment the walk knows which elements the
token must have come to (``_wanted``); an entry that led a token there is on the way, and what must
have come before it is wanted next. Joins want every line that leads into them; the inside of calls
and sub-processes lies on the way; a sign-off that was decided ends it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from app.definitions.pins import PinnedSet
from app.engine.catalogue import Element
from app.runtime.models import Outcome, Task, TaskKind
from app.runtime.records import StepHistory

Path: TypeAlias = tuple[str, ...]
Spot: TypeAlias = tuple[Path, str]

DECIDED = {Outcome.APPROVED, Outcome.APPROVED_WITH_CHANGES, Outcome.DECIDED_DIFFERENTLY}


@dataclass
class WayBack:
    """One walk. ``done`` are the finished tasks of the instance, sign-offs included."""

    pinned: PinnedSet
    done: Mapping[str, Task]
    #: engine task id of a gateway that sent work back → where to
    sent_back: Mapping[str, str]
    people_tasks: dict[int, Task] = field(default_factory=dict)
    #: where the token came → the lines still to be found (empty: any one line)
    _wanted: dict[Spot, set[str]] = field(default_factory=dict)
    #: insides of calls and sub-processes, entered at their ends
    _inside: set[Spot] = field(default_factory=set)
    _passed: set[str] = field(default_factory=set)

    def walk(self, history: Iterable[StepHistory], gateway: Task) -> None:
        """Read ``history``, newest first."""
        self._want(tuple(gateway.path), self._element(gateway.process_id, gateway.element_id))
        for row in history:
            if row.engine_task_id in self.sent_back:
                self._jumped(row)
            elif row.what in {"completed", "branch"}:
                self._moved(row)
            if not self._wanted and not self._inside:
                return

    def _element(self, process_id: str, element_id: str) -> Element:
        return self.pinned.diagrams[process_id].elements[element_id]

    def _want(self, path: Path, element: Element) -> None:
        joins = element.kind == "parallel" and len(element.incoming) > 1
        self._wanted[path, element.id] = set(element.incoming) if joins else set()

    def _moved(self, row: StepHistory) -> None:
        """A token left an element: it matters if it went where one is wanted."""
        path: Path = tuple(row.path)
        element = self._element(row.process_id, row.element_id)
        if row.flow_id is None:
            scope: Spot = (path, element.parent or "")
            if scope in self._inside and not element.outgoing:
                self._pass(path, element, row)
            return
        target = self.pinned.diagrams[row.process_id].flows[row.flow_id].target
        lines = self._wanted.get((path, target))
        if lines is None or (lines and row.flow_id not in lines):
            return
        lines.discard(row.flow_id)
        if not lines:
            del self._wanted[path, target]
        self._pass(path, element, row)

    def _jumped(self, row: StepHistory) -> None:
        """Work was sent back from this gateway: the token's way leads through it."""
        path: Path = tuple(row.path)
        if self._wanted.pop((path, self.sent_back[row.engine_task_id]), None) is not None:
            self._want(path, self._element(row.process_id, row.element_id))

    def _pass(self, path: Path, element: Element, row: StepHistory) -> None:
        if row.engine_task_id in self._passed:
            return
        self._passed.add(row.engine_task_id)
        task = self.done.get(row.engine_task_id)
        if task is not None and task.kind == TaskKind.SIGN_OFF and task.outcome in DECIDED:
            return
        if element.kind == "start":
            self._leave(path, element)
            return
        if element.loop is not None or element.kind == "boundary":
            self._take_everything(path, element.attached_to or element.id)
        elif task is not None:
            self.people_tasks[task.id] = task
        if element.kind == "boundary" and element.attached_to:
            self._want(path, self._element(row.process_id, element.attached_to))
        elif element.kind == "call" and element.loop is None:
            self._inside.add(((*path, element.id), ""))
        elif element.kind == "subprocess" and element.loop is None:
            self._inside.add((path, element.id))
        else:
            self._want(path, element)

    def _leave(self, path: Path, start: Element) -> None:
        """Out of a call or sub-process through its start, on to what came before it."""
        self._inside.discard((path, start.parent or ""))
        if start.parent:
            self._want(path, self._element(start.process_id, start.parent))
        elif path:
            caller = next(
                element
                for diagram in self.pinned.diagrams.values()
                if (element := diagram.elements.get(path[-1])) is not None
            )
            self._want(path[:-1], caller)

    def _take_everything(self, path: Path, element_id: str) -> None:
        """All that people did in a repeated or interrupted activity, whichever item it was for."""
        inside = {element_id}
        for diagram in self.pinned.diagrams.values():
            if element_id in diagram.elements:
                inside |= {e.id for e in diagram.elements.values() if e.parent in inside}
        for task in self.done.values():
            called = tuple(task.path[: len(path) + 1]) == (*path, element_id)
            here = tuple(task.path) == path and task.element_id in inside
            if (called or here) and task.kind == TaskKind.USER:
                self.people_tasks[task.id] = task
