"""One wait state, one edit: it moves and goes on as if unmoved, or is refused; and comes back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from app import clock
from app.db import WriteSession, transaction
from app.definitions.models import DefinitionSet, DefinitionVersion, Status
from app.definitions.pins import PinnedSet, load_set, repin
from app.engine.errors import CannotMove
from app.engine.moving.matching import propose
from app.engine.moving.seats import Seat
from app.runtime.actions import MoveToVersion, UndoMove
from app.runtime.copies import described, hosts
from app.runtime.models import ProcessInstance
from app.runtime.moving.act import seats_in
from app.runtime.records import StepHistory
from app.runtime.rehearse import halted
from app.runtime.specs import specs_of
from app.runtime.step import StepFailed, take_step
from tests.moves.edits import Edited, Sheet, edited
from tests.moves.effects import BEGIN_TO_WAIT, MAY_REFUSE, missing
from tests.moves.walk import ScenarioHost, Walk
from tests.support.moving import OWNER, everything_in, last_move
from tests.support.scenario_files import Scenario

#: What a token may wait at. An event beside a step and what encloses it come along.
WAITING = {"user", "exclusive", "catch", "receive", "call"}


#: How the case last looked at goes on if it is left alone.
UNMOVED: dict[tuple[str, bytes], str] = {}


@dataclass
class Figures:
    """``counts`` by edit and by what came of it; ``wrong`` says what must not be."""

    wait_states: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, edit: str, what: str) -> None:
        self.counts.setdefault(edit, Counter())[what] += 1


def prove_all(instance_id: int, scenario: Scenario, figures: Figures, edits: list[str]) -> None:
    """Every edit, at every place where this process waits."""
    with transaction() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        pinned = load_set(session, instance.definition_set_key)
        seats = _waiting(instance.state, pinned)
    figures.wait_states += 1
    for seat in seats:
        for name in edits:
            try:
                what = _prove(instance_id, scenario, seat, name, figures)
            except Exception as error:  # noqa: BLE001  every case counts, not only the first
                what = "wrong"
                where = f"{scenario} at {seat.process_id}/{seat.element_id}, {name}"
                figures.wrong.append(f"{where}: {type(error).__name__}: {error}")
            figures.note(name, what)


def _waiting(state: bytes, pinned: PinnedSet) -> list[Seat]:
    found: dict[tuple[str, str], Seat] = {}
    for seat in seats_in(state, pinned):
        element = pinned.diagrams[seat.process_id].elements[seat.element_id]
        if element.kind in WAITING and not (element.kind == "call" and seat.encloses):
            found.setdefault((seat.process_id, seat.element_id), seat)
    return list(found.values())


def place_of(state: bytes, pinned: PinnedSet) -> tuple[Any, ...]:
    """Where all tokens are: two cases there are in the same wait state."""
    seats = [(s.path, s.process_id, s.element_id, s.via) for s in seats_in(state, pinned)]
    return tuple(sorted(map(repr, seats)))


def _prove(instance_id: int, scenario: Scenario, seat: Seat, name: str, figures: Figures) -> str:
    with _unseen() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        before = session.get_one(DefinitionSet, instance.definition_set_key)
        made = _edited(session, before, seat, name)
        if made is None:
            return "cannot be drawn here"
        version, change = made
        old, chosen = load_set(session, before.key), repin(session, before, version)
        new = load_set(session, chosen.key)
        rows, state = everything_in(session, instance_id), instance.state
        matches = propose(_drawings(old), _drawings(new))
        places = {spot: match.to for spot, match in matches.items() if match.to} | change.places
        action = MoveToVersion(to_set_key=chosen.key, places=places)
        try:
            with session.begin_nested():
                take_step(session, instance_id, action, actor=OWNER)
        except (CannotMove, StepFailed) as error:
            refused: str | None = str(error)
        else:
            refused = None
        if refused is not None:
            figures.reasons[refused] += 1
            assert refused, "a refusal without words"
            assert name in MAY_REFUSE, f"refused, which it need not be: {refused}"
            assert everything_in(session, instance_id) == rows, "a refusal that changed something"
            return "refused"
        moved_state = session.get_one(ProcessInstance, instance_id).state
        stuck = halted(old, new, state, moved_state)
        session.expire_all()
        moved = session.get_one(ProcessInstance, instance_id)
        _same_open_work(rows, everything_in(session, instance_id))
        if name not in BEGIN_TO_WAIT:
            _nothing_begins(rows, everything_in(session, instance_id))
        lacks = missing(session, instance_id, new, seat, name)
        assert not lacks, lacks
        what = "moved"
        if stuck:
            assert name in MAY_REFUSE, f"the trial refused it, which it need not: {stuck}"
            figures.reasons[stuck] += 1
            what = "refused by the trial"
        else:
            after = (chosen.key, moved.state)
            what = _goes_on_alike(
                session, scenario, (before.key, state), after, name, seat.element_id
            )
        move_id = last_move(session, instance_id)
        take_step(session, instance_id, UndoMove(move_id=move_id), actor=OWNER)
        assert everything_in(session, instance_id) == rows, "taken back, but not as it was"
        return what


def _edited(
    session: Session, before: DefinitionSet, seat: Seat, name: str
) -> tuple[DefinitionVersion, Edited] | None:
    row = session.get_one(
        DefinitionVersion,
        before.processes[seat.process_id],
        options=[undefer(DefinitionVersion.content)],
    )
    drawing = load_set(session, before.key).diagrams[seat.process_id].drawing
    done = session.scalars(
        select(StepHistory.element_id)
        .where(StepHistory.process_id == seat.process_id, StepHistory.what == "completed")
        .order_by(StepHistory.id)
    ).all()
    change = edited(name, Sheet(row.content, drawing, seat.element_id, dict.fromkeys(done)))
    if change is None:
        return None
    number = session.scalar(
        select(func.max(DefinitionVersion.number)).where(DefinitionVersion.key == row.key)
    )
    version = DefinitionVersion(
        kind=row.kind,
        key=row.key,
        pack=row.pack,
        number=(number or 0) + 1,
        content=change.xml,
        sha256=f"{hash(change.xml):x}"[:64],
        provides=row.provides,
        author="test",
        status=Status.RETIRED,
        published_at=clock.now(),
    )
    session.add(version)
    session.flush()
    return version, change


def _same_open_work(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Nobody loses a task, a date, or what they typed; no clock that stays is set anew."""
    kept = (
        "id",
        "engine_task_id",
        "due_at",
        "opened_at",
        "done_at",
        "send_back_comment",
    )
    assert _only(after["task"], kept) == _only(before["task"], kept), "open work changed hands"
    holders = dict(_only(after["task"], ("id", "assignee_id")))
    for task_id, held_by in _only(before["task"], ("id", "assignee_id")):
        assert held_by in {None, holders[task_id]}, "a task was taken from somebody"
    assert after["task_draft"] == before["task_draft"], "what was typed is lost"
    dates = dict(_only(after["timer"], ("engine_task_id", "due_at")))
    for token_id, due in _only(before["timer"], ("engine_task_id", "due_at")):
        assert dates.get(token_id, due) == due, "a clock was set anew"
    assert {i for i, _ in _only(before["timer"], ("engine_task_id", "id"))} <= dates.keys(), (
        "a clock is gone"
    )


def _nothing_begins(before: dict[str, Any], after: dict[str, Any]) -> None:
    """No clock and no wait that was not there."""
    for table in ("timer", "message_wait"):
        was, now = (sorted(_only(rows[table], ("engine_task_id",))) for rows in (before, after))
        assert now == was, "something waits that did not wait before"


def _only(rows: list[dict[str, Any]], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def _goes_on_alike(
    session: Session,
    scenario: Scenario,
    before: tuple[str, bytes],
    after: tuple[str, bytes],
    edit: str,
    open_id: str,
) -> str:
    said = hosts(described(session, [before[0], after[0]]))
    ends: list[str] = []
    passed: list[str] = []
    for key, state in (before, after):
        if (key, state) == before and before in UNMOVED:
            ends.append(UNMOVED[before])
            continue
        pinned, copied = said[key]
        host = ScenarioHost(pinned, copied.parameters(), ())
        host.supposed = scenario.supposed
        walk = Walk(specs_of(pinned), state, host, scenario, before={"drawn_anew": open_id})
        ends.append(walk.to_the_end())
        passed = walk.passed
    unmoved, moved = ends
    UNMOVED.clear()
    UNMOVED[before] = unmoved
    if (edit, unmoved, moved) == ("remove the open step", "finished", "held up"):
        return "moved; a later step misses what nobody answered"
    drawing = said[before[0]][0].diagrams
    one_way = any(
        len(d.elements[open_id].outgoing) == 1 for d in drawing.values() if open_id in d.elements
    )
    if edit == "insert after" and one_way:
        done = open_id not in passed or "moved_after" in passed
        assert done, "it went on past the step that was put in after the open one"
    if edit == "insert before" and open_id in passed:
        led_there = passed[: passed.index(open_id)]
        assert "moved_before" not in led_there, "the step put in before the open one was asked for"
    fine = moved == unmoved or moved in {"finished", "going on"}
    assert fine, f"unmoved it is {unmoved}, moved it is {moved}"
    return "moved"


def _drawings(pinned: PinnedSet) -> dict[str, Any]:
    return {process_id: diagram.drawing for process_id, diagram in pinned.diagrams.items()}


@contextmanager
def _unseen() -> Iterator[Session]:
    """A unit of work that nobody is to see: it is rolled back."""
    with WriteSession() as session:
        session.begin()
        yield session
        session.rollback()
