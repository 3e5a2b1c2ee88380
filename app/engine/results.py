"""What the engine says about a running process. Plain values: no engine object leaves here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

Facts: TypeAlias = dict[str, object]


@dataclass(frozen=True)
class ElementRef:
    """The element an automatic step runs for. ``item`` and ``path`` as in ``OpenTask``."""

    element_id: str
    process_id: str
    engine_task_id: str
    name: str
    properties: Mapping[str, str]
    path: tuple[str, ...] = ()
    item: object | None = None


@dataclass(frozen=True)
class FiredRule:
    """A row of a decision table that matched, as ``host.decide`` reports it."""

    table_id: str
    rule_id: str
    description: str
    #: The row, from 1; 0 where nobody said.
    number: int = 0
    #: What the table decides, in words.
    table: str = ""


@dataclass(frozen=True)
class DecisionOutcome:
    value: object
    fired: tuple[FiredRule, ...] = ()
    #: Why parts of the value are null.
    problems: tuple[str, ...] = ()
    #: What working it out used of the allowance that one action has.
    steps: int = 0


@dataclass(frozen=True)
class Branch:
    """A way out of a sign-off gateway. ``leads_to`` is the name of the next thing that happens."""

    flow_id: str
    name: str
    leads_to: str
    documentation: str


@dataclass(frozen=True)
class Recommendation:
    """What the diagram's own conditions suggest at a sign-off gateway.

    ``flow_id`` is None when no condition holds and no default is drawn; ``reads`` are the names
    of the facts the conditions look at; ``problems`` say why a condition gave no answer.
    """

    flow_id: str | None
    reads: tuple[str, ...]
    branches: tuple[Branch, ...]
    fired: tuple[FiredRule, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignOff:
    """The sign-off rule of one waiting gateway, its expressions worked out when the token arrived."""

    role: str
    due_at: datetime | None
    remind_at: datetime | None
    fields: tuple[str, ...]
    send_back_to: tuple[str, ...]


@dataclass(frozen=True)
class OpenTask:
    """Something a person has to do.

    ``facts`` are the process facts visible at this point; ``call_path`` the ids of the call
    activities around it, outermost first; ``item`` the element of the collection when the task,
    or the sub-process or called process around it, is one of several.
    """

    engine_task_id: str
    process_id: str
    element_id: str
    name: str
    kind: Literal["user", "sign_off"]
    lane: str | None
    roles: tuple[str, ...]
    assignee: str | None
    form_id: str | None
    due_at: datetime | None
    documentation: str
    facts: Facts
    call_path: tuple[str, ...] = ()
    item: object | None = None
    recommendation: Recommendation | None = None
    sign_off: SignOff | None = None


@dataclass(frozen=True)
class WaitingTimer:
    """``host_element_id`` is the activity a boundary timer watches, else None."""

    engine_task_id: str
    process_id: str
    element_id: str
    name: str
    due_at: datetime
    host_element_id: str | None = None


@dataclass(frozen=True)
class WaitingMessage:
    engine_task_id: str
    process_id: str
    element_id: str
    name: str
    key: str


@dataclass(frozen=True)
class Message:
    """A message on its way to processes. An empty key reaches only those that wait without one."""

    name: str
    key: str
    payload: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class ThrownMessage:
    """``expires_at``: from then on nobody gets it any more; None when the diagram says nothing."""

    name: str
    key: str
    payload: Facts
    element_id: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Incident:
    """An element the token waits in front of because it could not run. ``Process.retry`` runs it."""

    engine_task_id: str
    process_id: str
    element_id: str
    name: str


@dataclass(frozen=True)
class StepEvent:
    """One line of history.

    ``entered`` is written for elements that wait (tasks of people, calls, timers, messages);
    ``completed`` for every element, with the flow the token left by when there is only one;
    ``branch`` for each flow taken out of an element that has several; ``cancelled`` for work that
    was open and no longer is. ``path`` as in ``OpenTask.call_path``; ``detail`` says why;
    ``fired`` are the rows of the decision table behind it; ``problems`` say which expressions
    gave no answer, and why.
    """

    engine_task_id: str
    process_id: str
    element_id: str
    name: str
    kind: str
    what: Literal["entered", "completed", "cancelled", "branch"]
    flow_id: str | None
    at: datetime
    path: tuple[str, ...] = ()
    detail: str = ""
    fired: tuple[FiredRule, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """Everything to write after a step. ``steps`` and ``thrown`` are new since load or start."""

    state: bytes
    finished: bool
    facts: Facts
    open_tasks: tuple[OpenTask, ...] = ()
    timers: tuple[WaitingTimer, ...] = ()
    waiting_messages: tuple[WaitingMessage, ...] = ()
    steps: tuple[StepEvent, ...] = ()
    thrown: tuple[ThrownMessage, ...] = ()
    incidents: tuple[Incident, ...] = ()
