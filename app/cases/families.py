"""Families and cases as lists and headers show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app import clock
from app.cases.listing import Shape, children_of_families, reach_of, rows_of, values_of
from app.cases.models import Case, Person
from app.cases.names import search_for
from app.cases.visible import Viewer

PAGE_SIZE = 25
#: What a family is called before it is known.
NOT_KNOWN_YET = "New concern"
#: Stands where there are fewer families than a page holds.
NOBODY = 0


class Child(NamedTuple):
    """What a list says of a child."""

    name: str
    date_of_birth: date | None
    expected_on: date | None


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
    narrowed, values = _narrowing(session, filters)
    shape = Shape(reach_of(viewer), narrowed)
    values |= {**values_of(viewer), "start": start, "size": PAGE_SIZE + 1}
    values |= {"most": start + PAGE_SIZE + 1, "now": clock.now()}
    found = rows_of(shape).rows(session, values)
    shown = found[:PAGE_SIZE]
    children = _children(session, {row[1] for row in shown if row[1] is not None})
    return CaseList(tuple(_line(row, children) for row in shown), len(found) > PAGE_SIZE)


def _narrowing(session: Session, filters: CaseFilters) -> tuple[frozenset[str], dict[str, Any]]:
    """What the list is narrowed by, as ``app.cases.listing`` calls it, with the values."""
    values: dict[str, Any] = {
        name: value for name in ("status", "stage", "locality") if (value := getattr(filters, name))
    }
    narrowed = set(values)
    if filters.mine:
        narrowed.add("mine")
    if filters.text.strip():
        search = search_for(session, filters.text)
        narrowed.add("named" if search.few else "text")
        if search.is_long:
            narrowed.add("text")
        values |= search.values
    return frozenset(narrowed), values


def _children(session: Session, family_ids: set[int]) -> dict[int, list[Child]]:
    """Of a page of families, by family, the first of each first."""
    found: dict[int, list[Child]] = {}
    if family_ids:
        ids = sorted(family_ids) + [NOBODY] * (PAGE_SIZE - len(family_ids))
        values = {f"family_{number}": family_id for number, family_id in enumerate(ids)}
        for family_id, *child in children_of_families(PAGE_SIZE).rows(session, values):
            found.setdefault(family_id, []).append(Child(*child))
    return found


def _line(row: tuple[Any, ...], children: dict[int, list[Child]]) -> CaseRow:
    case_id, family_id, reference, name, *rest = row
    locality, stage, status, level, lead, opened_at, review_on, overdue = rest
    return CaseRow(
        case_id=case_id,
        reference=reference,
        family=NOT_KNOWN_YET if name is None else name,
        children="; ".join(describe_child(child) for child in children.get(family_id, ())),
        locality=locality,
        stage=stage,
        status=status,
        level=level,
        lead=lead,
        opened_at=opened_at,
        review_on=review_on,
        overdue=overdue,
    )


def family_name(case: Case) -> str:
    """What to call the family on a page before and after it is known."""
    return case.family.name if case.family is not None else NOT_KNOWN_YET


def children_of(case: Case) -> list[Person]:
    people = case.family.people if case.family is not None else []
    return [person for person in people if person.role == "child"]


def describe_child(child: Person | Child) -> str:
    """Name and age in words: ``Tia, 9``; ``expected in March 2026`` before birth."""
    if child.date_of_birth is not None:
        return f"{child.name}, {age_in_years(child.date_of_birth, clock.today())}"
    if child.expected_on is not None:
        return f"{child.name or 'Baby'}, expected {child.expected_on.strftime('%B %Y')}"
    return child.name


def age_in_years(born: date, on: date) -> int:
    """Completed years; a child born on 29 February has the birthday on 1 March otherwise."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
