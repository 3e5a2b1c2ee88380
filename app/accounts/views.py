"""Signing in and out."""

from urllib.parse import urlsplit

import flask
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.authenticate import authenticate
from app.accounts.choose import people_to_choose
from app.audit.record import record
from app.db import reading, transaction
from app.errors import NotFound, SignInNeeded
from app.identity import sessions
from app.identity.models import User
from app.identity.people import get_user
from app.identity.sessions import State
from app.web import kept
from app.web.access import public, signed_in
from app.web.errors import Words, error_page, wants_json
from app.web.installation import settings
from app.web.reading_back import read_back
from app.web.sessions import device, forget_token, recognise, send_token, signed_out_visitor

bp = Blueprint("accounts", __name__, template_folder="templates")
WRONG = "That sign-in name and password do not go together. Check both and try again."
#: Why somebody has to sign in again. The words after it tell where what they typed is.
WHY_ENDED = {
    State.EXPIRED: "You had not used the service for a while, so we signed you out to keep "
    "families’ details safe.",
    State.ENDED: "You were signed out from another browser, or by an administrator.",
}
TYPED_IS_KEPT = "What you had typed was not sent, but it is kept in this page."


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if signed_in() is not None:
        return redirect(relative(request.args.get("next", "")))
    why = next((state for state in WHY_ENDED if state.value == request.args.get("ended")), None)
    words = _why(why, "", "Sign in to go on where you were.") if why is not None else None
    return _sign_in_page(next=request.args.get("next", ""), words=words)


@bp.post("/sign-in")
@public
def check_password() -> ResponseReturnValue:
    name, password = request.form.get("sign_in_name", ""), request.form.get("password", "")
    user = authenticate(name, password, address=request.remote_addr or "")
    if user is None:
        page = _sign_in_page(
            next=request.form.get("next", ""),
            kept=request.form.get(kept.FIELD, ""),
            name=name,
            error=WRONG,
        )
        return page, 422
    return _let_in(user, how="password")


@bp.post("/demo/sign-in")
@public
def choose_person() -> ResponseReturnValue:
    """One click; only where all families are made up."""
    if not settings().demo_mode:
        raise NotFound
    with reading() as session:
        user = get_user(session, request.form.get("user_id", 0, type=int))
    if not user.is_active:
        raise NotFound
    return _let_in(user, how="demonstration")


@bp.app_errorhandler(SignInNeeded)
def sign_in_needed(error: SignInNeeded) -> ResponseReturnValue:
    """Ask somebody to sign in, and bring them back: to the page, or to what they were sending."""
    if wants_json():
        return error_page(401, message=str(error))
    before = signed_out_visitor()
    if request.method in ("GET", "HEAD"):
        path = request.full_path.rstrip("?")
        ended = before[0].value if before is not None else None
        return redirect(url_for("accounts.sign_in", next=path, ended=ended))
    sealed = kept.keep(before[1]) if before is not None else None
    if before is None or sealed is None:
        return error_page(401)
    to_do = "Sign in again on this page and you can send it."
    return _sign_in_page(kept=sealed, words=_why(before[0], TYPED_IS_KEPT, to_do)), 401


def _why(state: State, kept_where: str, to_do: str) -> Words:
    return Words("You were signed out", f"{WHY_ENDED[state]} {kept_where}".strip(), to_do)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    visitor = signed_in()
    if visitor is not None:
        with transaction() as session:
            sessions.end(session, visitor.session.id, user_id=visitor.user.id)
            record(session, actor=visitor.user.actor, action="session.ended")
    flask.session.clear()
    flash("You are signed out.")
    return forget_token(flask.make_response(redirect(url_for("accounts.sign_in"))))


def relative(path: str) -> str:
    """``path`` if it leads to a page of this site, else the start page."""
    parts = urlsplit(path)
    odd = "\\" in path or any(ord(letter) < 33 for letter in path)
    if odd or parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return url_for("start")
    return path


def _sign_in_page(**given: object) -> str:
    choices = []
    if settings().demo_mode:
        with reading() as session:
            choices = people_to_choose(session)
    return render_template("accounts/sign_in.html", choices=choices, **given)


def _let_in(user: User, *, how: str) -> ResponseReturnValue:
    """A new token at each sign-in, so that one planted before is worth nothing."""
    before = signed_in()
    with transaction() as session:
        if before is not None:
            sessions.end(session, before.session.id, user_id=before.user.id)
        token = sessions.open_session(session, user, device=device(request.user_agent.string))
        record(session, actor=user.actor, action="session.started", detail={"how": how})
    flask.session.clear()
    g.pop("csrf_token", None)
    again = kept.unsealed(request.form.get(kept.FIELD, ""), user_id=user.id)
    if again is not None:
        recognise(token)
        return send_token(
            flask.make_response(
                render_template("errors/send_again.html", kept=again, typed=read_back(again))
            ),
            token,
        )
    if request.form.get(kept.FIELD):
        flash("What was typed before belongs to another person, so it was thrown away.")
    target = relative(request.form.get("next", ""))
    return send_token(flask.make_response(redirect(target)), token)
