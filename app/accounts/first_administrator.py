"""The first person of a new installation. There is no default account and no default password."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.errors import Conflict
from app.identity import links
from app.identity.models import User, UserRole
from app.identity.people import assign
from app.identity.permissions import Role


class AdministratorExists(Conflict):
    """There is an administrator already. They can make a new link under People."""


def create_first_administrator(
    session: Session, *, name: str, sign_in_name: str, email: str
) -> str:
    """Returns the secret of a one-time link. Run again it makes a new link, until one was used.

    Raises:
        AdministratorExists: somebody can already sign in as administrator.
    """
    is_administrator = exists().where(
        UserRole.user_id == User.id, UserRole.role == Role.ADMINISTRATOR
    )
    administrators = session.scalars(select(User).where(is_administrator, User.is_active)).all()
    if any(user.password_hash for user in administrators):
        raise AdministratorExists
    wanted = sign_in_name.strip().lower()
    user = next((u for u in administrators if u.sign_in_name == wanted), None)
    if user is None:
        user = User(name=name, sign_in_name=sign_in_name, email=email, created_at=clock.now())
        session.add(user)
        session.flush()
        assign(user, roles=[Role.ADMINISTRATOR], area_ids=())
        session.flush()
    record(session, actor="system:command", action="user.created", detail={"user": user.id})
    return links.make_link(session, user)
