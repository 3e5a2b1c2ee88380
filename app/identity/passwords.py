"""Passwords: what is accepted, how they are kept and checked."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import InvalidInput
from app.identity.common_passwords import is_common

SHORTEST = 15
LONGEST = 256
#: argon2id; about 0.15 s and 64 MiB each, so only a few at once.
HASHER = PasswordHasher()
_at_once = BoundedSemaphore(4)
#: Checked when nobody has that name, so that the answer takes as long.
_NOBODY = "a password nobody has chosen"
_nobody_hash: dict[PasswordHasher, str] = {}


class PasswordNotAccepted(InvalidInput):
    """Choose another password."""


def hashed(password: str) -> str:
    """The argon2id hash to store."""
    with _at_once:
        return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Takes as long when there is no hash to compare with."""
    known = password_hash or _hash_of_nobody()
    if len(password) > LONGEST:
        password = password[:LONGEST] + "x"  # never right, and bounded work
    try:
        with _at_once:
            HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(password_hash)


def check(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Refuse a password that is too easy to guess. No rules about kinds of characters.

    Args:
        password: as typed; nothing is trimmed or cut.
        about: words that belong to the person or the site and may not be most of it.

    Raises:
        PasswordNotAccepted: the message says what to change.
    """
    if len(password) < SHORTEST:
        raise PasswordNotAccepted(
            f"Your password must be {SHORTEST} characters or more. Three or four words work well."
        )
    if len(password) > LONGEST:
        raise PasswordNotAccepted(f"Your password must be {LONGEST} characters or fewer.")
    if is_common(password):
        raise PasswordNotAccepted("That password is one of the most used. Choose another one.")
    folded = password.lower()
    for word in (w.lower() for w in about if len(w) > 3):
        if word in folded and len(folded.replace(word, "")) < SHORTEST // 2:
            raise PasswordNotAccepted("Your password must not be mostly your name or e-mail.")


def _hash_of_nobody() -> str:
    if HASHER not in _nobody_hash:
        _nobody_hash[HASHER] = hashed(_NOBODY)
    return _nobody_hash[HASHER]
