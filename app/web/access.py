"""Who may call a view. Every view is marked; ``app.web.guard`` enforces the mark on each request."""

from collections.abc import Callable
from typing import Any, TypeVar

import flask_login
from flask import request
from flask_login import UserMixin

from app.errors import SignInNeeded
from app.identity.models import User, UserSession
from app.identity.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(UserMixin):
    """A signed-in browser, as Flask-Login knows it."""

    def __init__(self, session: UserSession) -> None:
        self.session = session
        self.user = session.user

    def get_id(self) -> str:
        return self.session.id


def requires(permission: Permission) -> Callable[[View], View]:
    """Only for signed-in people with this permission. Put it directly below the route."""

    def mark(view: View) -> View:
        view.required_permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """For everybody, signed in or not."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def editor_page(view: View) -> View:
    """The page carries a drawing editor, whose shapes need ``style`` attributes."""
    view.is_editor_page = True  # type: ignore[attr-defined]
    return view


def signed_in() -> SignedIn | None:
    """The signed-in browser of this request, or None."""
    visitor = flask_login.current_user._get_current_object()  # noqa: SLF001  the proxy's only way
    return visitor if isinstance(visitor, SignedIn) else None


def current_user() -> User:
    """The person signed in, detached from any session but complete with roles and places.

    Raises:
        SignInNeeded: nobody is; cannot happen in a view that ``requires`` a permission.
    """
    visitor = signed_in()
    if visitor is None:
        raise SignInNeeded
    return visitor.user


def may(permission: Permission) -> bool:
    """For templates: whether the person looking at the page has a permission."""
    visitor = signed_in()
    return visitor is not None and visitor.user.may(permission)


def session_id() -> str:
    """The row of the signed-in browser.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    visitor = signed_in()
    if visitor is None:
        raise SignInNeeded
    return visitor.session.id


def sent_key() -> str | None:
    """The key of the form that was sent, good for this address only; None when it has none."""
    key = request.form.get("idempotency_key")
    return f"{request.path} {key}" if key else None
