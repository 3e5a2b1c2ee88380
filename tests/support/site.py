"""A browser for tests: sends what real ones send, and the token of the form it posts."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app.db import transaction
from app.identity.models import User
from app.identity.sessions import open_session


class SiteClient(FlaskClient):
    """``post(..., csrf=False)`` leaves the form's token out."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        if kwargs.get("method", "GET") not in ("GET", "HEAD", "OPTIONS"):
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("Sec-Fetch-Site", "same-origin")
            if csrf:
                headers.setdefault("X-CSRFToken", self.csrf_token())
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)

    def csrf_token(self) -> str:
        """What ``csrf_token()`` would put into a form for this browser."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", "f" * 40)
        secret = str(self.application.secret_key)
        serializer = URLSafeTimedSerializer(secret, salt="wtf-csrf-token")
        return str(serializer.dumps(raw))


def client_for(app: Flask, user: User | None = None) -> SiteClient:
    """A new browser, signed in as ``user`` if one is given."""
    client = SiteClient(app, app.response_class, use_cookies=True)
    if user is not None:
        with transaction() as session:
            token = open_session(session, user, device="Firefox on Linux")
        name = "__Host-session" if app.config["SESSION_COOKIE_SECURE"] else "session_id"
        client.set_cookie(name, token, secure=app.config["SESSION_COOKIE_SECURE"])
    return client
