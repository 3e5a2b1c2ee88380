"""Walks back past moves to other versions: what is wanted is looked for where it was before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.definitions.pins import PinnedSet
from app.engine.moving.matching import element_at
from app.engine.moving.routes import chain_to
from app.runtime.models import Task, TaskKind
from app.runtime.places import drawings_of, places_between
from app.runtime.records import StepHistory
from app.runtime.way_back import Path, Spot, WayBack


class Seat(NamedTuple):
    """Where a token was: the calls around, process, element, and the flow it came by to a join."""

    path: Path
    process_id: str
    element_id: str
    via: str | None

    @property
    def spot(self) -> Spot:
        return self.path, self.element_id


class Standing(NamedTuple):
    """Where a step is: the calls around it, its process, its element."""

    path: Path
    process_id: str
    element_id: str


class Crossing:
    """A move to another version. History of a smaller lock version was written on ``before``."""

    def __init__(
        self, version: int, before: PinnedSet, after: PinnedSet, places: Iterable[Mapping[str, Any]]
    ) -> None:
        self.version = version
        self.before = before
        self._after = after
        self._tokens = [(_seat(place["from"]), _seat(place["to"])) for place in places]

    def at(self, spot: Spot) -> Sequence[tuple[Seat, Seat]]:
        """The tokens that the move put on this element: where they were, where they came."""
        return [(was, now) for was, now in self._tokens if now.spot == spot]

    def at_or_in(self, spot: Spot) -> Sequence[tuple[Seat, Seat]]:
        """The same; of an activity that only the new version has, the tokens in it."""
        path, element_id = spot
        called = (*path, element_id)
        return self.at(spot) or [
            (was, now)
            for was, now in self._tokens
            if now.path[: len(called)] == called
            or (now.path == path and element_id in self._around(now))
        ]

    def after(self, where: Standing, root: str) -> Standing:
        """Where a step is that was ``where`` before the move; there, if nothing is like it now.

        A step that had a token is where that came; any other where it is the same step. ``root``
        is the process in which every path of calls begins.
        """
        for was, now in self._tokens:
            if (was.path, was.process_id, was.element_id) == where:
                return Standing(now.path, now.process_id, now.element_id)
        places = places_between(self.before, self._after)
        place = places.get((where.process_id, where.element_id))
        if place is None:
            return where
        path: list[str] = []
        process_id = root
        for call in where.path:
            path.append(places.get((process_id, call), (process_id, call))[1])
            process_id = self.before.diagrams[process_id].elements[call].called_process or ""
        element = element_at(drawings_of(self._after), place)
        if place[0] != where.process_id and element is not None:  # it is in a call of its own now
            around = chain_to(drawings_of(self._after), where.process_id, element) or ()
            path += [step.id for step in around if step.kind == "call"]
        return Standing(tuple(path), *place)

    def scope_before(self, scope: Spot) -> list[Spot]:
        """The inside of a call or sub-process, in the version before."""
        path, element_id = scope
        if element_id:
            return [was.spot for was, _ in self.at(scope)]
        return [((*was.path, was.element_id), "") for was, _ in self.at((path[:-1], path[-1]))]

    def _around(self, seat: Seat) -> set[str]:
        elements = self._after.diagrams[seat.process_id].elements
        found: set[str] = set()
        parent = elements[seat.element_id].parent
        while parent is not None:
            found.add(parent)
            parent = elements[parent].parent
        return found


def _seat(said: Sequence[Any]) -> Seat:
    path, process_id, element_id, via = said
    return Seat(tuple(path), process_id, element_id, via)


@dataclass
class WayBackOverMoves(WayBack):
    """``moves`` are those of the instance that stand, newest first."""

    moves: list[Crossing] = field(default_factory=list)
    _about: tuple[Path, str] | None = None
    _crossed: bool = False

    def _read(self, row: StepHistory) -> None:
        while self.moves and row.lock_version < self.moves[0].version:
            self._cross(self.moves.pop(0))
        super()._read(row)

    def _cross(self, move: Crossing) -> None:
        if self._of is not None:
            about = self._items(self._of)
            before = move.at(about) if about is not None else ()
            self._about = before[0][0].spot if before else about
        self._crossed, self.pinned = True, move.before
        wanted, everything = self._wanted, set(self._everything)
        self._wanted, self._everything = {}, {}
        for spot, lines in wanted.items():
            tokens = move.at_or_in(spot)
            for was, now in tokens:
                self._want_before(was, now, lines, everything=spot in everything)
            if not tokens:
                self._take_all()
        self._cross_scopes(move)

    def _want_before(self, was: Seat, now: Seat, lines: set[str], *, everything: bool) -> None:
        if lines and was.via and now.via in lines:
            self._wanted.setdefault(was.spot, set()).add(was.via)
        elif not lines:
            element = self._element(was.process_id, was.element_id)
            self._want(was.path, element)
            if everything:
                self._take_everything(was.path, element)

    def _cross_scopes(self, move: Crossing) -> None:
        for scope in self._cut:
            if not move.scope_before(scope):  # only the new version has it: whoever was in there
                around = scope if scope[1] else (scope[0][:-1], scope[0][-1])
                for was, now in move.at_or_in(around):
                    if now.spot not in self._left:
                        self._want(was.path, self._element(was.process_id, was.element_id))
        self._left = {was.spot for spot in self._left for was, _ in move.at(spot)}
        self._cut = {
            before: step for scope, step in self._cut.items() for before in move.scope_before(scope)
        }
        self._inside = {before for scope in self._inside for before in move.scope_before(scope)}

    def _take_all(self) -> None:
        """The way cannot be followed further: everybody who did anything is judged."""
        tasks = [task for task in self.done.values() if task.kind == TaskKind.USER]
        self.people_tasks.update({task.id: task for task in tasks})

    def _items(self, task: Task) -> tuple[Path, str] | None:
        """The sign-off itself is on the newest version, wherever the walk is."""
        if self._crossed and task is self._of:
            return self._about
        return super()._items(task)
