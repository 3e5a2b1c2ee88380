"""A form can only be sent from our own pages: a token in it, and the browser's word for it."""

from flask import Flask, request
from flask_wtf import CSRFProtect

from app.errors import NotAllowed

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class SentFromElsewhere(NotAllowed):
    """This request came from another website, so we did not do it."""


def register(app: Flask) -> None:
    """Check the token on everything that is not reading. Nothing is exempt."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,  # as long as the browser is open; a slow writer is no attacker
        WTF_CSRF_SSL_STRICT=False,  # the check below also works when no Referer is sent
    )
    CSRFProtect(app)


def refuse_other_sites() -> None:
    """Refuse to change anything for a request another site started.

    Raises:
        SentFromElsewhere: the browser says so.
    """
    if request.method not in READING and not came_from_here(unknown=True):
        raise SentFromElsewhere


def came_from_here(*, unknown: bool = False) -> bool:
    """Whether the browser vouches that one of our own pages (or the person) sent this.

    Args:
        unknown: the answer for old browsers, which say nothing either way.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == request.host_url.rstrip("/")
    return unknown
