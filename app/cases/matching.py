"""Is this family known already? Exactly, for now: same child's name and date of birth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case, Family, Person
from app.cases.names import name_key


@dataclass(frozen=True)
class ChildSeen:
    """A child as somebody described them; both are needed for an exact match."""

    name: str
    date_of_birth: date | None


@dataclass(frozen=True)
class Match:
    """``open_case`` is the case with a running plan that a new concern belongs to (HULL-36)."""

    family: Family | None = None
    open_case: Case | None = None

    @property
    def kind(self) -> str:
        if self.open_case is not None:
            return "open_case"
        return "family" if self.family is not None else "none"


def find_match(
    session: Session,
    *,
    area_id: str,
    family_name: str,
    children: Sequence[ChildSeen],
    except_case_id: int | None = None,
) -> Match:
    """Find the family these children belong to, within one area.

    A child without a date of birth matches only inside a family of the same name. Where a child
    is on record twice, the record with an open case counts.
    """
    found = Match()
    for child in children:
        for family in _families_of(session, area_id, family_name, child):
            match = Match(family, _open_case(session, family, except_case_id))
            if match.open_case is not None:
                return match
            found = match if found.family is None else found
    return found


def _families_of(
    session: Session, area_id: str, family_name: str, child: ChildSeen
) -> Sequence[Family]:
    if not child.name.strip():
        return ()
    query = (
        select(Family)
        .join(Person, Person.family_id == Family.id)
        .where(Person.name_key == name_key(child.name), Family.area_id == area_id)
        .order_by(Family.id)
    )
    if child.date_of_birth is not None:
        query = query.where(Person.date_of_birth == child.date_of_birth)
    else:
        query = query.where(Family.name_key == name_key(family_name))
    return session.scalars(query).unique().all()


def _open_case(session: Session, family: Family, except_case_id: int | None) -> Case | None:
    query = (
        select(Case)
        .where(Case.family_id == family.id, Case.status == "open")
        .order_by(Case.id)
        .limit(1)
    )
    if except_case_id is not None:
        query = query.where(Case.id != except_case_id)
    return session.scalar(query)
