"""What a waiting token keeps: the moment of its timer, the key of its message.

A timer's moment is worked out when the token arrives and then only moved on purpose. A cycle
keeps the moment it counts from, so that months and clock changes never add up.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from app.engine import moments
from app.engine.spiff import Task

LONGEST_KEY = 200


def key_of(task: Task) -> str:
    """The correlation key of a message, as text.

    Raises:
        ElementFailed: it is null or empty, and would fit every other empty one; or none at all.
    """
    run = task.workflow.run
    value = run.value(task, task.task_spec.element.correlation_key or "")
    if value is None or value == "":
        raise run.failed(task, "The key of its message is empty, so it could reach anyone.")
    key = str(value)
    if len(key) > LONGEST_KEY or "\0" in key:
        message = (
            f"The key of its message has more than {LONGEST_KEY} letters, or one that is none."
        )
        raise run.failed(task, message)
    return key


def place_in_line(task: Task) -> int:
    """Behind everybody in the process, its parts and its calls who waits for a message already."""
    scopes = task.workflow.top_workflow.scopes()
    return 1 + max((line(other) for scope in scopes for other in scope.live()), default=0)


def line(task: Task) -> int:
    """Where a token stands in line for messages. 0: it waits for none, or an old state is silent."""
    found: int = task.internal_data.get("line", 0)
    return found


def set_timer(task: Task) -> None:
    """Work out when the timer is due.

    Raises:
        ElementFailed: the timer says no moment.
    """
    run, element = task.workflow.run, task.task_spec.element
    run.timer_set(task)
    value = run.evaluate(task, element.timer or "").value
    try:
        if element.timer_kind == "cycle":
            _set_cycle(task, moments.cycle_of(value))
        else:
            task.internal_data["due"] = moments.timer_due(value, run.now).isoformat()
    except moments.NotAMoment as error:
        raise run.failed(task, f"The timer cannot be worked out: {error}") from error


def _set_cycle(task: Task, cycle: moments.Cycle) -> None:
    now = task.workflow.run.now
    passed = 0 if cycle.start is None else cycle.first_index(now, now)
    if cycle.times is not None and passed >= cycle.times:
        return  # all its moments had passed before the token came
    span = cycle.span
    task.internal_data["due"] = cycle.occurrence(now, passed).isoformat()
    task.internal_data["cycle"] = {
        "from": (cycle.start or now).isoformat(),
        "spans": passed if cycle.start else 1,
        "left": None if cycle.times is None else cycle.times - passed,
        "span": [span.months, span.days, span.exact.total_seconds()],
    }


def set_next(task: Task) -> bool:
    """A timer has fired: set it to its next moment. False when it has none."""
    state = task.internal_data.get("cycle")
    if state is None:
        return False
    left = None if state["left"] is None else state["left"] - 1
    spans = state["spans"] + 1
    task.internal_data["cycle"] = {**state, "spans": spans, "left": left}
    if left == 0:
        return False
    months, days, seconds = state["span"]
    span = moments.Span(months, days, timedelta(seconds=seconds))
    start = datetime.fromisoformat(state["from"])
    task.internal_data["due"] = span.after(start, times=spans).isoformat()
    return True


def move(task: Task, due_at: datetime) -> None:
    """Set a waiting timer to another moment; a cycle counts on from there."""
    task.internal_data["due"] = due_at.astimezone(UTC).isoformat()
    if state := task.internal_data.get("cycle"):
        task.internal_data["cycle"] = {**state, "from": task.internal_data["due"], "spans": 0}


def due_at(task: Task) -> datetime | None:
    text = task.internal_data.get("due")
    return datetime.fromisoformat(text) if text and not task.internal_data.get("incident") else None


def earliest_due(tasks: Iterable[Task], now: datetime) -> Task | None:
    """Of the tokens with a timer, the one that has been due for longest."""
    due = [(moment, task) for task in tasks if (moment := due_at(task)) and moment <= now]
    return min(due, key=lambda pair: pair[0])[1] if due else None


def first_in_line(tasks: Iterable[Task], name: str, key: str) -> Task | None:
    """Of the tokens that wait for this message, the one that has waited for longest."""
    waiting = [
        task
        for task in tasks
        if task.internal_data.get("key") == key and task.task_spec.element.message == name
    ]
    return min(waiting, key=line) if waiting else None
