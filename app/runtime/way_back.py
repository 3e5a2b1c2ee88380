"""Walks back the way a token came, to find the people whose work a sign-off judges.

The history is read from the gateway backwards. At each moment the walk knows which elements the
token must have come to (``_wanted``); an entry that led a token there is on the way, and what must
have come before it is wanted next. Joins want every line that leads into them; a sign-off that was
decided ends its line.

A call or sub-process on the way is walked from its ends back to its start (``_inside``). One that
was cut short is walked from wherever its tokens were. Where several items are worked on at once
the history cannot tell their tokens apart: everything done there counts, as far as it is about the
item that the sign-off is about.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from app.definitions.pins import PinnedSet
from app.engine.catalogue import Element
from app.runtime.models import Outcome, Task, TaskKind
from app.runtime.records import StepHistory

Path: TypeAlias = tuple[str, ...]
#: An element, or the scope it makes, and the call activities around it.
Spot: TypeAlias = tuple[Path, str]

DECIDED = {Outcome.APPROVED, Outcome.APPROVED_WITH_CHANGES, Outcome.DECIDED_DIFFERENTLY}


@dataclass
class WayBack:
    """One walk. ``done`` are the finished tasks of the instance, sign-offs included."""

    pinned: PinnedSet
    #: of the instance, where every path of calls begins
    process_id: str
    done: Mapping[str, Task]
    #: engine task id of a gateway that sent work back → where to
    sent_back: Mapping[str, str]
    people_tasks: dict[int, Task] = field(default_factory=dict)
    #: where the token came → the lines still to be found (empty: any one line)
    _wanted: dict[Spot, set[str]] = field(default_factory=dict)
    #: insides of calls and sub-processes, entered at their ends
    _inside: set[Spot] = field(default_factory=set)
    #: those of them that were cut short → in which step
    _cut: dict[Spot, int] = field(default_factory=dict)
    #: what was left later than where the walk is, inside of what was cut short
    _left: set[Spot] = field(default_factory=set)
    #: activities in which all that people did counts → the elements they hold
    _everything: dict[Spot, set[str]] = field(default_factory=dict)
    _passed: set[str] = field(default_factory=set)
    _of: Task | None = None

    def walk(self, history: Iterable[StepHistory], gateway: Task) -> None:
        """Read ``history``, newest first."""
        path: Path = tuple(gateway.path)
        element = self._element(gateway.process_id, gateway.element_id)
        around = [e for e in self._around(path, element) if _at_once(e[1])]
        if around:
            self._of = gateway
            path, element = around[-1]
            self._take_everything(path, element)
        self._want(path, element)
        for row in history:
            self._read(row)
            if not self._wanted and not self._inside:
                return

    def _read(self, row: StepHistory) -> None:
        path: Path = tuple(row.path)
        element = self._element(row.process_id, row.element_id)
        if row.engine_task_id in self.sent_back:
            self._jumped(path, element, row)
        elif row.what == "cancelled":
            if self._cut.get((path, element.parent or "")) == row.lock_version:
                self._pass(path, element, row)
        elif row.what in {"completed", "branch"}:
            self._take(path, row)
            self._moved(path, element, row)
            if element.kind == "start":
                self._close(path, element)

    # ------------------------------------------------------------------ the drawing

    def _element(self, process_id: str, element_id: str) -> Element:
        return self.pinned.diagrams[process_id].elements[element_id]

    def _caller(self, path: Path) -> Element:
        """The call activity that a path of calls ends with."""
        process_id = self.process_id
        for element_id in path[:-1]:
            process_id = self._element(process_id, element_id).called_process or ""
        return self._element(process_id, path[-1])

    def _around(self, path: Path, element: Element) -> Iterator[tuple[Path, Element]]:
        """The sub-processes and calls around an element, innermost first."""
        while element.parent or path:
            if element.parent:
                element = self._element(element.process_id, element.parent)
            else:
                path, element = path[:-1], self._caller(path)
            yield path, element

    # ------------------------------------------------------------------ a token's moves

    def _want(self, path: Path, element: Element) -> None:
        joins = element.kind == "parallel" and len(element.incoming) > 1
        self._wanted[path, element.id] = set(element.incoming) if joins else set()

    def _moved(self, path: Path, element: Element, row: StepHistory) -> None:
        """A token left an element: it matters if it went where one is wanted."""
        scope: Spot = (path, element.parent or "")
        ways = element.outgoing if element.kind == "event_gateway" else (row.flow_id,)
        matters = False
        for flow_id in ways:
            if flow_id is None:
                matters |= scope in self._inside and not element.outgoing
            else:
                matters |= self._found(path, self._target(row.process_id, flow_id), flow_id, scope)
        if scope in self._cut:
            self._left.add((path, element.id))
        if matters:
            self._pass(path, element, row)

    def _target(self, process_id: str, flow_id: str) -> str:
        return self.pinned.diagrams[process_id].flows[flow_id].target

    def _found(self, path: Path, target: str, flow_id: str, scope: Spot) -> bool:
        """Whether a token is looked for that came to ``target`` by this flow."""
        spot: Spot = (path, target)
        lines = self._wanted.get(spot)
        if lines is None:
            return scope in self._cut and spot not in self._left  # it was still there when cut
        if lines and flow_id not in lines:
            return False
        lines.discard(flow_id)
        if not lines:
            del self._wanted[spot]
            self._everything.pop(spot, None)
        return True

    def _jumped(self, path: Path, gateway: Element, row: StepHistory) -> None:
        """Work was sent back from this gateway: the token's way leads through it."""
        if self._wanted.pop((path, self.sent_back[row.engine_task_id]), None) is not None:
            self._want(path, gateway)

    def _pass(self, path: Path, element: Element, row: StepHistory) -> None:
        if row.engine_task_id in self._passed:
            return
        self._passed.add(row.engine_task_id)
        task = self.done.get(row.engine_task_id)
        if task is not None and task.kind == TaskKind.SIGN_OFF and task.outcome in DECIDED:
            return
        if task is not None:
            self.people_tasks[task.id] = task
        if element.kind == "start":
            self._leave(path, element)
        elif element.kind == "boundary":
            self._off_border(path, element, row)
        else:
            if element.event == "terminate":
                self._cut[path, element.parent or ""] = row.lock_version
            self._enter(path, element, cut=row.lock_version if row.what == "cancelled" else None)

    # ------------------------------------------------------------------ scopes

    def _enter(self, path: Path, element: Element, *, cut: int | None) -> None:
        """Into a call or sub-process, from its end or from where it was cut; past anything else."""
        if element.loop is not None:
            self._take_everything(path, element)
        if element.loop is not None or element.kind not in {"call", "subprocess"}:
            self._want(path, element)
            return
        scope: Spot = ((*path, element.id), "") if element.kind == "call" else (path, element.id)
        self._inside.add(scope)
        if cut is not None:
            self._cut[scope] = cut

    def _off_border(self, path: Path, boundary: Element, row: StepHistory) -> None:
        """From an event at the border of an activity to the work in there."""
        host = self._element(row.process_id, boundary.attached_to or "")
        if boundary.interrupting:
            self._enter(path, host, cut=row.lock_version)
        elif (path, boundary.parent or "") in self._inside:
            return  # a line beside the main one, which is walked on its own
        else:
            self._take_everything(path, host)
            self._want(path, host)

    def _close(self, path: Path, start: Element) -> None:
        """A scope began here: what is older belongs to an earlier turn."""
        scope: Spot = (path, start.parent or "")
        self._inside.discard(scope)
        if self._cut.pop(scope, None) is not None:
            self._left = {spot for spot in self._left if spot[0] != path}

    def _leave(self, path: Path, start: Element) -> None:
        """Out of a call or sub-process through its start, on to what came before it."""
        if start.parent:
            self._want(path, self._element(start.process_id, start.parent))
        elif path:
            self._want(path[:-1], self._caller(path))

    # ------------------------------------------------------------------ everything in an activity

    def _take_everything(self, path: Path, host: Element) -> None:
        """All that people did in an activity, back to where the token came to it."""
        held = {host.id}
        elements = self.pinned.diagrams[host.process_id].elements.values()
        while more := {e.id for e in elements if e.parent in held} - held:
            held |= more
        self._everything[path, host.id] = held

    def _take(self, path: Path, row: StepHistory) -> None:
        task = self.done.get(row.engine_task_id)
        if task is None or task.kind != TaskKind.USER:
            return
        for (around, _), held in self._everything.items():
            depth = len(around)
            inner = path[depth] if len(path) > depth else row.element_id
            if path[:depth] == around and inner in held and self._is_about(task):
                self.people_tasks[task.id] = task

    def _is_about(self, task: Task) -> bool:
        """Whether work may concern the item that is signed off.

        Only told apart where the items are plainly of the same activity.
        """
        of = self._of
        if of is None or task.item == of.item:
            return True
        return self._items(task) != self._items(of)

    def _items(self, task: Task) -> tuple[Path, str] | None:
        """The repeated activity whose item a task is for."""
        path: Path = tuple(task.path)
        element = self._element(task.process_id, task.element_id)
        if element.loop is not None:
            return path, element.id
        around = self._around(path, element)
        return next(((p, e.id) for p, e in around if e.loop is not None), None)


def _at_once(activity: Element) -> bool:
    return activity.loop is not None and not activity.loop.sequential
