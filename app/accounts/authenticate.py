"""Finds out whether somebody is who they say, slowly enough for guessing to be no use."""

from app.audit.record import record
from app.db import reading, transaction
from app.errors import TooManyAttempts
from app.identity import passwords, throttle
from app.identity.models import User
from app.identity.people import by_sign_in_name, get_user

NOBODY = "system:sign-in"


def authenticate(name: str, password: str, *, address: str) -> User | None:
    """The person with this name and password; None when either is wrong (we never say which).

    Opens its own transactions, because hashing takes long and must hold no lock: the attempt
    is counted first, then checked, and a right one is taken off the count again.

    Raises:
        TooManyAttempts: for this account or from this address, for a while.
    """
    _count(name, address)
    with reading() as session:
        user = by_sign_in_name(session, name)
    if user is None or not user.is_active:
        passwords.matches(None, password)
        user = None
    elif not passwords.matches(user.password_hash, password):
        user = None
    with transaction() as session:
        if user is None:
            record(session, actor=NOBODY, action="sign_in.failed")
            return None
        throttle.succeeded(session, throttle.ACCOUNT, name)
        throttle.give_back(session, throttle.ADDRESS, address)
        current = get_user(session, user.id)
        if current.password_hash and passwords.is_outdated(current.password_hash):
            current.password_hash = passwords.hashed(password)
        return current


def _count(name: str, address: str) -> None:
    refused: TooManyAttempts | None = None
    with transaction() as session:
        try:
            throttle.admit(session, throttle.ADDRESS, address)
            throttle.admit(session, throttle.ACCOUNT, name)
        except TooManyAttempts as error:
            # the count must be kept, so the transaction ends well
            refused = error
            record(session, actor=NOBODY, action="sign_in.throttled")
    if refused is not None:
        raise refused
