"""Decisions: the list of those waiting, and the one screen each is taken on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock
from app.cases.visible import Viewer
from app.db import reading, transaction
from app.errors import AppError, InvalidInput, NotAllowed
from app.identity.models import User
from app.identity.permissions import Permission
from app.runtime.models import Task, TaskKind
from app.runtime.once import KeyMissing, once
from app.runtime.tasks_open import TaskAlreadyDone
from app.tasks import why
from app.tasks.page import facts_beside
from app.tasks.policy import open_task, refusal_to_decide
from app.tasks.sign_off import Answer, DecisionPage, decide, decision_page, next_decision
from app.tasks.typed import typed_decision
from app.tasks.views import bp
from app.tasks.waiting_decisions import waiting_decisions
from app.web.access import current_user, requires, sent_key
from app.web.reading_back import Lines, reads_back

ANSWERS = ("approve", "approve_with_changes", "send_back", "decide_differently")
#: What an answer cannot do without, and how the page asks for it.
MISSING = {
    "send_back": {"comment": "Say what is missing"},
    "decide_differently": {
        "flow_id": "Choose what should happen",
        "reason": "Give a reason for deciding differently",
    },
}
OURS = ("answer", "comment", "reason", "flow_id", "send_back_to")


class NotDecided(Exception):
    """The page has to be shown again as typed. ``errors`` are lines for its summary."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__()
        self.errors = errors


@bp.get("/decisions")
@requires(Permission.SIGN_OFF_DECIDE)
def decisions() -> ResponseReturnValue:
    user = current_user()
    with reading() as session:
        rows = waiting_decisions(session, Viewer.of(user))
    return render_template("tasks/decisions.html", rows=rows, role_label=why.role_label)


@bp.get("/<int:task_id>/decide", endpoint="decide")
@requires(Permission.TASK_READ)
def show_decision(task_id: int) -> ResponseReturnValue:
    user = current_user()
    with reading() as session:
        task = open_task(session, user, task_id)
        if task.done_at is not None or task.kind != TaskKind.SIGN_OFF:
            return redirect(url_for("tasks.show", task_id=task_id))
        return _render(decision_page(session, task, user))


@bp.post("/<int:task_id>/decide")
@requires(Permission.SIGN_OFF_DECIDE)
def sign_off(task_id: int) -> ResponseReturnValue:
    """Take the decision. What is missing: 422 with the page as typed, and nothing is written."""
    user = current_user()

    def act() -> str:
        task = open_task(session, user, task_id)
        decide(session, task, _answer(session, task, user), user=user)
        following = next_decision(session, user, task)
        said = f"Your decision on “{task.name}” is recorded."
        if following is None:
            flash(f"{said} Nothing else waits for a decision from you.", "success")
            return url_for("tasks.decisions")
        flash(f"{said} This is the next one.", "success")
        return url_for("tasks.decide", task_id=following.id)

    try:
        with transaction() as session:
            location = once(session, user, sent_key(), act)
    except NotDecided as error:
        return _again(task_id, user, error.errors)
    except KeyMissing:
        raise
    except InvalidInput as error:
        return _again(task_id, user, [{"words": str(error), "anchor": _anchor()}])
    except TaskAlreadyDone as error:
        return _too_late(task_id, user, error), 409
    except NotAllowed as error:
        return _too_late(task_id, user, error), 403
    return redirect(location)


def _too_late(task_id: int, user: User, error: AppError) -> str:
    """Who decided first or has to, and everything this person wrote, to copy or keep as a note."""
    with reading() as session:
        task = open_task(session, user, task_id)
        page = decision_page(session, task, user, _posted())
        return render_template(
            "tasks/too_late.html",
            task=task,
            said=f"{error} Nothing you chose here was recorded.",
            typed=typed_decision(page, _all_posted()),
            facts=facts_beside(session, Viewer.of(user), task),
            today=clock.today(),
        )


@reads_back("tasks.sign_off")
def _typed_before(parts: Mapping[str, Any], posted: Mapping[str, Sequence[str]]) -> Lines:
    user = current_user()
    corrections = {name: said for name, said in posted.items() if not name.startswith("sign_off_")}
    with reading() as session:
        task = open_task(session, user, parts["task_id"])
        return typed_decision(decision_page(session, task, user, corrections), posted)


def _answer(session: Session, task: Task, user: User) -> Answer:
    """Read the form; a correction is checked like the form it belongs to.

    Raises:
        NotAllowed: before anything is looked at, as the page of a refused decision has no form.
        NotDecided: something is missing.
    """
    if task.done_at is not None:
        return Answer("approve")  # whatever was meant: who was faster is told next
    if refusal := refusal_to_decide(session, user, task):
        raise NotAllowed(refusal)
    given: dict[str, Any] = {name: request.form.get(f"sign_off_{name}", "") for name in OURS}
    answer = Answer(**given)
    if answer.answer not in ANSWERS:
        raise NotDecided([{"words": "Choose one of the answers", "anchor": "sign_off_answer"}])
    if missing := [
        {"words": words, "anchor": f"sign_off_{name}"}
        for name, words in MISSING.get(answer.answer, {}).items()
        if not getattr(answer, name).strip()
    ]:
        raise NotDecided(missing)
    if answer.answer != "approve_with_changes":
        return answer
    page = decision_page(session, task, user, _posted())
    if page.correctable is None:
        raise NotDecided([{"words": "Nothing can be changed here", "anchor": "sign_off_answer"}])
    if not page.correctable.bound.validate():
        raise NotDecided(
            [{"words": e.words, "anchor": e.anchor} for e in page.correctable.bound.errors]
        )
    return replace(answer, changes=page.correctable.changes)


def _anchor() -> str:
    match request.form.get("sign_off_answer"):
        case "send_back":
            return "sign_off_comment"
        case "decide_differently":
            return "sign_off_reason" if request.form.get("sign_off_flow_id") else "sign_off_flow_id"
        case _:
            return "sign_off_answer"


def _all_posted() -> dict[str, list[str]]:
    return dict(request.form.lists())


def _posted() -> dict[str, list[str]]:
    ours = {"csrf_token", "idempotency_key"}
    return {
        name: values
        for name, values in request.form.lists()
        if name not in ours and not name.startswith("sign_off_")
    }


def _again(task_id: int, user: User, errors: list[dict[str, str]]) -> ResponseReturnValue:
    with reading() as session:
        task = open_task(session, user, task_id)
        page = decision_page(session, task, user, _posted())
        typed = {name: request.form.get(f"sign_off_{name}", "") for name in OURS}
        key = request.form.get("idempotency_key", "")
        return _render(page, page_errors=errors, typed=typed, key=key), 422


def _render(page: DecisionPage, **more: Any) -> str:
    return render_template(
        "tasks/sign_off.html", **{"page": page, "task": page.task, "typed": {}, "key": "", **more}
    )
