"""The one place where a process moves.

People, timers, messages: all arrive here with an ``Action``. A step locks the instance, lets the
engine act, and writes state, inbox rows, history, messages and audit, all inside the caller's
transaction, so that they can never disagree.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app import clock
from app.db import after_commit
from app.definitions.live import pack_of_area
from app.definitions.pins import load_set, pin
from app.engine.errors import ElementFailed, NeverRests
from app.engine.process import Process
from app.engine.results import Snapshot
from app.errors import AppError, InvalidInput
from app.runtime import idempotency, one_at_a_time, post, rounds
from app.runtime.actions import Action, CancelInstance, DeliverMessage, RetryIncident, UndoMove
from app.runtime.actor import Actor
from app.runtime.host import RuntimeHost
from app.runtime.incidents import failed_again
from app.runtime.instance import Instance
from app.runtime.live_cache import LiveCache
from app.runtime.models import InstanceStatus, ProcessInstance
from app.runtime.moving.act import take_back
from app.runtime.plan import Plan
from app.runtime.plans import PLANS
from app.runtime.records import MessageRow
from app.runtime.results import StepResult
from app.runtime.save import save_cancelled, save_snapshot, save_taken_back
from app.runtime.specs import specs_of
from app.runtime.turn import Asks, Known, Turn, begin, lock_instance

#: Elements that may fail in one step and become incidents; more means something else is wrong.
MOST_FAILURES = 20


class StepFailed(AppError):
    """An automatic step did not work, so nothing was done."""


class Live(NamedTuple):
    """A process in memory, and the host through which it reaches the step it is in."""

    process: Process
    host: RuntimeHost
    known: Known | None = None


@dataclass(frozen=True)
class Played:
    live: Live
    snapshot: Snapshot
    failures: Mapping[str, str]


live_processes: LiveCache[Live] = LiveCache(most=500)


def take_step(
    session: Session,
    instance_id: int,
    action: Action,
    *,
    actor: Actor,
    idempotency_key: str | None = None,
) -> StepResult:
    """Apply one action to one running process, in the caller's transaction.

    With an ``idempotency_key`` the same request again changes nothing and gets the same answer.

    Raises:
        InstanceNotFound, InstanceEnded: there is nothing to move.
        TaskAlreadyDone: a colleague was faster; the message says who and when.
        CannotSignOff, SignOffIncomplete, InvalidInput: the action itself is refused.
        EngineRefused: the process does not wait for this.
        StepFailed: see ``FireDueTimers.settle``; nothing is written.
    """
    locked = lock_instance(session, instance_id, Asks.of(action, actor, idempotency_key))
    if idempotency_key is not None and locked.answer is not None:
        return StepResult.from_json(locked.answer)
    instance = locked.instance
    kept = live_processes.look_at(instance.live_key, instance.lock_version)
    turn = begin(session, instance, actor, known=kept and kept.known, has_draft=locked.has_draft)
    match action:
        case CancelInstance():
            result = _cancel(turn, action)
        case RetryIncident():
            result = _retry(turn, action)
        case UndoMove():
            result = _undo(turn, action)
        case _:
            result = _move(turn, PLANS[type(action)](turn, action))
    if idempotency_key is not None:
        idempotency.keep(session, idempotency_key, result.to_json())
    return result


def start_process(  # noqa: PLR0913  each says where or for whom it starts
    session: Session,
    process_id: str,
    *,
    area_id: str,
    locality_id: str | None = None,
    case_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    actor: Actor,
    started_by_instance_id: int | None = None,
    message: str | None = None,
) -> ProcessInstance:
    """Start the live version of a process for an area and run it to where it first waits.

    The versions of everything it may call are chosen now and stay. ``message`` names the start
    event, when a message starts it.

    Raises:
        ProcessNotLive: it, or something it calls, is not published for this area.
        RunsAlready: it is one of which a case has only one run at a time.
    """
    pack = pack_of_area(session, area_id)
    chosen = pin(session, process_id, pack)
    instance = ProcessInstance(
        process_id=process_id,
        definition_set_key=chosen.key,
        area_id=area_id,
        locality_id=locality_id,
        case_id=case_id,
        started_by_instance_id=started_by_instance_id,
        started_by_id=actor.user_id,
        alone=one_at_a_time.key_of(load_set(session, chosen.key), process_id, case_id),
        status=InstanceStatus.RUNNING,
        lock_version=0,
        state=b"",
        facts={},
        started_at=clock.now(),
    )
    one_at_a_time.add(session, instance)
    turn = begin(session, Instance.of(instance), actor, known=Known())
    given = {**(facts or {}), "case_id": case_id, "area": area_id}

    def open_process(stop_before: Collection[str]) -> Live:
        host = _bound(turn)
        process = Process.start(
            specs_of(turn.pinned), process_id, given, host, message=message, stop_before=stop_before
        )
        return Live(process, host)

    plan = Plan(
        move=lambda _process: None, says="process.started", detail={"process_id": process_id}
    )
    _finish(turn, plan, _play(turn, open_process, plan))
    return instance


def deliver(session: Session, row: MessageRow, actor: Actor) -> bool:
    """Hand a stored message to everybody whom ``post.recipients`` names; whether anybody took it."""
    if post.is_over(row) or rounds.is_too_deep(session):
        return False
    found = post.recipients(session, row)
    if found.busy or not (found.instances or found.starts):
        return False
    with rounds.delivering(session, row):
        post.mark_delivered(row, found.instances)
        for instance_id in found.instances:
            take_step(session, instance_id, DeliverMessage(message_id=row.id), actor=actor)
        for process_id in found.starts:
            with suppress(one_at_a_time.RunsAlready):  # begun this moment: that run takes it soon
                started = _start_by_message(session, process_id, row, actor)
                row.delivered_to_id = row.delivered_to_id or started.id
        post.unless_taken(row)
    return row.delivered_at is not None


def _start_by_message(
    session: Session, process_id: str, row: MessageRow, actor: Actor
) -> ProcessInstance:
    return start_process(
        session,
        process_id,
        area_id=row.area_id or "",  # without one it starts nothing
        locality_id=post.locality_of(session, row),
        case_id=row.case_id,
        facts=row.payload,
        actor=actor,
        started_by_instance_id=row.from_instance_id,
        message=row.name,
    )


def _move(turn: Turn, plan: Plan) -> StepResult:
    return _finish(turn, plan, _play(turn, lambda stop: _opened(turn, stop), plan))


def _play(turn: Turn, open_process: Callable[[Collection[str]], Live], plan: Plan) -> Played:
    """Let the engine act, again if need be.

    What fails after a person did their part must not undo that part: the same action is played
    once more, stopping in front of the element that failed.
    """
    failures: dict[str, str] = {}
    while True:
        try:
            with turn.attempt():
                live = open_process(failures.keys())
                plan.move(live.process)
                snapshot = live.process.snapshot()
                rounds.refuse_endless(turn, snapshot.thrown)
        except ElementFailed as error:
            known = error.element_id in failures or _is_about(plan, error)
            if not plan.settle or known or len(failures) >= MOST_FAILURES:
                raise StepFailed(error.message) from error
            failures[error.element_id] = error.message
        else:
            live.process.stop_before = ()
            live.process.forget_history()
            return Played(live, snapshot, failures)


def _is_about(plan: Plan, error: ElementFailed) -> bool:
    """Whether what the action is about failed, wherever in its loop the budget was used up."""
    loop = error.loop if isinstance(error, NeverRests) else ()
    return plan.must_run is not None and plan.must_run in (error.element_id, *loop)


def _opened(turn: Turn, stop_before: Collection[str]) -> Live:
    """The process as the locked row has it: kept in memory, or loaded."""
    instance = turn.instance
    live = live_processes.check_out(instance.live_key, instance.lock_version)
    if live is not None and not stop_before:
        live.host.bind(turn)
        return live
    host = _bound(turn)
    specs = specs_of(turn.pinned)
    return Live(Process.load(specs, instance.state, host, stop_before=stop_before), host)


def _bound(turn: Turn) -> RuntimeHost:
    (host := RuntimeHost()).bind(turn)
    return host


def _finish(turn: Turn, plan: Plan, played: Played) -> StepResult:
    """Write everything, then pass on the messages that were thrown or waited for."""
    session, instance = turn.session, turn.instance
    if plan.afterwards is not None:
        plan.afterwards(played.snapshot)
    saved = save_snapshot(turn, played.snapshot, plan.done, played.failures)
    if plan.once_saved is not None:
        plan.once_saved()
    turn.audit(plan.says, {**plan.detail, "incidents": len(played.failures)})
    version = instance.lock_version
    played.live.host.bind(None)
    live = played.live._replace(known=saved.known)
    after_commit(session, lambda: live_processes.check_in(instance.live_key, version, live))
    done = played.snapshot.finished
    result = StepResult.of(instance, finished=done, opened=saved.opened, incidents=saved.incidents)
    rows = post.kept(turn, played.snapshot.thrown) + post.early_for(session, saved.new_waits)
    for row in rows + post.held_back(turn):
        deliver(session, row, turn.actor)
    return result


def _retry(turn: Turn, action: RetryIncident) -> StepResult:
    """A retry that fails again leaves everything as it was, but counts, and says why."""
    plan = PLANS[RetryIncident](turn, action)
    try:
        return _move(turn, plan)
    except StepFailed as error:
        failed_again(turn, action.incident_id, str(error))
        turn.audit("incident.failed_again", plan.detail)
        return StepResult.of(turn.instance, incidents=(action.incident_id,))


def _cancel(turn: Turn, action: CancelInstance) -> StepResult:
    if not action.reason.strip():
        raise InvalidInput("Say why the process is to end.")
    save_cancelled(turn)
    turn.audit("process.cancelled", {})
    for row in post.held_back(turn):
        deliver(turn.session, row, turn.actor)
    return StepResult.of(turn.instance, finished=True)


def _undo(turn: Turn, action: UndoMove) -> StepResult:
    waits = take_back(turn, action, save_taken_back)
    turn.audit("process.moved_back", {"move_id": action.move_id})
    result = StepResult.of(turn.instance)
    for row in post.early_for(turn.session, waits):
        deliver(turn.session, row, turn.actor)
    return result
