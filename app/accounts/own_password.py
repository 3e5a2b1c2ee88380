"""Choosing a password of one's own."""

from sqlalchemy.orm import Session

from app.audit.record import record
from app.errors import InvalidInput
from app.identity import links, passwords, sessions
from app.identity.models import User
from app.identity.people import get_user


class PasswordsDiffer(InvalidInput):
    """The two passwords are not the same. Type the new one again."""


def check_choice(user: User, password: str, repeated: str) -> None:
    """Refuse a password that is mistyped or too easy to guess.

    Raises:
        PasswordsDiffer: typed differently the second time.
        PasswordNotAccepted: the message says what to change.
    """
    about = (user.sign_in_name, user.email.split("@", maxsplit=1)[0], *user.name.split())
    passwords.check(password, about=about)
    if password != repeated:
        raise PasswordsDiffer


def choose_by_link(session: Session, secret: str, password_hash: str) -> User:
    """Spend a link on a new password. Ends every session of the person.

    Raises:
        LinkNotValid: used, or too old.
    """
    user = links.use_link(session, secret)
    _store(session, user, password_hash, how="link")
    return user


def change(session: Session, user_id: int, password_hash: str) -> User:
    """Replace a password whose owner has just typed the old one. Ends every session."""
    user = get_user(session, user_id)
    _store(session, user, password_hash, how="profile")
    return user


def _store(session: Session, user: User, password_hash: str, *, how: str) -> None:
    user.password_hash = password_hash
    sessions.end_all(session, user.id)
    record(session, actor=user.actor, action="password.changed", detail={"how": how})
