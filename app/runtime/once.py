"""A page's button pressed twice, or sent again by a browser: one effect, the same answer."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.identity.models import User
from app.runtime.idempotency import claim, remember

LONGEST_KEY = 85


class KeyMissing(InvalidInput):
    """This page is not complete. Go back, reload it and try again; nothing was changed."""


def once(session: Session, user: User, key: str | None, act: Callable[[], str]) -> str:
    """Run ``act`` unless ``user`` has sent this key before; both times answer where to go next.

    First thing in the transaction, so that of two requests at once the second waits here.

    Raises:
        KeyMissing: the form carried no usable key.
    """
    if not key or len(key) > LONGEST_KEY:
        raise KeyMissing
    scoped = f"{user.id}:{key}"
    claimed = claim(session, scoped)
    if claimed.response is not None:
        return str(claimed.response.get("location", "/"))
    location = act()
    remember(session, scoped, {"location": location})
    return location
