"""One step of one instance, while it is being taken."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, SessionTransaction

from app import clock
from app.audit.record import record
from app.definitions.live import live_pack
from app.definitions.packs import Pack
from app.definitions.pins import PinnedSet, load_set
from app.errors import Conflict, NotFound
from app.runtime.actor import Actor
from app.runtime.models import InstanceStatus, ProcessInstance, Task

# Statements of every step are built once: building one costs as much as SQLite takes to run it.
LOCK = (
    select(ProcessInstance)
    .where(ProcessInstance.id == bindparam("instance_id"))
    .with_for_update(of=ProcessInstance)
    .execution_options(populate_existing=True)
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

    timers: frozenset[tuple[str, datetime]]
    waits: frozenset[tuple[str, str, str]]
    incidents: frozenset[str]


@dataclass
class Turn:
    """What every part of a step needs: who moves which instance, by which definitions, when."""

    session: Session
    instance: ProcessInstance
    pinned: PinnedSet
    pack: Pack
    actor: Actor
    now: datetime
    known: Known | None = None
    _open_tasks: dict[int, Task] | None = field(default=None, repr=False)
    _savepoint: SessionTransaction | None = field(default=None, repr=False)

    def begin_side_effects(self) -> None:
        """Called before an automatic step writes: from here on ``attempt`` can take it back."""
        if self._savepoint is None:
            self._savepoint = self.session.begin_nested()

    def open_tasks(self) -> dict[int, Task]:
        """The open inbox rows of the instance, by id; read once, for nobody else can change them.

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


def lock_instance(session: Session, instance_id: int) -> ProcessInstance:
    """The instance, locked: always the first lock that a unit of work takes.

    Raises:
        InstanceNotFound: there is no such instance.
    """
    instance = session.scalar(LOCK, {"instance_id": instance_id})
    if instance is None:
        raise InstanceNotFound
    return instance


def begin(session: Session, instance: ProcessInstance, actor: Actor) -> Turn:
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
    )
