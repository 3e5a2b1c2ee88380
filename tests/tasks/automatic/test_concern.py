from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.cases.models import Case, Concern, Family
from app.db import reading, transaction
from app.identity.permissions import Role
from app.tasks.automatic.concern import OpenCaseGone
from app.tasks.automatic.reading import DocumentMissing
from tests.support.one_step import OneStep
from tests.support.scenario_world import add_family_in_need

MIA = {"name": "mia  HARTLEY", "date_of_birth": "2019-04-02"}


def concern(one: OneStep, *children: dict[str, Any], family: str = "Hartley") -> None:
    one.said("record_concern", family_name=family, children=list(children), what="Often alone")


def another_case(one: OneStep, status: str = "open") -> int:
    """The same family’s other case; the case of the test knows no family yet."""
    other = add_family_in_need(one.cast, one.cast.one(Role.PRACTITIONER, 2))
    with transaction() as session:
        session.get_one(Case, other).status = status
        session.get_one(Case, one.case_id).family_id = None
    return other


def strangers(one: OneStep) -> None:
    """No family is known at all."""
    with transaction() as session:
        for family in session.scalars(select(Family)):
            family.area_id = "hull"
        session.get_one(Case, one.case_id).family_id = None


def test_a_child_of_the_same_name_and_birthday_is_the_same_child(one: OneStep) -> None:
    other = another_case(one)
    concern(one, MIA)
    assert one.run("match_family") == {"match": "open_case", "matched_case_id": other}


def test_a_closed_case_is_not_joined_but_its_family_is_known(one: OneStep) -> None:
    another_case(one, "closed")
    with transaction() as session:
        first = session.scalars(select(Family).order_by(Family.id)).first()
        assert first is not None
        first.area_id = "hull"
    concern(one, MIA)
    assert one.run("match_family") == {"match": "family", "matched_case_id": None}


@pytest.mark.parametrize(
    ("child", "family", "match"),
    [
        ({"name": "Mia Hartley", "date_of_birth": "2019-04-03"}, "Hartley", "none"),
        ({"name": "Mia", "date_of_birth": "2019-04-02"}, "Hartley", "none"),
        ({"name": "Mia Hartley"}, "hartley", "open_case"),
        ({"name": "Mia Hartley"}, "Other", "none"),
        ({"name": ""}, "Hartley", "none"),
    ],
)
def test_what_counts_as_the_same_child(
    one: OneStep, child: dict[str, Any], family: str, match: str
) -> None:
    another_case(one)
    concern(one, child, family=family)
    assert one.run("match_family")["match"] == match


def test_a_family_of_another_area_is_not_ours_to_find(one: OneStep) -> None:
    strangers(one)
    concern(one, MIA)
    assert one.run("match_family")["match"] == "none"


def test_nothing_is_matched_before_the_concern_is_written(one: OneStep) -> None:
    with pytest.raises(DocumentMissing, match="record concern"):
        one.run("match_family")


def test_a_joined_concern_and_who_raised_it_go_to_the_open_case(one: OneStep) -> None:
    other = another_case(one)
    concern(one, MIA)
    assert one.run("join_case", by=one.worker, matched_case_id=other) == {
        "identify_outcome": "joined"
    }
    case = one.case()
    assert (case.status, case.joined_to_id) == ("joined", other)
    with reading() as session:
        moved = session.scalars(select(Concern).where(Concern.case_id == other)).one()
    assert (moved.summary, moved.raised_by_id) == ("Often alone", one.worker.id)


@pytest.mark.parametrize("gone", [None, 10**6, "closed"])
def test_a_case_that_ended_meanwhile_is_not_joined(one: OneStep, gone: object) -> None:
    other = another_case(one, "closed")
    concern(one, MIA)
    with pytest.raises(OpenCaseGone):
        one.run("join_case", matched_case_id=other if gone == "closed" else gone)


def test_a_new_family_is_made_with_its_children_and_parent(one: OneStep) -> None:
    strangers(one)
    one.said(
        "record_concern",
        family_name="Marsh",
        children=[
            {"name": "Theo Marsh", "date_of_birth": "2020-02-29", "setting": "Hill Primary"},
            {"name": "", "unborn": True, "expected_date": "2026-05-01"},
        ],
        parent_name="Ann Marsh",
        parent_contact="01632 960001",
        home_address="1 High Street",
        what="Tired",
    )
    one.run("record_concern", by=one.worker, match="none")
    family = one.case().family
    assert family is not None
    assert (family.name, family.phone, family.address) == (
        "Marsh",
        "01632 960001",
        "1 High Street",
    )
    assert [(p.name, p.role, p.date_of_birth, p.expected_on) for p in family.people] == [
        ("Theo Marsh", "child", date(2020, 2, 29), None),
        ("Baby", "child", None, date(2026, 5, 1)),
        ("Ann Marsh", "parent", None, None),
    ]
    assert [row.summary for row in one.rows(Concern)] == ["Tired"]


def test_the_family_a_person_confirmed_is_used_again(one: OneStep) -> None:
    another_case(one)
    concern(one, MIA, {"name": "Leo Hartley", "date_of_birth": "2022-01-01"})
    one.run("record_concern", match="open_case", same_family="yes")
    family = one.case().family
    assert family is not None
    assert [p.name for p in family.people] == ["Mia Hartley", "Jess Hartley", "Leo Hartley"]


def test_a_family_somebody_says_is_another_one_gets_its_own_record(one: OneStep) -> None:
    another_case(one)
    concern(one, MIA)
    one.run("record_concern", match="open_case", same_family="no")
    with reading() as session:
        assert len(session.scalars(select(Family)).all()) == 3
