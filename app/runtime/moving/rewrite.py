"""The rows of open work after a move: new names and places, the same people and dates."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from app.definitions.models import DefinitionVersion
from app.definitions.pins import PinnedSet
from app.engine.catalogue import Element
from app.engine.results import OpenTask, Snapshot
from app.forms import load
from app.runtime import four_eyes
from app.runtime.assign import assign
from app.runtime.inbox_rows import form_version, recommendation, sign_off
from app.runtime.models import ProcessInstance, Task
from app.runtime.records import Incident, Timer, WaitingFor
from app.runtime.turn import Turn


def rewrite_rows(turn: Turn, snapshot: Snapshot, old: PinnedSet, new: PinnedSet) -> None:
    """Bring what is open already in line with the new version; due moments and holders stay."""
    _set_key(turn, new.key)
    known = {row.engine_task_id: row for row in turn.open_tasks().values()}
    for task in snapshot.open_tasks:
        row = known.get(task.engine_task_id)
        if row is not None:
            _rewrite_task(turn, row, task, old, new)
    _rewrite_waits(turn, snapshot)
    turn.session.flush()
    turn.read_rows_again()


def _set_key(turn: Turn, key: str) -> None:
    values = {"definition_set_key": key}
    turn.session.execute(
        update(ProcessInstance).where(ProcessInstance.id == turn.instance.id).values(values),
        execution_options={"synchronize_session": False},
    )
    turn.instance.changed(turn.session, values)


def _rewrite_task(turn: Turn, row: Task, task: OpenTask, old: PinnedSet, new: PinnedSet) -> None:
    was = old.diagrams[row.process_id].elements[row.element_id]
    now = new.diagrams[task.process_id].elements[task.element_id]
    row.process_id, row.element_id = task.process_id, task.element_id
    _set(row, "path", list(task.call_path))
    row.name = turn.pack.in_words(task.name)
    row.documentation = turn.pack.in_words(task.documentation)
    if task.form_id != _form_of(turn, row) or _asks_too_little(turn, row, old, new):
        row.form_version_id = form_version(turn, task.form_id)
    recommender = None
    if task.recommendation is not None:
        recommender = four_eyes.recommender(
            turn.session, new, turn.instance.id, task.recommendation.reads
        )
        stands_in = {k: v for k, v in (row.sign_off or {}).items() if k == "instead_of"}
        said = {**(sign_off(task) or {}), "role": task.roles[0], **stands_in}
        _set(row, "sign_off", said)
        if _ways(old, was) != _ways(new, now):
            _set(row, "recommendation", recommendation(turn, task, recommender))
    elif _asks(was) != _asks(now):
        _ask_again(turn, row, task)


def _ask_again(turn: Turn, row: Task, task: OpenTask) -> None:
    """It is for others now. Whoever holds it goes on; if they give it back, it goes to those."""
    to = assign(turn, task)
    row.role, row.case_role = to.role, to.case_role
    if row.assignee_id is None:
        row.team_id, row.locality_id = to.team_id, to.locality_id
        row.assignee_id, row.deputy_id = to.assignee_id, to.deputy_id


def _asks(element: Element) -> tuple[str | None, ...]:
    return element.lane, element.candidate_groups, element.assignee


def _ways(pinned: PinnedSet, gateway: Element) -> list[Any]:
    drawing = pinned.diagrams[gateway.process_id].drawing
    return [
        (way.id, way.name, way.condition, drawing.leads_to(way.target), way.documentation)
        for way in drawing.ways_out(gateway)
    ]


def _asks_too_little(turn: Turn, row: Task, old: PinnedSet, new: PinnedSet) -> bool:
    """Whether the new version reads an answer for which only the form of today asks."""
    names = new.names_read - old.names_read
    form_id = _form_of(turn, row) if names else None
    if form_id is None:
        return False
    today = form_version(turn, form_id)
    return bool(names & (_asked(turn, today) - _asked(turn, row.form_version_id)))


def _asked(turn: Turn, form_version_id: int | None) -> set[str]:
    if form_version_id is None:
        return set()
    version = turn.session.get_one(
        DefinitionVersion, form_version_id, options=[undefer(DefinitionVersion.content)]
    )
    form = load(version.content)
    return {field.key for field in form.fields} | {several.key for several in form.lists}


def _form_of(turn: Turn, row: Task) -> str | None:
    if row.form_version_id is None:
        return None
    return turn.session.get_one(DefinitionVersion, row.form_version_id).key


def _set(row: Task, name: str, value: Any) -> None:
    if getattr(row, name) != value:
        setattr(row, name, value)


def _rewrite_waits(turn: Turn, snapshot: Snapshot) -> None:
    """Names and places of what waits without a person."""
    timers = {t.engine_task_id: t for t in snapshot.timers}
    for timer in turn.session.scalars(_of(turn, Timer)):
        if now := timers.get(timer.engine_task_id):
            timer.process_id, timer.element_id, timer.name = (
                now.process_id,
                now.element_id,
                now.name,
            )
            timer.host_element_id = now.host_element_id
    messages = {m.engine_task_id: m for m in snapshot.waiting_messages}
    for wait in turn.session.scalars(_of(turn, WaitingFor)):
        if heard := messages.get(wait.engine_task_id):
            wait.process_id, wait.element_id = heard.process_id, heard.element_id
    incidents = {i.engine_task_id: i for i in snapshot.incidents}
    for row in turn.session.scalars(_of(turn, Incident).where(Incident.resolved_at.is_(None))):
        if failed := incidents.get(row.engine_task_id or ""):
            row.process_id, row.element_id = failed.process_id, failed.element_id
            row.name = turn.pack.in_words(failed.name)


def _of(turn: Turn, table: Any) -> Any:
    return select(table).where(table.instance_id == turn.instance.id)
