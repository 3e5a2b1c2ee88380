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


#: (session, case id, case role without ``case:``, facts of the task) → user id, None: nobody yet.
#: For a task that is one of several, ``facts["item"]`` is its item.
CaseRole: TypeAlias = Callable[[Session, int, str, Mapping[str, Any]], int | None]
#: (session, case id) → scope; None: no such case.
FindScope: TypeAlias = Callable[[Session, int], CaseScope | None]


@dataclass
class _Registered:
    case_role: CaseRole | None = None
    case_scope: FindScope | None = None


_registered = _Registered()


def register(*, case_role: CaseRole, case_scope: FindScope) -> None:
    """Called once, when ``app.cases`` is imported; a second call replaces the first."""
    _registered.case_role = case_role
    _registered.case_scope = case_scope


def forget() -> None:
    """Back to a runtime that knows no cases; for tests."""
    _registered.case_role = _registered.case_scope = None


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
