import pytest

from app import clock
from app.cases.models import FrontDoorContact
from tests.support.one_step import OneStep


def contact(one: OneStep, origin: str = "practitioner", form: str = "make_ehash_contact") -> int:
    one.said(form, practitioner_judgement="targeted_help", contact_by="phone")
    found = one.run("record_contact", by=one.worker, contact_origin=origin, contact_by="phone")
    return int(found["contact_id"])


@pytest.mark.parametrize("form", ["make_ehash_contact", "make_front_door_contact"])
def test_a_contact_is_kept_as_it_was_made(one: OneStep, form: str) -> None:
    number = contact(one, form=form)
    (row,) = one.rows(FrontDoorContact)
    assert (row.id, row.judgement, row.channel) == (number, "targeted_help", "phone")
    assert row.made_by_id == one.worker.id
    assert row.detail["origin"] == "practitioner"


@pytest.mark.parametrize(
    ("origin", "stage"),
    [("pathway", "front_door"), ("consent_refused", "front_door"), ("practitioner", "identify")],
)
def test_only_a_pathway_that_waits_for_the_front_door_is_there(
    one: OneStep, origin: str, stage: str
) -> None:
    contact(one, origin)
    assert one.case().stage == stage


def test_a_referral_has_a_number_and_social_care_leads(one: OneStep) -> None:
    """HULL-101."""
    number = contact(one)
    one.run("record_front_door_outcome", contact_id=number, front_door_outcome="statutory")
    (row,) = one.rows(FrontDoorContact)
    assert row.referral_reference == f"R-{number:05d}"
    assert row.decided_at == clock.now()
    assert one.case().statutory_since == clock.now()


@pytest.mark.parametrize("outcome", ["targeted_help", "direct_service", "advice"])
def test_below_the_threshold_nothing_changes_who_leads(one: OneStep, outcome: str) -> None:
    number = contact(one)
    found = one.run("record_front_door_outcome", contact_id=number, front_door_outcome=outcome)
    assert found == {"front_door_outcome": outcome}
    (row,) = one.rows(FrontDoorContact)
    assert (row.outcome, row.referral_reference) == (outcome, "")
    assert one.case().statutory_since is None


def test_without_a_number_it_is_the_latest_contact(one: OneStep) -> None:
    contact(one)
    contact(one)
    one.run("record_front_door_outcome", front_door_outcome="advice")
    assert [row.outcome for row in one.rows(FrontDoorContact)] == ["", "advice"]
