"""After a move: what the new drawing has around and beside the open steps comes to life."""

from collections.abc import Collection, Mapping

from app.engine.catalogue import Element
from app.engine.elements.base import place
from app.engine.elements.tasks import UserTask, assignment
from app.engine.errors import ElementFailed
from app.engine.moments import NotAMoment
from app.engine.moving.reseat import Moved
from app.engine.results import Facts
from app.engine.spiff import Task
from app.engine.workflow import ProcessWorkflow


def settle(
    workflow: ProcessWorkflow,
    moved: Moved,
    known: Mapping[tuple[str, ...], Facts],
    newer: Collection[str] = (),
) -> None:
    """Give facts, open what encloses, and let new events beside open steps watch from now.

    ``known`` holds facts to add by the calls around them; a fact that is there is kept, unless
    its name is in ``newer``.

    Raises:
        ElementFailed: a clock or a message key of the new drawing cannot be worked out.
    """
    workflow.run.begin()
    by_id = {task.id.hex: task for scope in workflow.scopes() for task in scope.live()}
    _add_facts(workflow, known, newer)
    for token_id in moved.opened:
        _open(by_id[token_id])
        _watch(by_id[token_id], moved.beside.get(token_id, frozenset()))
    for token_id, (old, new) in moved.seated.items():
        task = by_id.get(token_id)
        if task is None or task.internal_data.get("incident"):
            continue
        _watch(task, moved.beside[token_id])
        if isinstance(task.task_spec, UserTask) and _asks_otherwise(old, new):
            task.internal_data.update(assignment(task))


def _add_facts(
    workflow: ProcessWorkflow, known: Mapping[tuple[str, ...], Facts], newer: Collection[str]
) -> None:
    for path, facts in known.items():
        for scope in workflow.scopes():
            parent = scope.parent_task
            is_process = parent is None or parent.task_spec.is_call
            if is_process and _path_inside(scope.parent_task) == path:
                data: Facts = scope.data  # type: ignore[attr-defined]
                data.update({n: value for n, value in facts.items() if n in newer or n not in data})


def _path_inside(parent: Task) -> tuple[str, ...]:
    found: list[str] = []
    while parent is not None:
        if parent.task_spec.is_call:
            found.insert(0, parent.task_spec.element.id)
        parent = parent.workflow.parent_task
    return tuple(found)


def _open(task: Task) -> None:
    """What ``Enclosing.arrive`` does, but for the token that is inside already."""
    scope = task.workflow.top_workflow.subprocesses[task.id]
    scope.data.update(task.task_spec.facts_in(task))
    task.workflow.run.record(task, "entered")


def _watch(task: Task, known: frozenset[str]) -> None:
    """Events that the new drawing has beside this step and the old one had not."""
    for boundary in task.task_spec.boundaries:
        if boundary.element.id not in known:
            try:
                place(task, boundary, host=str(task.id))
            except ElementFailed as error:
                raise _without_answers(error) from error


def _without_answers(error: ElementFailed) -> ElementFailed:
    """Of a clock, without what a family has answered: who moves cases may not see them."""
    if not isinstance(error.__cause__, NotAMoment):
        return error
    said = "The timer cannot be worked out from what this case holds."
    return ElementFailed(error.element_id, error.process_id, said)


def _asks_otherwise(old: Element, new: Element) -> bool:
    return (old.candidate_groups, old.assignee) != (new.candidate_groups, new.assignee)
