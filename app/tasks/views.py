"""The task inbox: four lists, filters, taking on, giving back and handing over."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.cases.stages import stage_choices, stage_name, stage_position
from app.cases.visible import Viewer
from app.db import reading, transaction
from app.identity.people import localities
from app.identity.permissions import Permission
from app.identity.searches import remember_search, remembered_search
from app.tasks import inbox as lists
from app.tasks import why
from app.tasks.assignment import claim as take_on
from app.tasks.assignment import reassign as hand_over
from app.tasks.assignment import release as give_back
from app.tasks.paging import Cursor, Order
from app.tasks.policy import open_task
from app.tasks.upcoming import upcoming
from app.web.access import current_user, requires, session_id
from app.web.dates import long_date

bp = Blueprint("tasks", __name__, url_prefix="/tasks", template_folder="templates")

LISTS = {"mine": lists.mine, "team": lists.team, "waiting": lists.waiting}
NAMES = {
    "mine": "Mine",
    "team": "My team’s",
    "waiting": "Waiting for others",
    "coming": "Coming up",
}
EMPTY = {
    "mine": ("You are up to date", "New tasks show here."),
    "team": ("Nothing waits to be taken on", "Work for your team that nobody holds shows here."),
    "waiting": ("Nobody else is holding your families up", "Steps others have to take show here."),
}
SEARCH = "inbox"


@bp.get("")
@requires(Permission.TASK_READ)
def inbox() -> ResponseReturnValue:
    asked = request.args.get("tab")
    viewer = Viewer.of(current_user())
    if asked == "coming":
        return _coming_up(viewer)
    with reading() as session:
        filters = _filters(remembered_search(session, session_id(), SEARCH))
        counts = lists.counts(session, viewer)
        tab = asked if asked in LISTS else _tab_with_work(counts)
        page = LISTS[tab](session, viewer, filters)
        first_look = tab == "mine" and not filters.narrowed and filters.after is None
        returned = lists.sent_back(session, viewer) if first_look else ()
        places = [(place.id, place.name) for place in localities(session, viewer.areas)]
    return render_template(
        "tasks/inbox.html",
        tab=tab,
        tab_items=_tabs(tab, counts),
        summary=_summary(counts),
        caption=NAMES[tab],
        headings=_headings(tab, filters),
        page=page,
        sent_back=returned,
        filters=filters,
        localities=places,
        stages=stage_choices(),
        stage_name=stage_name,
        stage_position=stage_position,
        why=why.why_takeable if tab == "team" else why.why_mine,
        whose=why.whose,
        first_url=_here(tab, after=None) if filters.after else "",
        next_url=_here(tab, after=str(page.following)) if page.following else "",
        empty=_empty(tab, counts),
    )


@bp.post("/narrow")
@requires(Permission.TASK_READ)
def narrow() -> ResponseReturnValue:
    """Filters go into the address; the name searched for must not, so it is remembered."""
    with transaction() as session:
        remember_search(session, session_id(), SEARCH, request.form.get("text", ""))
    chosen = {name: request.form.get(name) for name in ("locality", "stage", "due", "kind")}
    kept: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return redirect(url_for("tasks.inbox", tab=request.args.get("tab", "mine"), **kept))


@bp.get("/clear")
@requires(Permission.TASK_READ)
def clear() -> ResponseReturnValue:
    with transaction() as session:
        remember_search(session, session_id(), SEARCH, "")
    return redirect(url_for("tasks.inbox", tab=request.args.get("tab", "mine")))


@bp.post("/<int:task_id>/claim")
@requires(Permission.TASK_COMPLETE)
def claim(task_id: int) -> ResponseReturnValue:
    user = current_user()
    with transaction() as session:
        task = open_task(session, user, task_id)
        take_on(session, task, user)
        name = task.name
    flash(f"“{name}” is yours now.", "success")
    return redirect(url_for("tasks.show", task_id=task_id))


@bp.post("/<int:task_id>/release")
@requires(Permission.TASK_COMPLETE)
def release(task_id: int) -> ResponseReturnValue:
    user = current_user()
    with transaction() as session:
        task = open_task(session, user, task_id)
        give_back(session, task, user)
        name = task.name
    flash(f"“{name}” is back in your team’s list. What you typed is kept with it.", "success")
    return redirect(url_for("tasks.inbox"))


@bp.post("/<int:task_id>/reassign")
@requires(Permission.TASK_COMPLETE)
def reassign(task_id: int) -> ResponseReturnValue:
    user = current_user()
    with transaction() as session:
        task = open_task(session, user, task_id)
        receiver = hand_over(session, task, user, request.form.get("to", type=int))
        said = f"“{task.name}” is with {receiver.name} now."
    flash(said, "success")
    return redirect(url_for("tasks.inbox"))


def _tab_with_work(counts: lists.Counts) -> str:
    """Whoever holds nothing starts with what their team could take on."""
    return "team" if counts.team and not counts.mine else "mine"


def _empty(tab: str, counts: lists.Counts) -> tuple[str, ...]:
    """Words for an empty list; when another list has work, with the way there."""
    title, text = EMPTY[tab]
    match tab:
        case "mine" if counts.team:
            wait = "task waits" if counts.team == 1 else "tasks wait"
            title, said = "You hold no task", f"{_capped(counts.team)} {wait} in your team’s list."
            return title, said, "See what you could take on", url_for("tasks.inbox", tab="team")
        case "team" if counts.mine:
            hold = "1 task" if counts.mine == 1 else f"{_capped(counts.mine)} tasks"
            return title, text, f"Go to your own {hold}", url_for("tasks.inbox", tab="mine")
    return title, text


def _coming_up(viewer: Viewer) -> ResponseReturnValue:
    with reading() as session:
        rows = upcoming(session, viewer)
        counts = lists.counts(session, viewer)
    return render_template("tasks/upcoming.html", rows=rows, tab_items=_tabs("coming", counts))


def _filters(text: str) -> lists.Filters:
    asked = request.args
    order = asked.get("sort", "")
    return lists.Filters(
        locality=asked.get("locality", ""),
        stage=asked.get("stage", ""),
        kind=asked.get("kind", ""),
        due=asked.get("due", ""),
        text=text,
        order=Order(order) if order in set(Order) else Order.DUE,
        descending=asked.get("down") == "1",
        after=Cursor.read(asked.get("after")),
    )


def _here(tab: str, **changes: str | None) -> str:
    """The address of this list as it is narrowed and sorted now, with some things changed."""
    names = ("locality", "stage", "kind", "due", "sort", "down")
    kept: dict[str, Any] = {name: request.args.get(name) for name in names}
    return url_for("tasks.inbox", tab=tab, **{**kept, **changes})


def _headings(tab: str, filters: lists.Filters) -> list[Any]:
    def sortable(text: str, order: Order) -> dict[str, str | None]:
        current = filters.order is order
        down = current and not filters.descending
        direction = "descending" if filters.descending else "ascending"
        return {
            "text": text,
            "url": _here(tab, sort=order, down="1" if down else None, after=None),
            "sorted": direction if current else None,
        }

    return [
        "Task",
        sortable("Family", Order.FAMILY),
        "Locality",
        "Stage",
        sortable("Due", Order.DUE),
        "With" if tab == "waiting" else "Action",
    ]


def _tabs(current: str, counts: lists.Counts) -> list[dict[str, Any]]:
    numbers = {"mine": _capped(counts.mine), "team": _capped(counts.team)}
    return [
        {
            "text": name,
            "url": url_for("tasks.inbox", tab=tab),
            "current": tab == current,
            "count": numbers.get(tab),
        }
        for tab, name in NAMES.items()
    ]


def _capped(number: int) -> str:
    return f"{lists.COUNT_CAP - 1}+" if number >= lists.COUNT_CAP else str(number)


def _summary(counts: lists.Counts) -> str:
    parts = [long_date(clock.today())]
    if counts.overdue:
        parts.append(f"{_capped(counts.overdue)} overdue")
    if counts.today:
        parts.append(f"{_capped(counts.today)} due today")
    if not counts.overdue and not counts.today:
        parts.append("nothing due today" if counts.mine else "you hold no task")
    return ", ".join(parts)
