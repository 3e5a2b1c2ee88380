"""What a case page says at a glance, and the record behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.families import children_of, describe_child, family_name
from app.cases.members import current_members, holder
from app.cases.models import (
    Case,
    CaseMember,
    Consent,
    FrontDoorContact,
    Meeting,
    Plan,
    Review,
)
from app.cases.stages import stage_name
from app.definitions.live import pack_of_area
from app.identity.models import Locality, User
from app.identity.people import names_of
from app.runtime.models import DecisionRecord

MEMBER_ROLES = {
    "lead": "Leads the plan",
    "initiator": "Raised the concern",
    "assessor": "Did the assessment",
    "member": "Works with the family",
}
CONSENT_WORDS = {"given": "Agreed", "refused": "Said no", "withdrawn": "Withdrawn"}


@dataclass(frozen=True)
class KeyFacts:
    """The few facts beside every task and page of a case."""

    case_id: int
    reference: str
    family: str
    children: tuple[str, ...]
    address: str
    phone: str
    communication: str
    locality: str
    stage: str
    status: str
    level: int | None
    lead_word: str
    lead: str
    consent: str
    review_on: date | None
    statutory_since: datetime | None

    @property
    def bar(self) -> list[tuple[str, str]]:
        """For the bar on top: pairs of key and words."""
        return [
            ("Reference", self.reference),
            ("Stage", self.stage),
            (self.lead_word.capitalize(), self.lead),
        ]

    @property
    def panel(self) -> list[tuple[str, str]]:
        """For the panel beside the work."""
        return [
            ("Children", "; ".join(self.children)),
            ("Address", self.address),
            ("Phone", self.phone),
            ("When talking with them", self.communication),
            ("Locality", self.locality),
            ("Level of need", str(self.level or "")),
            (self.lead_word.capitalize(), self.lead or "Nobody yet"),
            ("Agreement to share", self.consent),
        ]


def key_facts(session: Session, case: Case) -> KeyFacts:
    family = case.family
    lead_id = holder(session, case.id, "lead")
    lead = session.get(User, lead_id) if lead_id is not None else None
    place = session.get(Locality, case.locality_id) if case.locality_id else None
    plan = current_plan(session, case.id)
    pack = pack_of_area(session, case.area_id)
    return KeyFacts(
        case_id=case.id,
        reference=case.reference,
        family=family_name(case),
        children=tuple(describe_child(child) for child in children_of(case)),
        address=family.address if family else "",
        phone=family.phone if family else "",
        communication=family.communication if family else "",
        locality=place.name if place else "",
        stage=stage_name(case.stage),
        status=case.status,
        level=case.level,
        lead_word=pack.words.get("lead_practitioner", "lead practitioner"),
        lead=lead.name if lead else "",
        consent=consent_in_words(session, case.id),
        review_on=plan.review_on if plan else None,
        statutory_since=case.statutory_since,
    )


def current_plan(session: Session, case_id: int) -> Plan | None:
    query = select(Plan).where(Plan.case_id == case_id, Plan.status == "current")
    return session.scalar(query.order_by(Plan.number.desc()).limit(1))


def consents(session: Session, case_id: int) -> list[Consent]:
    """Latest first; an earlier answer of the same person on the same thing is history."""
    query = select(Consent).where(Consent.case_id == case_id)
    return list(session.scalars(query.order_by(Consent.id.desc())))


def consent_in_words(session: Session, case_id: int) -> str:
    latest: dict[tuple[str, str, str], str] = {}
    for row in reversed(consents(session, case_id)):
        latest[row.person_name, row.agency, row.topic] = row.status
    if not latest:
        return "Not recorded yet"
    found = set(latest.values())
    if found == {"given"}:
        return "Agreed"
    if "given" in found:
        return "Agreed in part"
    return "Withdrawn" if "withdrawn" in found else "Said no"


@dataclass(frozen=True)
class MemberLine:
    name: str
    part: str
    since: datetime


@dataclass(frozen=True)
class DecisionLine:
    question: str
    answer: str
    recommended: str
    chosen: str
    reason: str
    recommender: str
    decider: str
    decided_at: datetime
    changed_fields: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """The structured record of a case, ready for a page or a print."""

    members: tuple[MemberLine, ...]
    consents: tuple[Consent, ...]
    plans: tuple[Plan, ...]
    meetings: tuple[Meeting, ...]
    reviews: tuple[Review, ...]
    contacts: tuple[FrontDoorContact, ...]
    decisions: tuple[DecisionLine, ...]
    names: dict[int, str]


def record_of(session: Session, case: Case) -> Record:
    plans = session.scalars(
        select(Plan).where(Plan.case_id == case.id).order_by(Plan.number.desc())
    ).all()
    meetings = session.scalars(
        select(Meeting).where(Meeting.case_id == case.id).order_by(Meeting.id.desc())
    ).all()
    reviews = session.scalars(
        select(Review).where(Review.case_id == case.id).order_by(Review.id.desc())
    ).all()
    contacts = session.scalars(
        select(FrontDoorContact)
        .where(FrontDoorContact.case_id == case.id)
        .order_by(FrontDoorContact.id.desc())
    ).all()
    members = current_members(session, case.id)
    consented = consents(session, case.id)
    people = {m.user_id for m in members} | {c.recorded_by_id for c in consented}
    people |= {a.owner_id for plan in plans for a in plan.actions if a.owner_id is not None}
    people |= {row.recorded_by_id for row in meetings} | {row.recorded_by_id for row in reviews}
    people |= {row.made_by_id for row in contacts}
    names = names_of(session, people)
    return Record(
        members=tuple(_members(members, names)),
        consents=tuple(consented),
        plans=tuple(plans),
        meetings=tuple(meetings),
        reviews=tuple(reviews),
        contacts=tuple(contacts),
        decisions=tuple(decisions(session, case.id)),
        names=names,
    )


def _members(members: Sequence[CaseMember], names: Mapping[int, str]) -> Iterator[MemberLine]:
    """One line a person, however many parts they have, since the first of them."""
    parts: dict[int, list[CaseMember]] = {}
    for member in members:
        parts.setdefault(member.user_id, []).append(member)
    for user_id, of_one in parts.items():
        words = [MEMBER_ROLES.get(member.role, member.role) for member in of_one]
        said = ", ".join([words[0], *(word[0].lower() + word[1:] for word in words[1:])])
        yield MemberLine(names.get(user_id, ""), said, min(member.since for member in of_one))


ANSWER_WORDS = {
    "approve": "Agreed",
    "approve_with_changes": "Agreed with changes",
    "send_back": "Sent back",
    "decide_differently": "Decided differently",
}


def decisions(session: Session, case_id: int) -> list[DecisionLine]:
    """Management decisions, latest first, each with its reason and both names."""
    rows = session.scalars(
        select(DecisionRecord)
        .where(DecisionRecord.case_id == case_id)
        .order_by(DecisionRecord.id.desc())
    ).all()
    people = {r.decider_id for r in rows} | {r.recommender_id or 0 for r in rows}
    names = names_of(session, people)
    return [
        DecisionLine(
            question=row.question,
            answer=ANSWER_WORDS[row.answer],
            recommended=row.recommended_name,
            chosen=row.chosen_name,
            reason=row.reason or row.comment,
            recommender=names.get(row.recommender_id or 0, ""),
            decider=names.get(row.decider_id, ""),
            decided_at=row.decided_at,
            changed_fields=tuple(str(field) for field in row.changed_fields),
        )
        for row in rows
    ]
