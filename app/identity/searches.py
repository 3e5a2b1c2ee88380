"""The words a person last searched for on a page, kept with their session and never in an address."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.identity.models import UserSession

LONGEST = 100


def remember_search(session: Session, session_id: str, page: str, text: str) -> None:
    """Keep the words for this page; empty words forget them."""
    found = session.scalar(select(UserSession.searches).where(UserSession.id == session_id)) or {}
    kept = {**found, page: text.strip()[:LONGEST]}
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(searches={k: v for k, v in kept.items() if v})
    )


def remembered_search(session: Session, session_id: str, page: str) -> str:
    found = session.scalar(select(UserSession.searches).where(UserSession.id == session_id)) or {}
    return str(found.get(page, ""))
