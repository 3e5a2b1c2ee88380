"""Lets a request through to its view, or not. Deny by default: an unmarked view is closed."""

from flask import Flask, request

from app.errors import NotAllowed, SignInNeeded
from app.web.access import signed_in
from app.web.csrf import refuse_other_sites

#: Bytes of a plain form. Flask's own limit for fields covers forms with files only.
LONGEST_FORM = 1024 * 1024


def register(app: Flask) -> None:
    @app.before_request
    def check_access() -> None:
        if request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = LONGEST_FORM
        refuse_other_sites()
        view = app.view_functions.get(request.endpoint or "")
        if view is None or getattr(view, "is_public", False):
            return
        visitor = signed_in()
        if visitor is None:
            raise SignInNeeded
        permission = getattr(view, "required_permission", None)
        if permission is None or not visitor.user.may(permission):
            raise NotAllowed
