"""Families, and the pages of one case: where it is, its record, its chronology."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock
from app.cases import work
from app.cases.chronology import chronology
from app.cases.families import CaseFilters, list_cases
from app.cases.journey import journeys
from app.cases.models import Case
from app.cases.notes import NOTE_KINDS, NoteRefused, add_note
from app.cases.overview import CONSENT_WORDS, KeyFacts, current_plan, key_facts, record_of
from app.cases.review_dates import latest_review_day, review_timer
from app.cases.stages import STAGES, stage_choices, stage_name, stage_position
from app.cases.starting import startable
from app.cases.visible import Viewer, visible_case
from app.cases.withdrawing import can_withdraw
from app.db import reading, transaction
from app.errors import InvalidInput
from app.identity.people import localities, names_of
from app.identity.permissions import Permission
from app.identity.searches import remember_search, remembered_search
from app.runtime.messages import expired
from app.web.access import current_user, requires, session_id
from app.web.reading_back import read_back_with

bp = Blueprint("cases", __name__, template_folder="templates")

SEARCH = "families"
#: Nobody turns so many pages; larger numbers are not worth a database's while.
LAST_PAGE = 10_000
STATUSES = [("open", "Open"), ("closed", "Closed"), ("joined", "Joined to another case")]
EVENT_KINDS = {
    "task": "Steps done",
    "decision": "Decisions",
    "note": "Notes",
    "concern": "Concerns",
    "step": "Clocks and messages",
    "problem": "Problems",
    "rule": "Worked out from tables",
}
WORDS = {
    "stage_name": stage_name,
    "stage_position": stage_position,
    "consent_words": CONSENT_WORDS,
    "note_kinds": NOTE_KINDS,
}
read_back_with(
    "cases.write_note",
    {"kind": "What was it?", "happened_on": "When?", "text": "What happened?"},
    NOTE_KINDS,
)


@bp.get("/families")
@requires(Permission.CASE_READ)
def index() -> ResponseReturnValue:
    viewer = Viewer.of(current_user())
    asked = request.args
    with reading() as session:
        filters = CaseFilters(
            text=remembered_search(session, session_id(), SEARCH),
            stage=asked.get("stage", ""),
            locality=asked.get("locality", ""),
            status=asked.get("status", "open"),
            mine=asked.get("mine") == "1",
            page=min(max(asked.get("page", 1, type=int), 1), LAST_PAGE),
        )
        found = list_cases(session, viewer, filters)
        places = [(place.id, place.name) for place in localities(session, viewer.areas)]
    return render_template(
        "cases/index.html",
        found=found,
        filters=filters,
        localities=places,
        stages=stage_choices(),
        statuses=STATUSES,
        previous_url=_page_url(filters.page - 1) if filters.page > 1 else "",
        next_url=_page_url(filters.page + 1) if found.more else "",
        **WORDS,
    )


def _page_url(page: int) -> str:
    kept: dict[str, Any] = {n: request.args.get(n) for n in ("stage", "locality", "status", "mine")}
    return url_for("cases.index", page=page, **kept)


@bp.post("/families/narrow")
@requires(Permission.CASE_READ)
def narrow() -> ResponseReturnValue:
    """The name searched for must not stand in an address, so it is remembered."""
    with transaction() as session:
        remember_search(session, session_id(), SEARCH, request.form.get("text", ""))
    names = ("stage", "locality", "status", "mine")
    kept: dict[str, Any] = {n: v for n in names if (v := request.form.get(n)) is not None}
    return redirect(url_for("cases.index", **kept))


@bp.get("/families/clear")
@requires(Permission.CASE_READ)
def clear() -> ResponseReturnValue:
    with transaction() as session:
        remember_search(session, session_id(), SEARCH, "")
    return redirect(url_for("cases.index"))


@bp.get("/cases/<int:case_id>")
@requires(Permission.CASE_READ)
def show(case_id: int) -> ResponseReturnValue:
    with reading() as session:
        case = _case(session, case_id)
        return render_template("cases/show.html", **_overview(session, case))


def again(case_id: int, error: InvalidInput, anchor: str) -> str:
    """The case page with what was typed on it and what is wrong with that."""
    with reading() as session:
        shown = _overview(session, _case(session, case_id))
        problem = [{"words": str(error), "anchor": anchor}]
        return render_template(
            "cases/show.html", **{**shown, "typed": request.form, "page_errors": problem}
        )


def _overview(session: Session, case: Case) -> dict[str, Any]:
    timer = review_timer(session, case)
    return {
        **_frame(session, case),
        "journeys": journeys(session, case.id),
        "tasks": work.open_tasks(session, case.id, current_user().id),
        "incidents": work.open_incidents(session, case.id),
        "expired_messages": expired(session, case_id=case.id),
        "startable": startable(session, case, current_user()),
        "plan": current_plan(session, case.id),
        "review_timer": timer,
        "latest_review": latest_review_day(session, case) if timer else None,
        "latest": chronology(session, case, size=6).events,
        "today": clock.today(),
        "stages": STAGES,
        **WORDS,
    }


@bp.get("/cases/<int:case_id>/record")
@requires(Permission.CASE_READ)
def record(case_id: int) -> ResponseReturnValue:
    with reading() as session:
        case = _case(session, case_id)
        return render_template("cases/record.html", **_record(session, case))


def record_again(case_id: int, error: InvalidInput, anchor: str) -> str:
    """The record page with what was typed on it and what is wrong with that."""
    with reading() as session:
        shown = _record(session, _case(session, case_id))
        problem = [{"words": str(error), "anchor": anchor}]
        return render_template(
            "cases/record.html", **{**shown, "typed": request.form, "page_errors": problem}
        )


def _record(session: Session, case: Case) -> dict[str, Any]:
    return {
        **_frame(session, case),
        "record": record_of(session, case),
        "can_withdraw": can_withdraw(session, case),
        **WORDS,
    }


@bp.get("/cases/<int:case_id>/plan")
@requires(Permission.CASE_READ)
def plan(case_id: int) -> ResponseReturnValue:
    """The family's plan as one sheet, made to be printed and given to them."""
    with reading() as session:
        case = _case(session, case_id)
        current = current_plan(session, case.id)
        owners = {a.owner_id for a in current.actions if a.owner_id} if current else set()
        return render_template(
            "cases/plan.html",
            **_frame(session, case),
            plan=current,
            names=names_of(session, owners),
        )


@bp.get("/cases/<int:case_id>/chronology")
@requires(Permission.CASE_READ)
def history(case_id: int) -> ResponseReturnValue:
    kinds = frozenset(request.args.getlist("kind")) & frozenset(EVENT_KINDS)
    before = _moment(request.args.get("before"))
    with reading() as session:
        case = _case(session, case_id)
        page = chronology(session, case, kinds=kinds, before=before)
        frame = _frame(session, case)
    earlier = page.earlier.isoformat() if page.earlier else None
    return render_template(
        "cases/chronology.html",
        **frame,
        page=page,
        kinds=EVENT_KINDS,
        chosen=kinds,
        next_url=url_for("cases.history", case_id=case_id, kind=sorted(kinds), before=earlier)
        if earlier
        else "",
        today=clock.today(),
        note={},
        **WORDS,
    )


@bp.post("/cases/<int:case_id>/notes")
@requires(Permission.TASK_COMPLETE)
def write_note(case_id: int) -> ResponseReturnValue:
    user = current_user()
    try:
        with transaction() as session:
            case = _case(session, case_id)
            add_note(
                session,
                case,
                user,
                kind=request.form.get("kind", ""),
                text=request.form.get("text", ""),
                happened_on=_day(),
            )
    except NoteRefused as error:
        return _note_as_typed(case_id, error), 422
    flash("Your note is in the chronology.", "success")
    return redirect(url_for("cases.history", case_id=case_id))


def _note_as_typed(case_id: int, error: NoteRefused) -> str:
    with reading() as session:
        case = _case(session, case_id)
        return render_template(
            "cases/chronology.html",
            **_frame(session, case),
            page=chronology(session, case),
            kinds=EVENT_KINDS,
            chosen=frozenset(),
            next_url="",
            today=clock.today(),
            note=request.form,
            page_errors=[{"words": str(error), "anchor": error.field}],
            **WORDS,
        )


@bp.get("/cases/<int:case_id>/diagram/<int:version_id>.bpmn")
@requires(Permission.CASE_READ)
def diagram(case_id: int, version_id: int) -> ResponseReturnValue:
    """A diagram as it was when this case started on it; only versions the case is pinned to."""
    with reading() as session:
        xml = work.pinned_xml(session, _case(session, case_id), version_id)
    return Response(xml, mimetype="application/xml")


def _case(session: Session, case_id: int) -> Case:
    return visible_case(session, Viewer.of(current_user()), case_id)


def _frame(session: Session, case: Case) -> dict[str, Any]:
    """What every page of a case shows around its content."""
    facts: KeyFacts = key_facts(session, case)
    return {
        "case": case,
        "facts": facts,
        "harm_url": url_for("cases.harm", case_id=case.id),
        "typed": {},
    }


def _day() -> date | None:
    """A date from three boxes, or from one (``happened_on``)."""
    parts = [request.form.get(f"happened_on-{part}", "") for part in ("year", "month", "day")]
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, OverflowError):
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except (ValueError, OverflowError):
        return None
    # years at the ends of the calendar cannot be told in another zone
    sensible = moment is not None and moment.tzinfo is not None and 1900 < moment.year < 3000
    return moment if sensible else None
