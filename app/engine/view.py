"""What a waiting process shows to its surroundings."""

from collections.abc import Iterator

from app.engine import facts
from app.engine.drawing import Drawing
from app.engine.elements import waits
from app.engine.elements.base import host_of
from app.engine.elements.sign_off import moment
from app.engine.results import (
    Branch,
    FiredRule,
    Incident,
    OpenTask,
    Recommendation,
    SignOff,
    Snapshot,
    WaitingMessage,
    WaitingTimer,
)
from app.engine.run import item_of, path_of
from app.engine.specset import SpecSet
from app.engine.spiff import Task, TaskState
from app.engine.state import save
from app.engine.workflow import ProcessWorkflow


def snapshot(workflow: ProcessWorkflow, specs: SpecSet) -> Snapshot:
    tasks = [task for scope in workflow.scopes() for task in scope.live()]
    waiting = [t for t in tasks if t.state == TaskState.WAITING]
    return Snapshot(
        state=save(workflow),
        finished=workflow.completed,
        facts=dict(workflow.data),
        open_tasks=tuple(
            _open_task(t, specs.drawings[t.task_spec.element.process_id])
            for t in tasks
            if t.state == TaskState.READY and t.task_spec.waits_for_person(t)
        ),
        timers=tuple(sorted(_timers(waiting), key=lambda timer: timer.due_at)),
        waiting_messages=tuple(_messages(waiting)),
        steps=tuple(workflow.run.steps),
        thrown=tuple(workflow.run.thrown),
        incidents=tuple(_incidents(waiting)),
    )


def _open_task(task: Task, drawing: Drawing) -> OpenTask:
    element, marks = task.task_spec.element, task.internal_data
    asked = marks.get("sign_off")
    return OpenTask(
        engine_task_id=str(task.id),
        process_id=element.process_id,
        element_id=element.id,
        name=element.name,
        kind="user" if asked is None else "sign_off",
        lane=element.lane,
        roles=tuple(marks.get("roles", ())) if asked is None else (asked["role"],),
        assignee=marks.get("assignee"),
        form_id=element.form_id,
        due_at=moment(marks, "task_due") if asked is None else moment(asked, "due"),
        documentation=element.documentation,
        facts=dict(facts.visible(task)),
        call_path=path_of(task),
        item=item_of(task),
        recommendation=None if asked is None else recommendation(task, drawing),
        sign_off=None if asked is None else _sign_off(task),
    )


def recommendation(task: Task, drawing: Drawing) -> Recommendation:
    """What the conditions of a sign-off gateway say about the facts as they are now."""
    gateway = task.task_spec
    chosen = gateway.recommended(task)
    return Recommendation(
        flow_id=chosen.id if chosen else None,
        reads=gateway.reads,
        branches=tuple(
            Branch(way.id, way.name, drawing.leads_to(way.target), way.documentation)
            for way in gateway.ways
        ),
        fired=tuple(FiredRule(*row) for row in task.internal_data["sign_off"].get("fired", ())),
        problems=tuple(task.workflow.run.forget_doubts(task)),
    )


def _sign_off(task: Task) -> SignOff:
    asked, rule = task.internal_data["sign_off"], task.task_spec.rule
    return SignOff(
        role=asked["role"],
        due_at=moment(asked, "due"),
        remind_at=moment(asked, "remind"),
        fields=rule.fields,
        send_back_to=rule.send_back_to,
    )


def _timers(waiting: list[Task]) -> Iterator[WaitingTimer]:
    for task in waiting:
        due = waits.due_at(task)
        if due is not None:
            element, host = task.task_spec.element, host_of(task)
            yield WaitingTimer(
                engine_task_id=str(task.id),
                process_id=element.process_id,
                element_id=element.id,
                name=element.name,
                due_at=due,
                host_element_id=host.task_spec.element.id if host else None,
            )


def _messages(waiting: list[Task]) -> Iterator[WaitingMessage]:
    for task in waiting:
        if "key" in task.internal_data:
            element = task.task_spec.element
            yield WaitingMessage(
                engine_task_id=str(task.id),
                process_id=element.process_id,
                element_id=element.id,
                name=element.message or "",
                key=task.internal_data["key"],
            )


def _incidents(waiting: list[Task]) -> Iterator[Incident]:
    for task in waiting:
        if task.internal_data.get("incident"):
            element = task.task_spec.element
            yield Incident(str(task.id), element.process_id, element.id, element.name)
