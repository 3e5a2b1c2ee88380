"""Administration of people: who may sign in, in which role, where."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import administer
from app.accounts.administer import PersonAnswers
from app.db import reading, transaction
from app.identity import people as directory
from app.identity import sessions
from app.identity.models import User
from app.identity.permissions import Permission, Role
from app.web.access import current_user, requires
from app.web.installation import settings

bp = Blueprint(
    "administration", __name__, template_folder="templates", url_prefix="/administration"
)
PAGE = 50


@bp.get("/people")
@requires(Permission.USERS_MANAGE)
def people() -> ResponseReturnValue:
    start = max(0, request.args.get("start", 0, type=int))
    with reading() as session:
        found = directory.search(session, start=start, size=PAGE)
        areas = {area.id: area.name for area in directory.areas(session)}
    return render_template(
        "accounts/people.html", found=found, areas=areas, start=start, size=PAGE, text=""
    )


@bp.post("/people/search")
@requires(Permission.USERS_MANAGE)
def search() -> ResponseReturnValue:
    """A POST, because names do not belong into addresses and their logs."""
    text = request.form.get("text", "")[:100]
    with reading() as session:
        found = directory.search(session, text, size=200)
        areas = {area.id: area.name for area in directory.areas(session)}
    return render_template(
        "accounts/people.html", found=found, areas=areas, start=0, size=200, text=text
    )


@bp.get("/people/new")
@requires(Permission.USERS_MANAGE)
def new() -> ResponseReturnValue:
    return _form(None, PersonAnswers())


@bp.post("/people/new")
@requires(Permission.USERS_MANAGE)
def create() -> ResponseReturnValue:
    answers = _answers()
    with transaction() as session:
        errors = administer.problems(session, answers)
        made = None if errors else administer.create_person(session, answers, by=current_user())
    if made is None:
        return _form(None, answers, errors), 422
    return _link_page(*made)


@bp.get("/people/<int:user_id>")
@requires(Permission.USERS_MANAGE)
def person(user_id: int) -> ResponseReturnValue:
    with reading() as session:
        user = directory.get_user(session, user_id)
    return _form(user, PersonAnswers.of(user))


@bp.post("/people/<int:user_id>")
@requires(Permission.USERS_MANAGE)
def change(user_id: int) -> ResponseReturnValue:
    answers = _answers()
    with transaction() as session:
        user = directory.get_user(session, user_id)
        errors = administer.problems(session, answers, user_id=user_id)
        if not errors:
            administer.change_person(session, user_id, answers, by=current_user())
    if errors:
        return _form(user, answers, errors), 422
    flash(f"{user.name} is saved.")
    return redirect(url_for("administration.people"))


@bp.post("/people/<int:user_id>/off")
@requires(Permission.USERS_MANAGE)
def switch_off(user_id: int) -> ResponseReturnValue:
    with transaction() as session:
        user = administer.switch(session, user_id, on=False, by=current_user())
    flash(f"{user.name} can no longer sign in and has been signed out everywhere.")
    return redirect(url_for("administration.person", user_id=user_id))


@bp.post("/people/<int:user_id>/on")
@requires(Permission.USERS_MANAGE)
def switch_on(user_id: int) -> ResponseReturnValue:
    with transaction() as session:
        user = administer.switch(session, user_id, on=True, by=current_user())
    flash(f"{user.name} can sign in again.")
    return redirect(url_for("administration.person", user_id=user_id))


@bp.post("/people/<int:user_id>/sign-out")
@requires(Permission.USERS_MANAGE)
def end_sessions(user_id: int) -> ResponseReturnValue:
    with transaction() as session:
        administer.end_sessions(session, user_id, by=current_user())
    flash("Signed out everywhere.")
    return redirect(url_for("administration.person", user_id=user_id))


@bp.post("/people/<int:user_id>/link")
@requires(Permission.USERS_MANAGE)
def make_link(user_id: int) -> ResponseReturnValue:
    with transaction() as session:
        user, secret = administer.link_for(session, user_id, by=current_user())
    return _link_page(user, secret)


def _answers() -> PersonAnswers:
    form = request.form
    return PersonAnswers(
        name=form.get("name", "").strip(),
        sign_in_name=form.get("sign_in_name", "").strip().lower(),
        email=form.get("email", "").strip().lower(),
        job_title=form.get("job_title", "").strip(),
        agency=form.get("agency", "").strip(),
        team_id=form.get("team_id", None, type=int),
        roles=frozenset(form.getlist("roles")),
        area_ids=frozenset(form.getlist("area_ids")),
        locality_ids=frozenset(form.getlist("locality_ids")),
    )


def _form(user: User | None, answers: PersonAnswers, errors: dict[str, str] | None = None) -> str:
    with reading() as session:
        live = sessions.of_user(session, user.id) if user else []
        areas = {area.id: area.name for area in directory.areas(session)}
        places = [
            (place.id, f"{areas.get(place.area_id, '')}: {place.name}")
            for place in directory.localities(session)
        ]
        return render_template(
            "accounts/person.html",
            user=user,
            answers=answers,
            errors=errors or {},
            roles=[(role.value, role.label) for role in Role],
            areas=list(areas.items()),
            localities=sorted(places, key=lambda place: place[1]),
            teams=directory.teams(session),
            live_sessions=len(live),
        )


def _link_page(user: User, secret: str) -> str:
    path = url_for("password.choose", secret=secret)
    link = settings().public_url.rstrip("/") + path
    return render_template("accounts/link.html", user=user, link=link)
