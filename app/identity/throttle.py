"""Slows guessing down, for one account and for one address, without ever locking anybody out."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.errors import TooManyAttempts
from app.identity.models import SignInThrottle


@dataclass(frozen=True)
class Limit:
    #: What is counted, e.g. ``account``.
    kind: str
    #: Attempts let through before the first wait.
    free: int


ACCOUNT = Limit("account", free=5)
#: A whole office can share one address.
ADDRESS = Limit("address", free=40)
WINDOW = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)


def admit(session: Session, limit: Limit, value: str) -> None:
    """Count one attempt before it is checked, so that many at once cannot slip through.

    Raises:
        TooManyAttempts: come back later; the message says when.
    """
    row = _locked(session, _id(limit, value))
    moment = clock.now()
    if row.blocked_until is not None and moment < row.blocked_until:
        raise TooManyAttempts(_wait_message(row.blocked_until - moment))
    if moment - row.counting_since >= WINDOW:
        row.attempts, row.counting_since, row.blocked_until = 0, moment, None
    row.attempts += 1
    if row.attempts >= limit.free:
        row.blocked_until = moment + _wait(row.attempts - limit.free)
        row.counting_since = moment


def succeeded(session: Session, limit: Limit, value: str) -> None:
    """Forget the attempts of an account whose owner has just proved who they are."""
    session.execute(delete(SignInThrottle).where(SignInThrottle.id == _id(limit, value)))


def give_back(session: Session, limit: Limit, value: str) -> None:
    """Take back the one attempt that turned out right, for limits many people share."""
    row = _locked(session, _id(limit, value))
    row.attempts = max(0, row.attempts - 1)
    if row.attempts < limit.free:
        row.blocked_until = None


def forget_old(session: Session) -> None:
    """Delete counts nobody needs any more."""
    oldest: datetime = clock.now() - WINDOW - LONGEST_WAIT
    session.execute(delete(SignInThrottle).where(SignInThrottle.counting_since < oldest))


def _wait(beyond: int) -> timedelta:
    doublings: int = 2 ** min(beyond, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * doublings)


def _wait_message(wait: timedelta) -> str:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    unit = "minute" if minutes == 1 else "minutes"
    return f"There were too many attempts to sign in. Wait {minutes} {unit} and try again."


def _id(limit: Limit, value: str) -> str:
    return hashlib.sha256(f"{limit.kind}:{value.strip().lower()}".encode()).hexdigest()


def _locked(session: Session, row_id: str) -> SignInThrottle:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(SignInThrottle)
        .values(id=row_id, attempts=0, counting_since=clock.now())
        .on_conflict_do_nothing()
    )
    query = select(SignInThrottle).where(SignInThrottle.id == row_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
