"""Families, people, cases and what is agreed with them. Written only by ``app.cases``.

The process (what happens next) lives in ``app.runtime``; the narrative people typed lives in
its submissions. These tables hold what pages, lists and letters need in a structured way.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.names import keep_up
from app.db import Base


class Family(Base):
    """A household; one family, one open plan (HULL-36)."""

    __tablename__ = "family"
    __table_args__ = (Index("ix_family_name", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    #: ``name`` folded for exact matching: lower case, single spaces.
    name_key: Mapped[str]
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"))
    locality_id: Mapped[str | None] = mapped_column(ForeignKey("locality.id"))
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    #: What helps when talking with this family: language, interpreter, reading, access.
    communication: Mapped[str] = mapped_column(default="")
    people: Mapped[list["Person"]] = relationship(order_by="Person.id", lazy="selectin")


class Person(Base):
    """A child, parent, carer or other adult of a family; unborn children have ``expected_on``."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name_key_born", "name_key", "date_of_birth"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    name: Mapped[str]
    name_key: Mapped[str]
    #: ``child``, ``parent``, ``carer`` or ``other``.
    role: Mapped[str]
    date_of_birth: Mapped[date | None]
    expected_on: Mapped[date | None]
    #: School, nursery or college, for a child.
    setting: Mapped[str] = mapped_column(default="")
    relationship_to_child: Mapped[str] = mapped_column(default="")


class Case(Base):
    """One family's early help, from the first concern to the end of the plan."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_area", "area_id", "id"),
        Index("ix_case_place", "area_id", "locality_id", "id"),
        Index("ix_case_family", "family_id"),
        Index("ix_case_team", "team_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What people call the case by, e.g. ``EH-00042``; says nothing about the family.
    reference: Mapped[str] = mapped_column(unique=True)
    #: None until the concern has been recorded and matched.
    family_id: Mapped[int | None] = mapped_column(ForeignKey("family.id"))
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"))
    locality_id: Mapped[str | None] = mapped_column(ForeignKey("locality.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    #: ``open``, ``closed`` or ``joined`` (its concern went to another open case).
    status: Mapped[str] = mapped_column(default="open")
    stage: Mapped[str] = mapped_column(default="identify")
    level: Mapped[int | None]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str] = mapped_column(default="")
    joined_to_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    #: A case statutory services lead: early help pauses or supports (HULL-43).
    statutory_since: Mapped[datetime | None]
    #: The date until which the record is kept (D13); set when the case closes.
    keep_until: Mapped[date | None]
    #: When to ask whether the change lasted (C07).
    outcome_check_on: Mapped[date | None]
    family: Mapped[Family | None] = relationship(lazy="selectin")


keep_up(Family, Person, Case)


class CaseMember(Base):
    """Who works with the family, in which part, since when. Ended rows stay as history."""

    __tablename__ = "case_member"
    __table_args__ = (
        Index("ix_case_member_user", "user_id", "case_id"),
        Index(
            "uq_case_member_current",
            "case_id",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: ``lead``, ``initiator``, ``assessor`` or ``member``.
    role: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Concern(Base):
    """What somebody noticed; a case may gather several over time (HULL-37)."""

    __tablename__ = "concern"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    raised_at: Mapped[datetime]
    summary: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Consent(Base):
    """One answer of one person about taking part or sharing one thing with one agency."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    person_name: Mapped[str]
    agency: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(default="")
    #: ``given``, ``refused`` or ``withdrawn``.
    status: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    method: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Plan(Base):
    """A family's plan; amending makes the next number, the old one stays readable."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    number: Mapped[int]
    #: ``current``, ``replaced`` or ``ended``.
    status: Mapped[str] = mapped_column(default="current")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    review_on: Mapped[date | None]
    #: What to do if worries rise again.
    contingency: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    actions: Mapped[list["PlanAction"]] = relationship(order_by="PlanAction.id", lazy="selectin")


class PlanAction(Base):
    """One thing somebody will do for the family."""

    __tablename__ = "plan_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    need: Mapped[str] = mapped_column(default="")
    change: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    measure: Mapped[str] = mapped_column(default="")
    #: The person with a sign-in who does it; else ``who`` says it in words (the family, an agency).
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    who: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    #: ``open``, ``done``, ``partly``, ``not_done`` or ``stopped``.
    status: Mapped[str] = mapped_column(default="open")
    finished_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")


class Meeting(Base):
    """A team around the family meeting or another talk that decided something."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    #: ``plan``, ``review`` or ``handover``.
    purpose: Mapped[str]
    held_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Review(Base):
    """What a review found: the rating of change and the outcome the process went on with."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    held_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: ``better``, ``same`` or ``worse``.
    rating: Mapped[str] = mapped_column(default="")
    recommended: Mapped[str] = mapped_column(default="")
    next_review_on: Mapped[date | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class FrontDoorContact(Base):
    """A contact with the front door (EHASH, MASH …) and what became of it (HULL-109)."""

    __tablename__ = "front_door_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]
    #: ``targeted_help`` or ``complex_or_cp``: what the person making contact judged right.
    judgement: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    fed_back_at: Mapped[datetime | None]
    written_at: Mapped[datetime | None]
    referral_reference: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PanelItem(Base):
    """A case asking for a place on a weekly panel's agenda."""

    __tablename__ = "panel_item"
    __table_args__ = (Index("ix_panel_item_waiting", "area_id", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    ask: Mapped[str] = mapped_column(default="")
    #: ``waiting``, ``on_agenda``, ``decided`` or ``rolled_over``.
    status: Mapped[str] = mapped_column(default="waiting")
    panel_instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    outcome: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CaseNote(Base):
    """Half a minute of writing after a visit or a call; shows in the chronology."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    #: ``visit``, ``call``, ``message``, ``meeting`` or ``other``.
    kind: Mapped[str]
    text: Mapped[str]
    happened_on: Mapped[date]
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
