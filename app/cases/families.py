"""Families and cases as lists and headers show them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CTE, ColumnElement, func, select, union
from sqlalchemy.orm import Session

from app import clock
from app.cases.matching import name_key
from app.cases.models import Case, CaseMember, Family, Person, Plan
from app.cases.visible import Viewer, ways_to_see
from app.identity.models import Locality, User
from app.runtime.models import Task

PAGE_SIZE = 25


@dataclass(frozen=True)
class CaseRow:
    """A line of the list of families."""

    case_id: int
    reference: str
    family: str
    children: str
    locality: str
    stage: str
    status: str
    level: int | None
    lead: str
    opened_at: datetime
    review_on: date | None
    overdue: int


@dataclass(frozen=True)
class CaseFilters:
    text: str = ""
    stage: str = ""
    locality: str = ""
    status: str = "open"
    mine: bool = False
    page: int = 1

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.stage or self.locality or self.mine or self.status != "open")


@dataclass(frozen=True)
class CaseList:
    rows: tuple[CaseRow, ...]
    #: Counted no further than what paging needs: whether another page follows.
    more: bool


def list_cases(session: Session, viewer: Viewer, filters: CaseFilters) -> CaseList:
    """One page of the cases ``viewer`` may see, latest first."""
    start = (max(filters.page, 1) - 1) * PAGE_SIZE
    narrowed = _narrowing(viewer, filters)
    # every reason to see a case gives its first rows; together they hold the page
    first = [
        select(Case.id)
        .where(way, *narrowed)
        .order_by(Case.id.desc())
        .limit(start + PAGE_SIZE + 1)
        .subquery()
        for way in ways_to_see(viewer)
    ]
    found = union(*(select(part.c.id) for part in first)).subquery()
    page = select(found.c.id).order_by(found.c.id.desc()).offset(start).limit(PAGE_SIZE + 1)
    ids = list(session.scalars(page))
    cases = session.scalars(
        select(Case).where(Case.id.in_(ids[:PAGE_SIZE])).order_by(Case.id.desc())
    )
    return CaseList(_rows(session, list(cases)), len(ids) > PAGE_SIZE)


def _narrowing(viewer: Viewer, filters: CaseFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.status:
        conditions.append(Case.status == filters.status)
    if filters.stage:
        conditions.append(Case.stage == filters.stage)
    if filters.locality:
        conditions.append(Case.locality_id == filters.locality)
    if filters.mine:
        own = select(CaseMember.case_id).where(
            CaseMember.user_id == viewer.user_id, CaseMember.until.is_(None)
        )
        conditions.append(Case.id.in_(own))
    if text := filters.text.strip():
        conditions.append(Case.id.in_(select(_called(text).c.id)))
    return conditions


def _called(text: str) -> CTE:
    """Cases with this reference, family name or name of a person. A CTE is worked out once."""
    folded = name_key(text)
    by_name = Family.name_key.contains(folded, autoescape=True)
    by_person = Person.name_key.contains(folded, autoescape=True)
    return union(
        select(Case.id).where(Case.reference == text.upper()),
        select(Case.id).join(Family, Family.id == Case.family_id).where(by_name),
        select(Case.id).join(Person, Person.family_id == Case.family_id).where(by_person),
    ).cte("called")


def _rows(session: Session, cases: list[Case]) -> tuple[CaseRow, ...]:
    ids = [case.id for case in cases]
    leads = dict(
        session.execute(
            select(CaseMember.case_id, User.name)
            .join(User, User.id == CaseMember.user_id)
            .where(
                CaseMember.case_id.in_(ids), CaseMember.role == "lead", CaseMember.until.is_(None)
            )
        ).all()
    )
    overdue = dict(
        session.execute(
            select(Task.case_id, func.count())
            .where(Task.case_id.in_(ids), Task.done_at.is_(None), Task.due_sort < clock.now())
            .group_by(Task.case_id)
        ).all()
    )
    reviews = dict(
        session.execute(
            select(Plan.case_id, Plan.review_on).where(
                Plan.case_id.in_(ids), Plan.status == "current"
            )
        ).all()
    )
    places = dict(session.execute(select(Locality.id, Locality.name)).all())
    return tuple(
        CaseRow(
            case_id=case.id,
            reference=case.reference,
            family=family_name(case),
            children="; ".join(describe_child(p) for p in children_of(case)),
            locality=places.get(case.locality_id or "", ""),
            stage=case.stage,
            status=case.status,
            level=case.level,
            lead=leads.get(case.id, ""),
            opened_at=case.opened_at,
            review_on=reviews.get(case.id),
            overdue=overdue.get(case.id, 0),
        )
        for case in cases
    )


def family_name(case: Case) -> str:
    """What to call the family on a page before and after it is known."""
    return case.family.name if case.family is not None else "New concern"


def children_of(case: Case) -> list[Person]:
    people = case.family.people if case.family is not None else []
    return [person for person in people if person.role == "child"]


def describe_child(child: Person) -> str:
    """Name and age in words: ``Tia, 9``; ``expected in March 2026`` before birth."""
    if child.date_of_birth is not None:
        return f"{child.name}, {age_in_years(child.date_of_birth, clock.today())}"
    if child.expected_on is not None:
        return f"{child.name or 'Baby'}, expected {child.expected_on.strftime('%B %Y')}"
    return child.name


def age_in_years(born: date, on: date) -> int:
    """Completed years; a child born on 29 February has the birthday on 1 March otherwise."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
