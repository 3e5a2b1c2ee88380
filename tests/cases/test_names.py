"""Families are found by parts of names; the rows for it follow whoever writes a name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text

from app import clock
from app.cases.models import Case, Family, Person
from app.cases.names import KEPT, name_key, write_all
from app.db import reading, transaction
from tests.support.factories import make_area, make_user
from tests.support.migrations import configuration

OLD_ROWS = (
    "INSERT INTO area VALUES ('a', 'A', 'starter')",
    """
    INSERT INTO family (id, name, name_key, area_id, address, phone, communication)
    VALUES (7, 'Ash Straße', 'ash strasse', 'a', '', '', '')
    """,
    """
    INSERT INTO person (id, family_id, name, name_key, role, setting, relationship_to_child)
    VALUES (1, 7, 'Tia', 'tia ash', 'child', '', '')
    """,
    """
    INSERT INTO "case" (id, reference, family_id, area_id, status, stage, opened_at,
        opened_by_id, closing_reason)
    VALUES (3, 'EH-3', 7, 'a', 'open', 'plan', '2026-01-01', 1, '')
    """,
)
Rows = set[tuple[str, int, int]]


@pytest.fixture
def case_id(database: str) -> int:
    make_area("starter")
    worker = make_user(areas=["starter"])
    with transaction() as session:
        case = Case(
            reference="EH-1", area_id="starter", opened_at=clock.now(), opened_by_id=worker.id
        )
        session.add(case)
        session.flush()
        return case.id


def rows() -> Rows:
    with reading() as session:
        found = session.execute(text("SELECT part, case_id, of_family FROM case_name"))
        return {(part, case_id, of_family) for part, case_id, of_family in found}


def ends_of(case_id: int, family: str, *people: str) -> Rows:
    """What the rows of one case are to be, in plain Python."""
    found: dict[str, int] = {}
    for key, of_family in [*((name_key(p), 0) for p in people), (name_key(family), 1)]:
        for start, letter in enumerate(key):
            if letter != " ":
                found[key[start : start + KEPT]] = of_family
    return {(part, case_id, of_family) for part, of_family in found.items()}


def add_family(name: str) -> int:
    with transaction() as session:
        family = Family(name=name, name_key=name_key(name), area_id="starter")
        session.add(family)
        session.flush()
        return family.id


def add_person(family_id: int, name: str) -> int:
    with transaction() as session:
        person = Person(family_id=family_id, name=name, name_key=name_key(name), role="child")
        session.add(person)
        session.flush()
        return person.id


def match(case_id: int, family_id: int | None) -> None:
    with transaction() as session:
        session.get_one(Case, case_id).family_id = family_id


def test_a_case_is_found_by_its_family_from_the_moment_it_is_matched(case_id: int) -> None:
    family = add_family("Ash  Straße")
    assert rows() == set()

    match(case_id, family)

    assert rows() == ends_of(case_id, "ash strasse")
    assert ("strasse", case_id, 1) in rows()


def test_a_person_who_joins_or_leaves_is_found_and_no_longer_found(case_id: int) -> None:
    family = add_family("Ash")
    match(case_id, family)

    person = add_person(family, "Tia Ash")
    assert rows() == ends_of(case_id, "Ash", "Tia Ash")

    with transaction() as session:
        session.delete(session.get_one(Person, person))
    assert rows() == ends_of(case_id, "Ash")


def test_a_corrected_name_is_the_only_one_left(case_id: int) -> None:
    family = add_family("Ahs")
    match(case_id, family)
    person = add_person(family, "Tai")

    with transaction() as session:
        session.get_one(Family, family).name_key = "ash"
        session.get_one(Person, person).name_key = "tia"

    assert rows() == ends_of(case_id, "Ash", "Tia")


def test_a_case_that_goes_to_another_family_is_called_as_that_one_is(case_id: int) -> None:
    match(case_id, add_family("Ash"))
    match(case_id, add_family("Birch"))
    assert rows() == ends_of(case_id, "Birch")

    match(case_id, None)
    assert rows() == set()


def test_rows_are_cut_off_after_so_many_letters(case_id: int) -> None:
    match(case_id, add_family("Ab" * KEPT))
    assert max(len(part) for part, _, _ in rows()) == KEPT
    assert rows() == ends_of(case_id, "Ab" * KEPT)


def test_all_rows_at_once_are_those_that_were_written_one_by_one(case_id: int) -> None:
    family = add_family("Ash")
    match(case_id, family)
    add_person(family, "Tia Ash-Birch")
    before = rows()
    with transaction() as session:
        session.execute(text("DELETE FROM case_name"))
        write_all(session.connection())
    assert rows() == before != set()


@pytest.fixture
def old_database(tmp_path: Path) -> Iterator[Engine]:
    """A database as the version before had it, with a family and a case in it."""
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    command.upgrade(configuration(url), "0001")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in OLD_ROWS:
            connection.execute(text(statement))
    yield engine
    engine.dispose()


def test_families_of_the_version_before_are_found_after_upgrading(old_database: Engine) -> None:
    command.upgrade(configuration(str(old_database.url)), "head")
    with old_database.connect() as connection:
        found = connection.execute(text("SELECT part, case_id, of_family FROM case_name"))
        assert {tuple(row) for row in found} == ends_of(3, "Ash Straße", "Tia Ash")
