"""Links that let a person choose a password: for the first sign-in, or after forgetting it."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound
from app.identity.models import SignInLink, User

VALID_FOR = timedelta(hours=24)


class LinkNotValid(NotFound):
    """This link has been used or is too old. Ask an administrator for a new one."""


def make_link(session: Session, user: User) -> str:
    """A new secret for the link; earlier links of this person stop working."""
    session.execute(delete(SignInLink).where(SignInLink.user_id == user.id))
    secret = secrets.token_urlsafe(32)
    session.add(SignInLink(id=_digest(secret), user_id=user.id, expires_at=clock.now() + VALID_FOR))
    return secret


def owner_of(session: Session, secret: str) -> User:
    """Whose link this is, without using it up: link previews must not spend it.

    Raises:
        LinkNotValid: unknown, used, too old, or the person was switched off.
    """
    user = session.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(
            SignInLink.id == _digest(secret),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > clock.now(),
            User.is_active,
        )
    )
    if user is None:
        raise LinkNotValid
    return user


def use_link(session: Session, secret: str) -> User:
    """Spend the link; of two at once only one succeeds.

    Raises:
        LinkNotValid: as for ``owner_of``.
    """
    user = owner_of(session, secret)
    spent = session.scalars(
        update(SignInLink)
        .where(SignInLink.id == _digest(secret), SignInLink.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(SignInLink.id)
    ).all()
    if not spent:
        raise LinkNotValid
    return user


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
