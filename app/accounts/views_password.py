"""The page a one-time link opens: choosing a password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.own_password import check_choice, choose_by_link
from app.db import reading, transaction
from app.errors import InvalidInput
from app.identity import links, passwords
from app.web.access import public

bp = Blueprint("password", __name__, template_folder="templates", url_prefix="/choose-password")


@bp.get("/<secret>")
@public
def choose(secret: str) -> ResponseReturnValue:
    """Only looks: programs that preview links must not spend them."""
    with reading() as session:
        user = links.owner_of(session, secret)
    return render_template("accounts/choose_password.html", user=user)


@bp.post("/<secret>")
@public
def store(secret: str) -> ResponseReturnValue:
    with reading() as session:
        user = links.owner_of(session, secret)
    password = request.form.get("password", "")
    try:
        check_choice(user, password, request.form.get("repeated", ""))
    except InvalidInput as problem:
        page = render_template("accounts/choose_password.html", user=user, error=str(problem))
        return page, 422
    password_hash = passwords.hashed(password)
    with transaction() as session:
        choose_by_link(session, secret, password_hash)
    flash("Your password is set. Sign in with it.")
    return redirect(url_for("accounts.sign_in"))
