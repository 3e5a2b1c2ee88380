"""Gives people back what they typed when a page can no longer be sent as it is.

When a session has run out, or a form's token is no longer good, the fields of the refused
request travel inside the next page, sealed with the site's key, so that only the same person
can send them again, to the same address. Nothing is stored on the server.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer

from app.web.csrf import came_from_here
from app.web.installation import settings

MAX_AGE_SECONDS = 12 * 60 * 60
#: Never carried: secrets, and what every new page brings itself.
LEFT_OUT = re.compile(r"password|secret|csrf_token|^kept$", re.IGNORECASE)
#: It has to fit into the sign-in form, beside the rest (see ``app.web.guard.LONGEST_FORM``).
LONGEST = 900_000
#: The field that carries it through the sign-in page.
FIELD = "kept"


@dataclass(frozen=True)
class Kept:
    """One refused POST."""

    path: str
    #: Which view it was for, and the parts of its address.
    endpoint: str
    parts: Mapping[str, Any]
    fields: tuple[tuple[str, str], ...]


def keep(user_id: int) -> str | None:
    """Seal this request's fields for one person; None when there is nothing safe to keep.

    Only what one of our own pages sent is kept: another site must not be able to lay words
    into somebody's mouth.
    """
    found = sent()
    if found is None:
        return None
    where = [found.path, found.endpoint, found.parts]
    sealed = str(_seal().dumps([user_id, *where, found.fields]))
    return sealed if len(sealed) <= LONGEST else None


def sent() -> Kept | None:
    """What one of our own pages has just sent; None when it is nobody's form, or empty."""
    if request.method != "POST" or not request.form or not came_from_here():
        return None
    fields = tuple(
        (name, value) for name, value in request.form.items(multi=True) if not LEFT_OUT.search(name)
    )
    if not fields:
        return None
    return Kept(request.path, request.endpoint or "", request.view_args or {}, fields)


def unsealed(sealed: str, *, user_id: int) -> Kept | None:
    """What was kept for this person; None when it is for somebody else, too old, or not ours."""
    try:
        owner_id, path, endpoint, parts, fields = _seal().loads(sealed, max_age=MAX_AGE_SECONDS)
    except BadData:
        return None
    if owner_id != user_id:
        return None
    return Kept(path, endpoint, parts, tuple((name, value) for name, value in fields))


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="kept fields")
