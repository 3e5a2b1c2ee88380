"""One task: its page, its draft, handing it in."""

from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock
from app.cases.models import Case
from app.cases.visible import Viewer, sees_case
from app.db import reading, transaction
from app.definitions.live import pack_of_area
from app.errors import AppError, NotAllowed
from app.identity.models import User
from app.identity.people import names_of
from app.identity.permissions import Permission
from app.runtime import deciders
from app.runtime.drafts import latest_draft, save_draft
from app.runtime.models import Task, TaskKind
from app.runtime.once import once
from app.runtime.tasks_open import TaskAlreadyDone, WrongKindOfAnswer
from app.tasks.assignment import is_takeable, receivers
from app.tasks.complete import complete_task
from app.tasks.evidence import documents
from app.tasks.inbox import next_after
from app.tasks.joined import goes_on_elsewhere
from app.tasks.page import Posted, bind, facts_beside, form_of, task_page
from app.tasks.policy import open_task, refusal_to_complete, refusal_to_reassign
from app.tasks.typed import typed_lines
from app.tasks.views import bp
from app.web.access import current_user, requires, sent_key
from app.web.dates import clock_time
from app.web.reading_back import Lines, reads_back


class NotReady(Exception):
    """The page has to be shown again as typed; everything else of the request is rolled back."""


@bp.get("/<int:task_id>")
@requires(Permission.TASK_READ)
def show(task_id: int) -> ResponseReturnValue:
    user = current_user()
    with reading() as session:
        task = open_task(session, user, task_id)
        if task.done_at is not None:
            return _finished(session, task)
        if task.kind == TaskKind.SIGN_OFF:
            return redirect(url_for("tasks.decide", task_id=task_id))
        return _page(session, task, user)


@bp.post("/<int:task_id>")
@requires(Permission.TASK_COMPLETE)
def complete(task_id: int) -> ResponseReturnValue:
    """Hand the form in. Refused answers: 422 with the page as typed, and nothing is written."""
    user, posted = current_user(), _posted()

    def act() -> str:
        task = open_task(session, user, task_id)
        case = session.get(Case, task.case_id) if task.case_id is not None else None
        if task.kind != TaskKind.USER:
            raise WrongKindOfAnswer
        if task.done_at is None:
            # before the answers are looked at: the page of a task that went away has no form
            if refusal := refusal_to_complete(session, user, task):
                raise NotAllowed(refusal)
            bound = bind(session, task, case, posted)
            if bound.rearranged or not bound.validate():
                raise NotReady
            complete_task(session, task, bound.answers, user=user)
        else:
            complete_task(session, task, {}, user=user)
        flash(f"“{task.name}” is done.", "success")
        return _next(session, user, task)

    try:
        with transaction() as session:
            location = once(session, user, sent_key(), act)
    except NotReady:
        return _again(task_id, user, posted)
    except TaskAlreadyDone as error:
        return _too_late(task_id, user, posted, error), 409
    except NotAllowed as error:
        return _too_late(task_id, user, posted, error), 403
    return redirect(location)


@bp.post("/<int:task_id>/draft")
@requires(Permission.TASK_COMPLETE)
def draft(task_id: int) -> ResponseReturnValue:
    """Keep what was typed so far, unchecked. The page saves itself; the button does it without script."""
    user, posted = current_user(), _posted()
    by_script = request.headers.get("X-Requested-With") == "fetch"
    with transaction() as session:
        task = open_task(session, user, task_id)
        refusal = "This task is done, so nothing more is saved." if task.done_at else None
        refusal = refusal or refusal_to_complete(session, user, task)
        if refusal is not None:
            if by_script:
                return jsonify(message=refusal), 409
            return _refused_draft(session, task, posted, refusal), 409
        if task.kind == TaskKind.SIGN_OFF:
            raise WrongKindOfAnswer
        kept = latest_draft(session, task.id)
        seen = request.form.get("draft_version", type=int)
        if by_script and kept is not None and seen is not None and seen < kept.version:
            return jsonify(
                message="This was changed in another tab, or by somebody else. Reload the page to "
                "see it; what you see here is still yours to copy."
            ), 409
        form = form_of(session, task, pack_of_area(session, task.area_id))
        version = save_draft(session, task.id, user.id, form.draft(posted))
    if by_script:
        said = f"Draft saved at {clock_time(clock.now())}"
        return jsonify(version=version, message=said)
    flash("Saved as a draft. It is in your list, and goes on where you left it.", "success")
    return redirect(url_for("tasks.inbox"))


def _posted() -> Posted:
    """What the form sent, without what belongs to the page and not to the form."""
    ours = {"csrf_token", "idempotency_key", "draft_version", "save"}
    return {name: values for name, values in request.form.lists() if name not in ours}


def _page(
    session: Session, task: Task, user: User, posted: Posted | None = None, **more: Any
) -> str:
    page = task_page(session, task, user, posted)
    if posted is not None and not page.bound.rearranged:
        page.bound.validate()
    refusal = refusal_to_complete(session, user, task)
    may_hand_over = refusal_to_reassign(session, user, task) is None
    return render_template(
        "tasks/show.html",
        page=page,
        task=task,
        bound=page.bound,
        refusal=refusal,
        warning=None if refusal else deciders.warning(session, task, user.id),
        takeable=is_takeable(session, task, user),
        receivers=receivers(session, task) if may_hand_over else [],
        key=request.form.get("idempotency_key", ""),
        **more,
    )


def _again(task_id: int, user: User, posted: Posted) -> ResponseReturnValue:
    with reading() as session:
        task = open_task(session, user, task_id)
        html = _page(session, task, user, posted, dirty=True)
        return html, 422


def _too_late(task_id: int, user: User, posted: Posted, error: AppError) -> str:
    """Who was faster or holds it now, and everything this person typed, to copy or keep as a note."""
    with reading() as session:
        return _refused_draft(session, open_task(session, user, task_id), posted, str(error))


def _refused_draft(session: Session, task: Task, posted: Posted, said: str) -> str:
    form = form_of(session, task, pack_of_area(session, task.area_id))
    return render_template(
        "tasks/too_late.html",
        task=task,
        said=said,
        typed=typed_lines(form, posted),
        facts=facts_beside(session, Viewer.of(current_user()), task),
        today=clock.today(),
    )


@reads_back("tasks.complete", "tasks.draft")
def _typed_before(parts: Mapping[str, Any], posted: Posted) -> Lines:
    with reading() as session:
        task = open_task(session, current_user(), parts["task_id"])
        return typed_lines(form_of(session, task, pack_of_area(session, task.area_id)), posted)


def _finished(session: Session, task: Task) -> str:
    names = names_of(session, [task.done_by_id] if task.done_by_id else [])
    return render_template(
        "tasks/done.html",
        task=task,
        who=names.get(task.done_by_id or 0, ""),
        documents=documents(session, [task]),
        facts=facts_beside(session, Viewer.of(current_user()), task),
    )


def _next(session: Session, user: User, task: Task) -> str:
    """The next step of the same family if it is theirs, else the case, else the list."""
    case_id = task.case_id
    if (elsewhere := goes_on_elsewhere(session, user, task)) is not None:
        case_id, following = elsewhere.case.id, elsewhere.task
        where = elsewhere.case.reference
        flash(f"Work with this family is open already. You go on there: {where}.", "success")
    else:
        following = next_after(session, Viewer.of(user), task)
    if following is not None:
        return url_for("tasks.show", task_id=following.id)
    if case_id is not None and sees_case(session, Viewer.of(user), case_id):
        return url_for("cases.show", case_id=case_id)
    return url_for("tasks.inbox")
