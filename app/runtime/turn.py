"""One step of one instance, while it is being taken."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, SessionTransaction

from app import clock
from app.audit.record import record
from app.db import Base
from app.definitions.live import REVISION, knows_revision, live_pack
from app.definitions.packs import Pack
from app.definitions.pins import PinnedSet, load_set
from app.errors import Conflict, NotFound
from app.prepared import Prepared
from app.runtime.actions import Action, CompleteTask
from app.runtime.actor import Actor
from app.runtime.idempotency import ANSWER, answered
from app.runtime.instance import NAMES, Instance, forget_mapped
from app.runtime.models import InstanceStatus, ProcessInstance, Task, TaskDraft
from app.runtime.records import Incident, Timer, WaitingFor


class OpenRow(NamedTuple):
    """An open inbox row, as far as only steps of its process change it: who holds it is not here."""

    id: int
    engine_task_id: str
    element_id: str
    kind: str
    form_version_id: int | None
    send_back_comment: str | None
    remind_at: datetime | None
    escalate_at: datetime | None


INSTANCES = Base.metadata.tables[ProcessInstance.__tablename__]
TASKS = Base.metadata.tables[Task.__tablename__]
DRAFTS = Base.metadata.tables[TaskDraft.__tablename__]
TIMERS = Base.metadata.tables[Timer.__tablename__]
WAITS = Base.metadata.tables[WaitingFor.__tablename__]
INCIDENTS = Base.metadata.tables[Incident.__tablename__]
HAS_DRAFT = exists().where(
    DRAFTS.c.user_id == bindparam("user_id", type_=Integer),
    DRAFTS.c.task_id == bindparam("task_id", type_=Integer),
)
_as_it_was = INSTANCES.alias("as_it_was")
VERSION_BEFORE = (
    select(_as_it_was.c.lock_version)
    .where(_as_it_was.c.id == bindparam("instance_id"))
    .scalar_subquery()
)
#: With the row comes what a step would else ask for on its own: the answer to this request if it
#: came before, what is published, and whether the person has a draft of the task. PostgreSQL reads
#: these as of the moment the statement began, and the locked row as of the moment it got the lock;
#: ``VERSION_BEFORE`` tells whether another step was committed in between.
ASKED = select(
    *(INSTANCES.c[name] for name in NAMES), VERSION_BEFORE, ANSWER, REVISION, HAS_DRAFT
).where(INSTANCES.c.id == bindparam("instance_id"))
LOCK = Prepared(ASKED.with_for_update(of=INSTANCES))
OPEN_ROWS = Prepared(
    select(*(TASKS.c[name] for name in OpenRow._fields)).where(
        TASKS.c.instance_id == bindparam("instance_id"), TASKS.c.done_at.is_(None)
    )
)
#: What else of an instance is open: its timers, the messages it waits for, its incidents.
WAITING = Prepared(
    union_all(
        select(
            literal_column("'timer'"),
            TIMERS.c.engine_task_id,
            literal_column("''"),
            literal_column("''"),
            TIMERS.c.due_at,
        ).where(TIMERS.c.instance_id == bindparam("instance_id")),
        select(
            literal_column("'wait'"), WAITS.c.engine_task_id, WAITS.c.name, WAITS.c.key, null()
        ).where(WAITS.c.instance_id == bindparam("instance_id")),
        select(
            literal_column("'incident'"),
            func.coalesce(INCIDENTS.c.engine_task_id, ""),
            literal_column("''"),
            literal_column("''"),
            null(),
        ).where(
            INCIDENTS.c.instance_id == bindparam("instance_id"), INCIDENTS.c.resolved_at.is_(None)
        ),
    )
)
OPEN_TASKS = (
    select(Task)
    .where(Task.instance_id == bindparam("instance_id"), Task.done_at.is_(None))
    .execution_options(populate_existing=True)
)


class InstanceNotFound(NotFound):
    """This process no longer exists."""


class InstanceEnded(Conflict):
    """This process has already ended."""


@dataclass(frozen=True)
class Known:
    """Rows of the last committed step, kept with the live process: what is unchanged is not read.

    Timers as (engine task id, due), waits as (engine task id, name, key), incidents as engine
    task ids.
    """

    tasks: tuple[OpenRow, ...] = ()
    timers: frozenset[tuple[str, datetime]] = frozenset()
    waits: frozenset[tuple[str, str, str]] = frozenset()
    incidents: frozenset[str] = frozenset()

    @classmethod
    def read(cls, session: Session, instance_id: int) -> "Known":
        """For a process that was not in memory."""
        one = {"instance_id": instance_id}
        found = WAITING.rows(session, one)
        return cls(
            tasks=tuple(OpenRow(*row) for row in OPEN_ROWS.rows(session, one)),
            timers=frozenset((row[1], row[4]) for row in found if row[0] == "timer"),
            waits=frozenset((row[1], row[2], row[3]) for row in found if row[0] == "wait"),
            incidents=frozenset(row[1] for row in found if row[0] == "incident"),
        )


@dataclass
class Turn:
    """What every part of a step needs: who moves which instance, by which definitions, when."""

    session: Session
    instance: Instance
    pinned: PinnedSet
    pack: Pack
    actor: Actor
    now: datetime
    _known: Known | None = None
    #: Whether the person has a draft of the task that the step is about.
    has_draft: bool = False
    _open_rows: dict[int, OpenRow] | None = field(default=None, repr=False)
    _open_tasks: dict[int, Task] | None = field(default=None, repr=False)
    _savepoint: SessionTransaction | None = field(default=None, repr=False)

    def begin_side_effects(self) -> None:
        """Called before an automatic step writes: from here on ``attempt`` can take it back."""
        if self._savepoint is None:
            self._savepoint = self.session.begin_nested()

    @property
    def known(self) -> Known:
        """The rows of what was open before this step."""
        if self._known is None:
            self._known = Known.read(self.session, self.instance.id)
        return self._known

    def open_rows(self) -> dict[int, OpenRow]:
        """The open inbox rows of the instance, by id; nobody else can change what is in them."""
        if self._open_rows is None:
            self._open_rows = {row.id: row for row in self.known.tasks}
        return self._open_rows

    def changed_row(self, row: OpenRow) -> None:
        """This step has changed a row that stays open."""
        self.open_rows()[row.id] = row

    def read_rows_again(self) -> None:
        """The rows of open work were rewritten: what is known of them is out of date."""
        self._known = self._open_rows = None

    def open_tasks(self) -> dict[int, Task]:
        """The same rows as mapped objects, for what looks at more of them; read once.

        A person may take one over meanwhile; that waits for the instance's lock, too.
        """
        if self._open_tasks is None:
            rows = self.session.scalars(OPEN_TASKS, {"instance_id": self.instance.id})
            self._open_tasks = {row.id: row for row in rows}
        return self._open_tasks

    def audit(self, action: str, detail: Mapping[str, Any]) -> None:
        """One event for this step, chained to the case. Call it once the step is saved."""
        record(
            self.session,
            actor=self.actor.name,
            action=action,
            case_id=self.instance.case_id,
            detail={
                "instance_id": self.instance.id,
                "version": self.instance.lock_version,
                **detail,
            },
        )

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Whatever automatic steps wrote in this block is taken back if it raises."""
        try:
            yield
        except BaseException:
            self._end(keep=False)
            raise
        self._end(keep=True)

    def _end(self, *, keep: bool) -> None:
        savepoint, self._savepoint = self._savepoint, None
        if savepoint is None:
            return
        if keep:
            savepoint.commit()
        elif savepoint.is_active:
            savepoint.rollback()


class Asks(NamedTuple):
    """What is looked up together with the lock: whose draft of which task, the answer to a key."""

    task_id: int | None = None
    user_id: int | None = None
    key: str | None = None

    @classmethod
    def of(cls, action: Action, actor: Actor, key: str | None) -> "Asks":
        task_id = action.task_id if isinstance(action, CompleteTask) else None
        return cls(task_id, actor.user_id, key)


class Locked(NamedTuple):
    instance: Instance
    answer: dict[str, Any] | None
    has_draft: bool


def lock_instance(session: Session, instance_id: int, asks: Asks | None = None) -> Locked:
    """The instance, locked: always the first lock that a unit of work takes.

    Raises:
        InstanceNotFound: there is no such instance.
    """
    session.flush()
    asks = asks or Asks()
    row = LOCK.first(session, {"instance_id": instance_id, **asks._asdict()})
    if row is None:
        raise InstanceNotFound
    *columns, version_before, answer, revision, has_draft = row
    instance = Instance(*columns)
    if asks.key is not None and instance.lock_version != version_before:
        answer = answered(session, asks.key)
    forget_mapped(session, instance_id)
    knows_revision(session, revision)
    return Locked(instance, answer, bool(has_draft))


def begin(
    session: Session,
    instance: Instance,
    actor: Actor,
    *,
    known: Known | None = None,
    has_draft: bool = False,
) -> Turn:
    """A turn of a locked, running instance.

    Raises:
        InstanceEnded: nothing can happen to it any more.
    """
    if instance.status != InstanceStatus.RUNNING:
        raise InstanceEnded
    pinned = load_set(session, instance.definition_set_key)
    return Turn(
        session=session,
        instance=instance,
        pinned=pinned,
        pack=live_pack(session, pinned.pack_id),
        actor=actor,
        now=clock.now(),
        _known=known,
        has_draft=has_draft,
    )
