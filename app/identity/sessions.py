"""Signed-in browsers as rows, so that signing out, or being switched off, ends them everywhere."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.identity.models import User, UserSession

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
#: ``last_seen_at`` is written at most this often, so that reading pages stays free of writes.
TOUCH_EVERY = timedelta(minutes=1)
#: Ended sessions are remembered for a while, so that a late page can be given back to its writer.
KEEP_ENDED = timedelta(days=7)


class State(Enum):
    LIVE = "live"
    #: Known, but too old or idle for too long.
    EXPIRED = "expired"
    #: Signed out, perhaps from another browser while this one was in use.
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Found:
    state: State
    session: UserSession | None = None


def open_session(session: Session, user: User, *, device: str = "") -> str:
    """Sign a browser in; returns the token for its cookie, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    session.add(
        UserSession(
            id=digest(token),
            user_id=user.id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + LONGEST,
            reauthenticated_at=moment,
            device=device[:80],
        )
    )
    return token


def find(session: Session, token: str) -> Found:
    """Whose session a cookie's token is, and whether it still counts."""
    row = session.get(UserSession, digest(token))
    if row is None or not row.user.is_active:
        return Found(State.UNKNOWN)
    moment = clock.now()
    if row.expires_at < row.created_at + LONGEST:
        return Found(State.ENDED, row)
    if moment >= row.expires_at or moment - row.last_seen_at >= IDLE:
        return Found(State.EXPIRED, row)
    return Found(State.LIVE, row)


def needs_touch(row: UserSession) -> bool:
    return clock.now() - row.last_seen_at >= TOUCH_EVERY


def touch(session: Session, session_id: str) -> None:
    """Note that the person is still there."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now())
    )


def of_user(session: Session, user_id: int) -> list[UserSession]:
    """A person's live sessions, latest first."""
    moment = clock.now()
    return list(
        session.scalars(
            select(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.expires_at > moment,
                UserSession.last_seen_at > moment - IDLE,
            )
            .order_by(UserSession.last_seen_at.desc())
        )
    )


def end(session: Session, session_id: str, *, user_id: int) -> bool:
    """End one session of this person; False when it is not theirs or already over."""
    return bool(_end(session, UserSession.id == session_id, UserSession.user_id == user_id))


def end_all(session: Session, user_id: int, *, keep: Iterable[str] = ()) -> int:
    """End all sessions of a person but those in ``keep``; returns how many."""
    return _end(session, UserSession.user_id == user_id, UserSession.id.not_in(set(keep)))


def _end(session: Session, *which: ColumnElement[bool]) -> int:
    """The row stays, so that a page sent too late can be given back; what was searched for goes."""
    moment = clock.now()
    ended = session.scalars(
        update(UserSession)
        .where(*which, UserSession.expires_at > moment)
        .values(expires_at=moment, searches={})
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)


def forget_old(session: Session) -> None:
    """Delete sessions that ended more than a week ago."""
    session.execute(delete(UserSession).where(UserSession.expires_at < clock.now() - KEEP_ENDED))


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
