"""The people who work here, and where. Written by ``app.identity`` and ``app.accounts`` only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Enum, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.db import Base
from app.identity.permissions import Permission, Role, has_permission

ROLE = Enum(
    Role, native_enum=False, length=40, values_callable=lambda roles: [r.value for r in roles]
)


class Area(Base):
    """A council or part of one that works by its own area pack."""

    __tablename__ = "area"

    #: A slug, e.g. ``hull``; the pack's id, unless two areas share a pack.
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    pack: Mapped[str]


class Locality(Base):
    """A part of an area with its own teams: a hub, a district."""

    __tablename__ = "locality"

    #: A slug, unique across areas, e.g. ``hull-west``.
    id: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str]


class Team(Base):
    """People of one agency who share work."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    agency: Mapped[str]
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"), index=True)
    locality_id: Mapped[str | None] = mapped_column(ForeignKey("locality.id"), default=None)
    #: A closed team stays where it is named; nobody is put into it any more.
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class UserRole(Base):
    __tablename__ = "user_role"
    __table_args__ = (Index("ix_user_role_role", "role", "user_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(ROLE, primary_key=True)


class UserArea(Base):
    """An area in which a person works; without one they see no family at all."""

    __tablename__ = "user_area"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)


class UserLocality(Base):
    """Narrows a person to localities of their areas; none means the whole area."""

    __tablename__ = "user_locality"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    locality_id: Mapped[str] = mapped_column(
        ForeignKey("locality.id"), primary_key=True, index=True
    )


class User(Base):
    """A person with a sign-in. Loaded with roles and places, so it can be used detached."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Lower case.
    sign_in_name: Mapped[str] = mapped_column(unique=True)
    #: Lower case. For sending to, never for recognising somebody.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    agency: Mapped[str] = mapped_column(default="")
    #: argon2id; None until the person has chosen one.
    password_hash: Mapped[str | None] = mapped_column(default=None)
    is_active: Mapped[bool] = mapped_column(default=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), default=None, index=True)
    created_at: Mapped[datetime]

    team: Mapped[Team | None] = relationship(lazy="joined")
    role_rows: Mapped[list[UserRole]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    area_rows: Mapped[list[UserArea]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    locality_rows: Mapped[list[UserLocality]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )

    @validates("sign_in_name", "email")
    def _fold(self, _key: str, value: str) -> str:
        return value.strip().lower()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)

    @property
    def area_ids(self) -> frozenset[str]:
        return frozenset(row.area_id for row in self.area_rows)

    @property
    def locality_ids(self) -> frozenset[str]:
        """Empty means every locality of the person's areas."""
        return frozenset(row.locality_id for row in self.locality_rows)

    @property
    def actor(self) -> str:
        """How the audit trail names this person: an opaque id, never a name."""
        return f"user:{self.id}"

    def may(self, permission: Permission) -> bool:
        return self.is_active and has_permission(self.roles, permission)


class Absence(Base):
    """A person away, and who stands in."""

    __tablename__ = "absence"
    __table_args__ = (
        Index("ix_absence_user", "user_id", "until_on"),
        Index("ix_absence_deputy", "deputy_id", "until_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: First and last day away, both included, in London.
    from_on: Mapped[date]
    until_on: Mapped[date]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)


class UserSession(Base):
    """One signed-in browser. The cookie holds the token, the row only its SHA-256."""

    __tablename__ = "user_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    #: The absolute end; the idle end follows from ``last_seen_at``.
    expires_at: Mapped[datetime] = mapped_column(index=True)
    #: When the person last proved who they are.
    reauthenticated_at: Mapped[datetime]
    #: Browser and system in two words, so that people recognise their own sessions.
    device: Mapped[str] = mapped_column(default="")
    #: What the person last searched for, by page: kept here because a name in an address would
    #: end up in logs and histories.
    searches: Mapped[dict[str, Any]] = mapped_column(default=dict)

    user: Mapped[User] = relationship(lazy="joined")


class SignInThrottle(Base):
    """Failed sign-ins counted for one account or one address; shared by all workers."""

    __tablename__ = "sign_in_throttle"

    #: SHA-256 of what is counted: neither names nor addresses are kept.
    id: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    counting_since: Mapped[datetime]
    blocked_until: Mapped[datetime | None] = mapped_column(default=None)


class SignInLink(Base):
    """A link that lets a person choose a password, once, for a short time."""

    __tablename__ = "sign_in_link"

    #: SHA-256 of the secret in the link.
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
