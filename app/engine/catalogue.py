"""What a diagram contains, in plain values: for pages, checks and the runtime."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "start",
    "end",
    "user",
    "service",
    "rule",
    "script",
    "send",
    "receive",
    "catch",
    "throw",
    "boundary",
    "exclusive",
    "parallel",
    "inclusive",
    "event_gateway",
    "call",
    "subprocess",
]

Event: TypeAlias = Literal["none", "message", "timer", "error", "terminate"]
DEEPEST = 40
"""Sub-processes and calls inside each other that the engine opens."""
ONE_AT_A_TIME = "start.oneAtATime"
MESSAGE_EXPIRES = "message.expires"
MESSAGE_SENT_BY = "message.sentBy"
ACTIVITIES: frozenset[Kind] = frozenset(
    ("user", "service", "rule", "script", "send", "receive", "call", "subprocess")
)


@dataclass(frozen=True)
class SignOffRule:
    """``signOff.*`` properties as written: texts with a leading ``=`` are FEEL."""

    role: str | None
    due: str | None
    remind: str | None
    when: str | None
    decision: str | None
    fields: tuple[str, ...]
    send_back_to: tuple[str, ...]


@dataclass(frozen=True)
class Loop:
    """Several instances of one activity, one per item of a collection. Texts as written."""

    sequential: bool
    input_collection: str
    input_element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion_condition: str | None = None


@dataclass(frozen=True)
class Element:
    """One flow node. ``parent`` is the embedded sub-process around it, else None.

    Texts that may be expressions (``candidate_groups``, ``assignee``, ``due_date``, ``timer``,
    ``correlation_key``, mappings, ``script``) are kept as written: with a leading ``=`` they are
    FEEL. ``event`` names the event definition of an event: ``none`` when it has none.
    """

    id: str
    name: str
    kind: Kind
    process_id: str
    lane: str | None = None
    documentation: str = ""
    sources: tuple[str, ...] = ()
    form_id: str | None = None
    candidate_groups: str | None = None
    assignee: str | None = None
    due_date: str | None = None
    sign_off: SignOffRule | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default_flow: str | None = None
    called_process: str | None = None
    decision_id: str | None = None
    task_type: str | None = None
    message: str | None = None
    correlation_key: str | None = None
    timer: str | None = None
    timer_kind: Literal["date", "duration", "cycle"] | None = None
    event: Event | None = None
    error_code: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    parent: str | None = None
    loop: Loop | None = None
    script: str | None = None
    result_variable: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    #: Extensions of the file that are lawful and do nothing here.
    not_read: tuple[str, ...] = ()

    @property
    def is_activity(self) -> bool:
        return self.kind in ACTIVITIES

    @property
    def message_expires(self) -> str | None:
        """How long a message that this element throws waits for somebody who takes it."""
        return self.properties.get(MESSAGE_EXPIRES, "").strip() or None

    @property
    def message_sent_by(self) -> str | None:
        """Which page or other program sends the message that this element waits for, in words."""
        return self.properties.get(MESSAGE_SENT_BY, "").strip() or None


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    name: str
    condition: str | None
    documentation: str = ""


@dataclass(frozen=True)
class ProcessInfo:
    """``elements`` includes those of embedded sub-processes.

    ``one_at_a_time``: a case has at most one run of it (``start.oneAtATime``).
    """

    id: str
    name: str
    elements: Mapping[str, Element] = field(default_factory=dict)
    start_message: str | None = None
    start_timer: str | None = None
    one_at_a_time: bool = False
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    not_read: tuple[str, ...] = ()
