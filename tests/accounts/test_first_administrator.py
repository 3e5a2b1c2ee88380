"""The first person of a new installation."""

import pytest

from app.accounts.first_administrator import AdministratorExists, create_first_administrator
from app.accounts.own_password import choose_by_link
from app.db import reading, transaction
from app.identity import links
from app.identity.people import by_sign_in_name
from app.identity.permissions import Role

pytestmark = pytest.mark.usefixtures("database")


def _create() -> str:
    with transaction() as session:
        return create_first_administrator(
            session, name="Fern Hale", sign_in_name="Fern", email="fern@example.org"
        )


def test_the_first_administrator_gets_a_link_and_no_password() -> None:
    secret = _create()
    with reading() as session:
        user = by_sign_in_name(session, "fern")
        assert links.owner_of(session, secret).name == "Fern Hale"
    assert user is not None
    assert user.password_hash is None
    assert user.roles == {Role.ADMINISTRATOR}


def test_an_unused_link_can_be_made_again() -> None:
    first, second = _create(), _create()
    with reading() as session:
        with pytest.raises(links.LinkNotValid):
            links.owner_of(session, first)
        assert links.owner_of(session, second).name == "Fern Hale"


def test_there_is_only_one_first_administrator() -> None:
    secret = _create()
    with transaction() as session:
        choose_by_link(session, secret, "$argon2id$…")
    with pytest.raises(AdministratorExists):
        _create()
