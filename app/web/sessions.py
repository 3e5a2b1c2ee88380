"""Which browser is asking: a random token in a cookie, everything else in the database."""

import re

from flask import Flask, Request, Response, g
from flask_login import LoginManager

from app.config import Settings
from app.db import reading, transaction
from app.identity import sessions
from app.identity.sessions import Found, State
from app.web.access import SignedIn
from app.web.installation import settings

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def register(app: Flask, installed: Settings) -> None:
    """Let Flask-Login find out who is there, from our own rows."""
    manager = LoginManager(app)
    manager.session_protection = None  # the token is the protection; addresses change
    name = cookie_name(installed)

    @manager.request_loader
    def load(request: Request) -> SignedIn | None:
        token = request.cookies.get(name, "")
        return _visitor(token) if token else None


def cookie_name(installed: Settings) -> str:
    """``__Host-`` makes browsers refuse the cookie from any other host or without HTTPS."""
    return "__Host-session" if installed.secure_cookies else "session_id"


def _visitor(token: str) -> SignedIn | None:
    with reading() as session:
        found = sessions.find(session, token)
    g.found_session = found
    if found.state is not State.LIVE or found.session is None:
        return None
    if sessions.needs_touch(found.session):
        with transaction() as session:
            sessions.touch(session, found.session.id)
    return SignedIn(found.session)


def recognise(token: str) -> None:
    """Show the rest of this request as the person who has just signed in with a new token."""
    g._login_user = _visitor(token)  # noqa: SLF001  Flask-Login offers no other way


def signed_out_visitor() -> tuple[State, int] | None:
    """How the session of this browser ended and whose it was; None when there was none."""
    found: Found | None = g.get("found_session")
    if found is None or found.session is None or found.state is State.LIVE:
        return None
    return found.state, found.session.user_id


def send_token(response: Response, token: str) -> Response:
    """Put a new token into the browser. It ends with the browser, and with the row at the latest."""
    installed = settings()
    response.set_cookie(
        cookie_name(installed),
        token,
        secure=installed.secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget_token(response: Response) -> Response:
    """Remove the cookie, and what the browser has kept of our pages."""
    installed = settings()
    response.delete_cookie(
        cookie_name(installed),
        secure=installed.secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def device(user_agent: str) -> str:
    """Browser and system in two words; enough for people to recognise their own."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    if not browser and re.search(r"Version/.*Safari", user_agent):
        browser = "Safari"
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return " on ".join(word for word in (browser or "A browser", system) if word)
