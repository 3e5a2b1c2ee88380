"""Beginning things: a concern, a process beside the pathway, a worry about harm, a moved review."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.cases.models import Case
from app.cases.open_case import open_case, open_step_down
from app.cases.overview import key_facts
from app.cases.review_dates import move_review
from app.cases.starting import NotYoursToPropose, may_step_down, report_harm, start_beside
from app.cases.views import again, bp, record_again
from app.cases.visible import Viewer, visible_case
from app.cases.withdrawing import withdraw_consent
from app.db import reading, transaction
from app.definitions.live import pack_of_area
from app.definitions.packs import Pack
from app.errors import InvalidInput, NotFound
from app.identity.models import User
from app.identity.people import areas, localities
from app.identity.permissions import Permission
from app.runtime.actions import RetryIncident
from app.runtime.actor import Actor
from app.runtime.messages import MessageNotFound, send_again
from app.runtime.models import ProcessInstance, Task
from app.runtime.once import once
from app.runtime.records import Incident, MessageRow
from app.runtime.step import take_step
from app.web.access import current_user, requires, sent_key
from app.web.dates import long_date
from app.web.reading_back import read_back_with

read_back_with("cases.move_review_date", {"to": "New date", "reason": "Why does it move?"})
read_back_with("cases.withdraw", {"said": "Who took it back, and what did they say?"})

AGAIN = {
    True: "The message was sent again, and a step took it.",
    False: "The message was sent again. It waits until a step needs it.",
}


class IncidentNotFound(NotFound):
    """That step has been mended already, or it is not one of this case."""


@bp.get("/concern")
@requires(Permission.CASE_START)
def raise_concern() -> ResponseReturnValue:
    return _beginning("concern")


@bp.get("/step-down")
@requires(Permission.PROCESS_START)
def propose_step_down() -> ResponseReturnValue:
    """For a family that is not on record here yet; one with an open case steps down from there."""
    if not may_step_down(current_user()):
        raise NotYoursToPropose
    return _beginning("step_down")


def _beginning(what: str) -> str:
    user = current_user()
    with reading() as session:
        mine = [(area.id, area.name) for area in areas(session) if area.id in user.area_ids]
        places = [(place.id, place.name) for place in localities(session, user.area_ids)]
        numbers = _numbers(session, user)
    return render_template(
        "cases/raise_concern.html",
        areas=mine,
        localities=places,
        numbers=numbers,
        own_locality=user.team.locality_id if user.team else "",
        what=what,
        may_step_down=may_step_down(user),
    )


@bp.post("/concern")
@requires(Permission.CASE_START)
def start_concern() -> ResponseReturnValue:
    user = current_user()
    with transaction() as session:
        location = once(session, user, sent_key(), lambda: _open(session, user, open_case))
    return redirect(location)


@bp.post("/step-down")
@requires(Permission.PROCESS_START)
def start_step_down() -> ResponseReturnValue:
    user = current_user()
    with transaction() as session:
        location = once(session, user, sent_key(), lambda: _open(session, user, open_step_down))
    return redirect(location)


def _open(session: Session, user: User, begin: Callable[..., tuple[Case, ProcessInstance]]) -> str:
    locality = request.form.get("locality") or None
    area = request.form.get("area", "")
    if locality is not None:
        found = [place for place in localities(session, user.area_ids) if place.id == locality]
        area, locality = (found[0].area_id, found[0].id) if found else ("", None)
    _, instance = begin(session, user=user, area_id=area, locality_id=locality)
    first = session.scalar(
        select(Task.id)
        .where(Task.instance_id == instance.id, Task.done_at.is_(None))
        .order_by(Task.id)
        .limit(1)
    )
    return url_for("tasks.show", task_id=first)


@bp.post("/cases/<int:case_id>/start")
@requires(Permission.PROCESS_START)
def start_beside_case(case_id: int) -> ResponseReturnValue:
    user = current_user()
    process_id = request.form.get("process", "")

    def act() -> str:
        task = start_beside(session, _case(session, case_id), process_id, user)
        return _to(task, case_id)

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    return redirect(location)


@bp.get("/cases/<int:case_id>/harm")
@requires(Permission.HARM_REPORT)
def harm(case_id: int) -> ResponseReturnValue:
    user = current_user()
    with reading() as session:
        case = _case(session, case_id)
        pack = pack_of_area(session, case.area_id)
        return render_template(
            "cases/harm.html",
            case=case,
            facts=key_facts(session, case),
            numbers=[_number(pack)],
            front_door=pack.words["front_door"],
            user=user,
        )


@bp.get("/harm")
@requires(Permission.HARM_REPORT)
def harm_anywhere() -> ResponseReturnValue:
    """For somebody worried about a child who is not on the page in front of them."""
    with reading() as session:
        numbers = _numbers(session, current_user())
    return render_template("cases/harm.html", case=None, facts=None, numbers=numbers)


@bp.post("/cases/<int:case_id>/harm")
@requires(Permission.HARM_REPORT)
def start_harm(case_id: int) -> ResponseReturnValue:
    user = current_user()

    def act() -> str:
        return _to(report_harm(session, _case(session, case_id), user), case_id)

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    return redirect(location)


@bp.post("/cases/<int:case_id>/review-date")
@requires(Permission.TASK_COMPLETE)
def move_review_date(case_id: int) -> ResponseReturnValue:
    user = current_user()

    def act() -> str:
        case = _case(session, case_id)
        due = move_review(session, case, user, to=_day(), reason=request.form.get("reason", ""))
        flash(f"The review is on {long_date(due)} now. Its clock moved with it.", "success")
        return url_for("cases.show", case_id=case_id)

    try:
        with transaction() as session:
            location = once(session, user, sent_key(), act)
    except InvalidInput as error:
        return again(case_id, error, "to-day"), 422
    return redirect(location)


@bp.post("/cases/<int:case_id>/withdraw-consent")
@requires(Permission.TASK_COMPLETE)
def withdraw(case_id: int) -> ResponseReturnValue:
    user = current_user()

    def act() -> str:
        case = _case(session, case_id)
        withdraw_consent(session, case, user, said=request.form.get("said", ""))
        flash("Sharing has stopped. The next step is on the case page.", "success")
        return url_for("cases.show", case_id=case_id)

    try:
        with transaction() as session:
            location = once(session, user, sent_key(), act)
    except InvalidInput as error:
        return record_again(case_id, error, "said"), 422
    return redirect(location)


@bp.post("/cases/<int:case_id>/incidents/<int:incident_id>/retry")
@requires(Permission.INCIDENT_RETRY)
def retry(case_id: int, incident_id: int) -> ResponseReturnValue:
    user = current_user()

    def act() -> str:
        case = _case(session, case_id)
        incident = session.get(Incident, incident_id)
        if incident is None or incident.case_id != case.id or incident.resolved_at is not None:
            raise IncidentNotFound
        action = RetryIncident(incident_id=incident.id)
        take_step(session, incident.instance_id, action, actor=Actor.person(user))
        session.flush()
        again = session.get(Incident, incident_id, populate_existing=True)
        if again is not None and again.resolved_at is None:
            flash(f"“{again.name}” still does not work: {again.message}", "problem")
        else:
            flash(f"“{incident.name}” worked this time.", "success")
        return url_for("cases.show", case_id=case_id)

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    return redirect(location)


@bp.post("/cases/<int:case_id>/messages/<int:message_id>/again")
@requires(Permission.INCIDENT_RETRY)
def send_message_again(case_id: int, message_id: int) -> ResponseReturnValue:
    """A message that reached nobody in time goes out once more."""
    user = current_user()

    def act() -> str:
        case = _case(session, case_id)
        row = session.get(MessageRow, message_id)
        if row is None or row.case_id != case.id:
            raise MessageNotFound
        taken = send_again(session, message_id, actor=Actor.person(user))
        flash(AGAIN[taken], "success")
        return url_for("cases.show", case_id=case_id)

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    return redirect(location)


def _case(session: Session, case_id: int) -> Case:
    return visible_case(session, Viewer.of(current_user()), case_id)


def _to(task: Task | None, case_id: int) -> str:
    if task is not None:
        return url_for("tasks.show", task_id=task.id)
    return url_for("cases.show", case_id=case_id)


def _numbers(session: Session, user: User) -> list[dict[str, Any]]:
    return [_number(pack_of_area(session, area_id)) for area_id in sorted(user.area_ids)]


def _number(pack: Pack) -> dict[str, Any]:
    """Whom to ring in an area, by the hour."""
    now = clock.now().astimezone(clock.LONDON)
    said = pack.parameters
    opens, closes = str(said["office_opens"]), str(said["office_closes"])
    is_open = pack.calendar.is_working_day(now.date()) and opens <= f"{now:%H:%M}" < closes
    return {
        "area": pack.name,
        "front_door": pack.words["front_door"],
        "the_front_door": pack.words["the_front_door"],
        "is_open": is_open,
        "phone": said["front_door_phone"] if is_open else said["front_door_out_of_hours_phone"],
        "hours": f"{opens} to {closes} on working days",
    }


def _day() -> date | None:
    parts = [request.form.get(f"to-{part}", "") for part in ("year", "month", "day")]
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, OverflowError):
        return None
