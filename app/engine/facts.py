"""Where facts live. One process has one set; a call has its own; some tasks add a few of theirs.

A name is looked up from the inside out: the task's own variables (its inputs, the item of a
repeated task), the embedded sub-process around it, and so on to the process. A called process sees
nothing of its caller but what was mapped in. A fact is written where a variable of that name
already is, else to the process; a repeated activity that collects an output keeps all others.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping

from app import feel
from app.engine.results import Facts
from app.engine.spiff import Task, Workflow


def visible(task: Task) -> ChainMap[str, object]:
    """Every fact that can be read at ``task``."""
    return ChainMap(task.data, *(facts for facts, _ in _around(task.workflow)))


def store(task: Task, values: Mapping[str, object]) -> None:
    """Keep what came out of ``task``. Values are replaced, never changed in place."""
    if task.internal_data.get("keeps"):
        task.data = {**task.data, **values}
        return
    places = list(_around(task.workflow))
    for name, value in values.items():
        for facts, keeps in places:
            if name in facts or keeps:
                facts[name] = value
                break
        else:
            places[-1][0][name] = value


def _around(workflow: Workflow) -> Iterator[tuple[Facts, bool]]:
    """The sets of facts around a task, innermost first, and whether a set keeps what is written."""
    while True:
        yield workflow.data, False
        parent = workflow.parent_task
        if parent is None or parent.task_spec.is_call:
            return
        yield parent.data, bool(parent.internal_data.get("keeps"))
        workflow = parent.workflow


def as_json(value: object) -> object:
    """A value as it is kept: what JSON can hold.

    Raises:
        TypeError, ValueError: it cannot be kept.
    """
    return feel.to_json(feel.from_json(value))
