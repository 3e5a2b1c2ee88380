"""The table of grants, read as sentences."""

import pytest

from app.identity.permissions import EVERYONE, GRANTS, Permission, Role, has_permission


def test_every_role_has_grants_and_a_label() -> None:
    assert set(GRANTS) == set(Role)
    assert all(role.label for role in Role)


def test_every_permission_is_granted_to_somebody() -> None:
    granted = frozenset().union(*GRANTS.values())
    assert granted == set(Permission)


@pytest.mark.parametrize("role", Role)
def test_everybody_can_report_harm_and_see_their_own_account(role: Role) -> None:
    assert GRANTS[role] >= EVERYONE


def test_without_a_role_nothing_is_allowed() -> None:
    assert not any(has_permission([], permission) for permission in Permission)


def test_administering_people_and_reading_cases_are_different_jobs() -> None:
    assert not has_permission([Role.ADMINISTRATOR], Permission.CASE_READ)
    assert not has_permission([Role.PROCESS_OWNER], Permission.CASE_READ)
    assert not has_permission([Role.SUPERVISOR], Permission.USERS_MANAGE)
    assert not has_permission([Role.PRACTITIONER], Permission.SIGN_OFF_DECIDE)


def test_permissions_are_named_scope_and_action() -> None:
    assert all(len(permission.value.split(":")) == 2 for permission in Permission)
