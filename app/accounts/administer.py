"""What an administrator does to other people's accounts. Everything leaves an audit event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit.record import record
from app.errors import Conflict
from app.identity import links, sessions
from app.identity.models import Area, Locality, Team, User
from app.identity.people import assign, get_user
from app.identity.permissions import Role

SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,49}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = 200


class NotYourself(Conflict):
    """You cannot switch yourself off or give up being an administrator; ask another one."""


@dataclass(frozen=True)
class PersonAnswers:
    """The form about a person, as typed."""

    name: str = ""
    sign_in_name: str = ""
    email: str = ""
    job_title: str = ""
    agency: str = ""
    team_id: int | None = None
    roles: frozenset[str] = frozenset()
    area_ids: frozenset[str] = frozenset()
    locality_ids: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, user: User) -> "PersonAnswers":
        return cls(
            name=user.name,
            sign_in_name=user.sign_in_name,
            email=user.email,
            job_title=user.job_title,
            agency=user.agency,
            team_id=user.team_id,
            roles=frozenset(role.value for role in user.roles),
            area_ids=user.area_ids,
            locality_ids=user.locality_ids,
        )


def problems(
    session: Session, answers: PersonAnswers, *, user_id: int | None = None
) -> dict[str, str]:
    """What is wrong, by field; empty when the answers can be stored.

    Args:
        session: any session.
        answers: as typed.
        user_id: whose they are; None for somebody new.
    """
    found: dict[str, str] = {}
    if not answers.name:
        found["name"] = "Enter the person's full name"
    if not SIGN_IN_NAME.fullmatch(answers.sign_in_name):
        found["sign_in_name"] = (
            "Enter a sign-in name of 2 to 50 small letters, digits, dots or hyphens"
        )
    elif _taken(session, User.sign_in_name == answers.sign_in_name, user_id):
        found["sign_in_name"] = "Somebody else already has this sign-in name"
    if not EMAIL.fullmatch(answers.email):
        found["email"] = "Enter an e-mail address like name@example.org"
    elif _taken(session, User.email == answers.email, user_id):
        found["email"] = "Somebody else already has this e-mail address"
    for text in ("name", "email", "job_title", "agency"):
        if len(getattr(answers, text)) > LONGEST:
            found[text] = f"Use {LONGEST} characters or fewer"
    found.update(_unknown_choices(session, answers))
    return found


def create_person(session: Session, answers: PersonAnswers, *, by: User) -> tuple[User, str]:
    """Add somebody; returns them and the secret of the link with which they choose a password."""
    user = User(created_at=clock.now(), **_texts(answers))
    session.add(user)
    session.flush()
    _place(user, answers)
    session.flush()
    record(session, actor=by.actor, action="user.created", detail=_codes(user))
    return user, links.make_link(session, user)


def change_person(session: Session, user_id: int, answers: PersonAnswers, *, by: User) -> User:
    """Store what was changed about a person.

    Raises:
        NotYourself: an administrator cannot give up that role themselves.
    """
    user = get_user(session, user_id)
    if user.id == by.id and Role.ADMINISTRATOR.value not in answers.roles:
        raise NotYourself
    for name, value in _texts(answers).items():
        setattr(user, name, value)
    _place(user, answers)
    session.flush()
    record(session, actor=by.actor, action="user.changed", detail=_codes(user))
    return user


def switch(session: Session, user_id: int, *, on: bool, by: User) -> User:
    """Let a person in again, or keep them out from their very next click on.

    Raises:
        NotYourself: see the class.
    """
    user = get_user(session, user_id)
    if user.id == by.id and not on:
        raise NotYourself
    user.is_active = on
    if not on:
        sessions.end_all(session, user.id)
    action = "user.switched_on" if on else "user.switched_off"
    record(session, actor=by.actor, action=action, detail={"user": user.id})
    return user


def end_sessions(session: Session, user_id: int, *, by: User) -> int:
    """Sign a person out everywhere; returns out of how many browsers."""
    ended = sessions.end_all(session, get_user(session, user_id).id)
    record(
        session,
        actor=by.actor,
        action="user.signed_out",
        detail={"user": user_id, "sessions": ended},
    )
    return ended


def link_for(session: Session, user_id: int, *, by: User) -> tuple[User, str]:
    """A new one-time link for a person who has no password or forgot it."""
    user = get_user(session, user_id)
    record(session, actor=by.actor, action="user.link_made", detail={"user": user.id})
    return user, links.make_link(session, user)


def _taken(session: Session, condition: object, user_id: int | None) -> bool:
    owner = session.scalar(select(User.id).where(condition))  # type: ignore[arg-type]
    return owner is not None and owner != user_id


def _unknown_choices(session: Session, answers: PersonAnswers) -> dict[str, str]:
    found = {}
    if not answers.roles or not answers.roles <= {role.value for role in Role}:
        found["roles"] = "Choose at least one role"
    areas = set(session.scalars(select(Area.id)))
    if not answers.area_ids <= areas:
        found["area_ids"] = "Choose areas from the list"
    here = select(Locality.id).where(Locality.area_id.in_(answers.area_ids))
    if not answers.locality_ids <= set(session.scalars(here)):
        found["locality_ids"] = "Choose localities of the chosen areas"
    found |= _team_problem(session, answers)
    return found


def _team_problem(session: Session, answers: PersonAnswers) -> dict[str, str]:
    if answers.team_id is None:
        return {}
    # locked: a team is not closed while somebody is put into it
    team = session.get(Team, answers.team_id, with_for_update={"read": True})
    if team is None or team.closed_at is not None:
        return {"team_id": "Choose a team from the list"}
    return {}


def _texts(answers: PersonAnswers) -> dict[str, str]:
    return {
        "name": answers.name,
        "sign_in_name": answers.sign_in_name,
        "email": answers.email,
        "job_title": answers.job_title,
        "agency": answers.agency,
    }


def _place(user: User, answers: PersonAnswers) -> None:
    user.team_id = answers.team_id
    assign(
        user,
        roles=[Role(role) for role in answers.roles],
        area_ids=answers.area_ids,
        locality_ids=answers.locality_ids,
    )


def _codes(user: User) -> Mapping[str, object]:
    return {
        "user": user.id,
        "roles": sorted(user.roles),
        "areas": sorted(user.area_ids),
        "localities": sorted(user.locality_ids),
        "team": user.team_id,
    }
