"""One's own account: who one is here, where one is signed in, one's password."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.authenticate import authenticate
from app.accounts.own_password import change, check_choice
from app.audit.record import record
from app.db import reading, transaction
from app.errors import InvalidInput, SignInNeeded
from app.identity import passwords, people, sessions
from app.identity.permissions import Permission
from app.web.access import SignedIn, current_user, requires, signed_in
from app.web.sessions import device, send_token

bp = Blueprint("profile", __name__, template_folder="templates", url_prefix="/profile")
WRONG = "That is not your present password."


@bp.get("")
@requires(Permission.ACCOUNT_OWN)
def show() -> ResponseReturnValue:
    user = current_user()
    with reading() as session:
        areas = [area.name for area in people.areas(session) if area.id in user.area_ids]
        places = [p.name for p in people.localities(session) if p.id in user.locality_ids]
        mine = sessions.of_user(session, user.id)
    return render_template(
        "accounts/profile.html",
        user=user,
        roles=sorted(role.label for role in user.roles),
        areas=areas,
        localities=places,
        sessions=mine,
        this_session=_visitor().session.id,
    )


@bp.post("/sessions/end")
@requires(Permission.ACCOUNT_OWN)
def end_session() -> ResponseReturnValue:
    """End one of one's own sessions, or all others when none is named."""
    user, named = current_user(), request.form.get("session", "")
    with transaction() as session:
        if named:
            sessions.end(session, named, user_id=user.id)
        else:
            sessions.end_all(session, user.id, keep=[_visitor().session.id])
        record(session, actor=user.actor, action="session.ended", detail={"from": "profile"})
    flash("Signed out there.")
    return redirect(url_for("profile.show"))


@bp.get("/password")
@requires(Permission.ACCOUNT_OWN)
def password() -> ResponseReturnValue:
    return render_template("accounts/change_password.html", user=current_user(), errors={})


@bp.post("/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """Ends all sessions, this one too, and goes on with a new one."""
    user, wanted = current_user(), request.form.get("password", "")
    errors = _password_errors(wanted)
    if errors:
        page = render_template("accounts/change_password.html", user=user, errors=errors)
        return page, 422
    password_hash = passwords.hashed(wanted)
    with transaction() as session:
        changed = change(session, user.id, password_hash)
        token = sessions.open_session(session, changed, device=device(request.user_agent.string))
    flash("Your password is changed. You are signed out everywhere else.")
    return send_token(make_response(redirect(url_for("profile.show"))), token)


def _password_errors(wanted: str) -> dict[str, str]:
    user = current_user()
    try:
        check_choice(user, wanted, request.form.get("repeated", ""))
    except InvalidInput as problem:
        return {"password": str(problem)}
    present = request.form.get("present_password", "")
    known = authenticate(user.sign_in_name, present, address=request.remote_addr or "")
    return {} if known is not None else {"present_password": WRONG}


def _visitor() -> SignedIn:
    visitor = signed_in()
    if visitor is None:
        raise SignInNeeded
    return visitor
