"""Sign-off at a gateway: four answers, four eyes, and a record of who decided what and why."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.definitions.facts import kept
from app.errors import InvalidInput, NotAllowed
from app.runtime import four_eyes
from app.runtime.actions import SignOff, SignOffAnswer
from app.runtime.models import DecisionRecord, Outcome, Submission, Task, TaskKind
from app.runtime.plan import Done, Movable, Plan, Reopened
from app.runtime.same_step import work_at
from app.runtime.tasks_open import open_task
from app.runtime.turn import Turn


class CannotSignOff(NotAllowed):
    """Someone else must decide this."""


class SignOffIncomplete(InvalidInput):
    """Say more about your decision."""


def plan_sign_off(turn: Turn, action: SignOff) -> Plan:
    """Check the answer and who gives it, and write the decision record.

    Raises:
        CannotSignOff: four eyes; the reason is in words for the person.
        SignOffIncomplete: a comment, a reason or a branch is missing, or a field may not change.
    """
    task = open_task(turn, action.task_id, TaskKind.SIGN_OFF)
    if turn.actor.user_id is None:
        raise CannotSignOff("Only a person can sign this off.")
    refused = four_eyes.refused_deciders(turn.session, task)
    if turn.actor.user_id in refused:
        raise CannotSignOff(refused[turn.actor.user_id])
    judged = four_eyes.judged_tasks(turn.session, task)
    record = _record(turn, task, action, turn.actor.user_id, judged)
    plan = _planned(turn, task, action, record, judged)
    turn.session.add(record)
    turn.session.flush()
    return plan


def _planned(
    turn: Turn, task: Task, action: SignOff, record: DecisionRecord, judged: list[Task]
) -> Plan:
    match action.answer:
        case SignOffAnswer.SEND_BACK:
            return _send_back(turn, task, action, judged)
        case SignOffAnswer.DECIDE_DIFFERENTLY:
            return _decide_differently(task, action, record)
        case SignOffAnswer.APPROVE:
            return _approve(task, record)
        case SignOffAnswer.APPROVE_WITH_CHANGES:
            return _approve_with_changes(turn, task, action, record, judged)


def _approve(task: Task, record: DecisionRecord) -> Plan:
    flow_id = record.recommended_flow_id
    if flow_id is None:
        raise SignOffIncomplete("Nothing is recommended here, so choose a way yourself.")
    _chosen(task, record, flow_id)
    return _plan(
        task, record, Outcome.APPROVED, lambda p: p.decide_gateway(task.engine_task_id, flow_id)
    )


def _decide_differently(task: Task, action: SignOff, record: DecisionRecord) -> Plan:
    flow_id = action.flow_id
    if not action.reason.strip():
        raise SignOffIncomplete("Give a reason for deciding differently.")
    if flow_id not in _branches(task):
        raise SignOffIncomplete("Choose one of the ways.")
    if flow_id == record.recommended_flow_id:
        raise SignOffIncomplete("This is what was recommended. Approve it, or choose another way.")
    _chosen(task, record, flow_id)
    return _plan(
        task,
        record,
        Outcome.DECIDED_DIFFERENTLY,
        lambda p: p.decide_gateway(task.engine_task_id, flow_id),
    )


def _approve_with_changes(
    turn: Turn, task: Task, action: SignOff, record: DecisionRecord, judged: list[Task]
) -> Plan:
    """The changes are a new document by the supervisor; the conditions are asked again."""
    changes = dict(action.changes)
    if not changes:
        raise SignOffIncomplete("Change something, or choose “approve”.")
    allowed = (task.sign_off or {}).get("fields", ())
    for name in changes:
        if name not in allowed:
            raise SignOffIncomplete(f"“{name}” cannot be changed here. Send the work back instead.")
    record.changed_fields = sorted(changes)
    _store_changes(turn, changes, judged)
    facts = kept(changes, turn.pinned.names_read)

    def move(process: Movable) -> None:
        _chosen(task, record, process.decide_gateway(task.engine_task_id, None, facts))

    return _plan(task, record, Outcome.APPROVED_WITH_CHANGES, move)


def _send_back(turn: Turn, task: Task, action: SignOff, judged: list[Task]) -> Plan:
    target = _target(task, action)
    if not action.comment.strip():
        raise SignOffIncomplete("Say what has to be done again.")
    before = work_at(turn.session, judged, target, task)
    reopened = Reopened(
        element_id=target,
        path=tuple(task.path),
        comment=action.comment.strip(),
        by_id=before[-1].done_by_id if before else None,
    )
    engine_task_id = task.engine_task_id
    return Plan(
        move=lambda process: process.send_back(engine_task_id, target),
        says="sign_off.sent_back",
        detail={"task_id": task.id, "element_id": task.element_id, "to": target},
        done=Done(task_id=task.id, outcome=Outcome.SENT_BACK, reopened=reopened),
    )


def _target(task: Task, action: SignOff) -> str:
    targets = (task.sign_off or {}).get("send_back_to", ())
    target = action.send_back_to or (targets[0] if len(targets) == 1 else None)
    if target is None or target not in targets:
        raise SignOffIncomplete("Choose the step that the work goes back to.")
    return target


def _plan(
    task: Task, record: DecisionRecord, outcome: Outcome, move: Callable[[Movable], object]
) -> Plan:
    return Plan(
        move=move,
        says="sign_off.decided",
        detail={
            "task_id": task.id,
            "element_id": task.element_id,
            "answer": record.answer,
            "recommended": record.recommended_flow_id,
        },
        done=Done(task_id=task.id, outcome=outcome),
    )


def _record(
    turn: Turn, task: Task, action: SignOff, decider_id: int, judged: list[Task]
) -> DecisionRecord:
    said = task.recommendation or {}
    recommended = said.get("flow_id")
    return DecisionRecord(
        task_id=task.id,
        instance_id=turn.instance.id,
        case_id=turn.instance.case_id,
        process_id=task.process_id,
        element_id=task.element_id,
        question=task.name,
        answer=action.answer,
        recommended_flow_id=recommended,
        recommended_name=_branches(task).get(recommended, ""),
        reason=action.reason.strip(),
        comment=action.comment.strip(),
        sent_back_to=(_target(task, action) if action.answer == SignOffAnswer.SEND_BACK else None),
        recommender_id=said.get("recommender_id"),
        decider_id=decider_id,
        evidence=_evidence(turn, judged),
        changed_fields=[],
        decided_at=turn.now,
    )


def _branches(task: Task) -> dict[str | None, str]:
    branches = (task.recommendation or {}).get("branches", ())
    return {branch["flow_id"]: branch["name"] or branch["leads_to"] for branch in branches}


def _chosen(task: Task, record: DecisionRecord, flow_id: str | None) -> None:
    record.chosen_flow_id = flow_id
    record.chosen_name = _branches(task).get(flow_id, "")


def _evidence(turn: Turn, judged: list[Task]) -> list[int]:
    """The documents that were valid when the decision was made."""
    return list(
        turn.session.scalars(
            select(Submission.id)
            .where(
                Submission.task_id.in_([task.id for task in judged]),
                Submission.superseded.is_(False),
            )
            .order_by(Submission.id)
        )
    )


def _store_changes(turn: Turn, changes: dict[str, Any], judged: list[Task]) -> None:
    """For each document that holds a changed answer, a new one with the supervisor's answers."""
    documents = turn.session.scalars(
        select(Submission)
        .where(Submission.task_id.in_([task.id for task in judged]), ~Submission.superseded)
        .order_by(Submission.id.desc())
    ).all()
    homes: dict[int, set[str]] = defaultdict(set)
    for name in changes:
        home = next((document for document in documents if name in document.answers), None)
        if home is None:
            raise SignOffIncomplete(f"“{name}” was not answered before, so it cannot be changed.")
        homes[home.id].add(name)
    for document in documents:
        if names := homes.get(document.id):
            document.superseded = True
            turn.session.add(_changed(turn, document, {name: changes[name] for name in names}))


def _changed(turn: Turn, document: Submission, changes: dict[str, Any]) -> Submission:
    return Submission(
        task_id=document.task_id,
        instance_id=document.instance_id,
        case_id=document.case_id,
        element_id=document.element_id,
        form_version_id=document.form_version_id,
        answers={**document.answers, **changes},
        changed=sorted(changes),
        by_id=turn.actor.user_id,
        at=turn.now,
    )
