"""What the runtime asks about a case. ``app.cases``, a layer above, answers by registering here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class CaseScope:
    """Where a case belongs, and so who may see work on it."""

    area_id: str
    locality_id: str | None = None
    team_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """All that is asked about a case when a task opens for a part in it.

    ``user_id``: who plays the part and still works here. ``team_plays``: whether somebody of the
    case's team has the role of the task.
    """

    scope: CaseScope
    user_id: int | None
    deputy_id: int | None
    team_plays: bool


#: (session, case id, case role without ``case:``, facts of the task) → user id, None: nobody yet.
#: For a task that is one of several, ``facts["item"]`` is its item.
CaseRole: TypeAlias = Callable[[Session, int, str, Mapping[str, Any]], int | None]
#: (session, case id) → scope; None: no such case.
FindScope: TypeAlias = Callable[[Session, int], CaseScope | None]

#: (session, case id, case role, role) → the whole answer at once; None: ask one by one.
FindStanding: TypeAlias = Callable[[Session, int, str, str], Standing | None]


@dataclass
class _Registered:
    case_role: CaseRole | None = None
    case_scope: FindScope | None = None
    case_standing: FindStanding | None = None


_registered = _Registered()


def register(
    *, case_role: CaseRole, case_scope: FindScope, case_standing: FindStanding | None = None
) -> None:
    """Called once, when ``app.cases`` is imported; a second call replaces the first."""
    _registered.case_role = case_role
    _registered.case_scope = case_scope
    _registered.case_standing = case_standing


def forget() -> None:
    """Back to a runtime that knows no cases; for tests."""
    _registered.case_role = _registered.case_scope = _registered.case_standing = None


def case_role(
    session: Session, case_id: int | None, role: str, facts: Mapping[str, Any]
) -> int | None:
    if _registered.case_role is None or case_id is None:
        return None
    return _registered.case_role(session, case_id, role, facts)


def case_scope(session: Session, case_id: int | None) -> CaseScope | None:
    if _registered.case_scope is None or case_id is None:
        return None
    return _registered.case_scope(session, case_id)


def case_standing(
    session: Session, case_id: int | None, case_role: str, role: str
) -> Standing | None:
    if _registered.case_standing is None or case_id is None:
        return None
    return _registered.case_standing(session, case_id, case_role, role)
