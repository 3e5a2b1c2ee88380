"""What must hold whatever went wrong. Each rule says in words where it does not."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.verify import verify
from app.db import reading
from app.engine.process import Process
from app.engine.results import Snapshot
from app.engine.specset import SpecSet
from app.outbox.models import OutboxMessage
from app.runtime.host import RuntimeHost
from app.runtime.instance import Instance
from app.runtime.models import InstanceStatus, ProcessInstance, Submission, Task
from app.runtime.records import StepHistory, Timer, WaitingFor
from app.runtime.turn import begin
from tests.faults.acts import TEST, Ack
from tests.faults.drawings import TELLS


def broken_rules(acks: Iterable[Ack] = ()) -> list[str]:
    """Every place where I1 to I6 do not hold; empty when all is well."""
    with reading() as session:
        return [
            *_acknowledged(session, acks),
            *_versions(session),
            *_effects(session),
            *_letters(session),
            *_states(session),
            *(f"I6 {found}" for found in verify(session)),
            *_file(session),
        ]


def _acknowledged(session: Session, acks: Iterable[Ack]) -> Iterator[str]:
    """I1: every acknowledged completion is there, once, and no task was done twice."""
    kept: dict[int, list[str]] = {}
    for task_id, answers in session.execute(select(Submission.task_id, Submission.answers)):
        kept.setdefault(task_id, []).append(answers.get("text", ""))
    for task_id, texts in kept.items():
        if len(texts) > 1:
            yield f"I1 task {task_id} was completed {len(texts)} times"
    for ack in acks:
        if kept.get(ack.task_id, []).count(ack.text) != 1:
            yield f"I1 the acknowledged completion of task {ack.task_id} is not there"
    done = select(Task.id).where(Task.outcome == "completed")
    for task_id in set(session.scalars(done)) ^ kept.keys():
        yield f"I1 task {task_id} and what was handed in for it do not agree"


def _versions(session: Session) -> Iterator[str]:
    """I2: version == committed steps == events in the audit trail, without a gap."""
    seen: dict[int, list[int]] = {}
    steps = select(AuditEvent.detail).where(AuditEvent.action != "incident.failed_again")
    for detail in session.scalars(steps):
        if "version" in detail:
            seen.setdefault(detail["instance_id"], []).append(detail["version"])
    for instance_id, version in session.execute(
        select(ProcessInstance.id, ProcessInstance.lock_version)
    ):
        found = sorted(seen.pop(instance_id, []))
        if found != list(range(1, version + 1)):
            yield f"I2 instance {instance_id} is at {version}, its audit trail says {found[-5:]}"
    yield from (f"I2 the audit trail knows instance {gone}, which is not there" for gone in seen)
    late = (
        select(func.count())
        .select_from(StepHistory)
        .join(ProcessInstance, ProcessInstance.id == StepHistory.instance_id)
        .where(StepHistory.lock_version > ProcessInstance.lock_version)
    )
    if session.scalar(late):
        yield "I2 there is history of steps that were never taken"


def _effects(session: Session) -> Iterator[str]:
    """I3: no element ran twice for one token (a cycle's own event comes again by design)."""
    twice = (
        select(StepHistory.instance_id, StepHistory.element_id, func.count())
        .where(StepHistory.what == "completed", StepHistory.kind != "boundary")
        .group_by(StepHistory.instance_id, StepHistory.element_id, StepHistory.engine_task_id)
        .having(func.count() > 1)
    )
    for instance_id, element_id, count in session.execute(twice):
        if element_id != "day":
            yield f"I3 {element_id} of instance {instance_id} ran {count} times for one token"


def _letters(session: Session) -> Iterator[str]:
    """I4: one letter in the outbox for each time that the diagram said so."""
    due = Counter(
        str(found)
        for found in session.scalars(
            select(StepHistory.instance_id).where(
                StepHistory.element_id.startswith(TELLS), StepHistory.what == "completed"
            )
        )
    )
    letters = select(OutboxMessage).where(OutboxMessage.template == "something_to_do")
    queued = Counter(str(letter.payload["reference"]) for letter in session.scalars(letters))
    for reference in due.keys() | queued.keys():
        if due[reference] != queued[reference]:
            yield (
                f"I4 instance {reference}: {due[reference]} letters due, "
                f"{queued[reference]} in the outbox"
            )


def _states(session: Session) -> Iterator[str]:
    """I5: what the engine kept loads, and inbox, timers and waits say the same."""
    for instance in session.scalars(select(ProcessInstance)):
        rows = _rows(session, instance.id)
        if instance.status != InstanceStatus.RUNNING:
            if any(rows.values()) or instance.wake_at is not None:
                yield f"I5 instance {instance.id} has ended, but something is open"
            continue
        try:
            kept = _loaded(session, instance)
        except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
            yield f"I5 the state of instance {instance.id} does not load: {error!r}"
            continue
        if rows != _said(kept):
            yield f"I5 rows of instance {instance.id} {rows} are not as kept {_said(kept)}"
        due = min((timer.due_at for timer in kept.timers), default=None)
        if due is not None and instance.wake_at is None:
            yield f"I5 nobody will wake instance {instance.id} for its timer"


def _rows(session: Session, instance_id: int) -> dict[str, list[str]]:
    def ids(model: type[Task] | type[Timer] | type[WaitingFor]) -> list[str]:
        query = select(model.engine_task_id).where(model.instance_id == instance_id)
        if model is Task:
            query = query.where(Task.done_at.is_(None))
        return sorted(session.scalars(query))

    return {"tasks": ids(Task), "timers": ids(Timer), "waits": ids(WaitingFor)}


def _said(kept: Snapshot) -> dict[str, list[str]]:
    return {
        "tasks": sorted(task.engine_task_id for task in kept.open_tasks),
        "timers": sorted(timer.engine_task_id for timer in kept.timers),
        "waits": sorted(wait.engine_task_id for wait in kept.waiting_messages),
    }


def _loaded(session: Session, instance: ProcessInstance) -> Snapshot:
    turn = begin(session, Instance.of(instance), TEST)
    host = RuntimeHost()
    host.bind(turn)
    pinned = turn.pinned
    specs = SpecSet.known(pinned.key) or SpecSet.build(
        pinned.key, pinned.diagrams, pinned.names_read
    )
    return Process.load(specs, instance.state, host).snapshot()


def _file(session: Session) -> Iterator[str]:
    """SQLite can check its own file."""
    if session.get_bind().dialect.name == "sqlite":
        said = session.scalar(text("PRAGMA integrity_check"))
        if said != "ok":
            yield f"SQLite: {json.dumps(said)}"
