from app.audit.models import AuditEvent
from app.cases.models import Consent
from tests.support.one_step import OneStep

SHARING = [
    {"agency": "Northgate School", "may_share": "yes", "topics": ["learning", "family_life"]},
    {"agency": "Housing", "may_share": "no"},
]


def agreed(one: OneStep, outcome: str) -> list[tuple[str, str, str, str]]:
    one.said(
        "record_agreement", consent_by_name="Jess Hartley", sharing=SHARING, consent_method="spoken"
    )
    one.run("record_consent", by=one.worker, consent_outcome=outcome, consent_gaps=[])
    return [(row.person_name, row.agency, row.topic, row.status) for row in one.rows(Consent)]


def test_agreement_is_kept_for_taking_part_and_for_each_agency(one: OneStep) -> None:
    """SOTON-27: agency by agency, topic by topic."""
    assert agreed(one, "given") == [
        ("Jess Hartley", "", "", "given"),
        ("Jess Hartley", "Northgate School", "learning, family life", "given"),
        ("Jess Hartley", "Housing", "", "refused"),
    ]


def test_who_does_not_take_part_shares_nothing(one: OneStep) -> None:
    assert {status for *_, status in agreed(one, "refused")} == {"refused"}


def test_an_agreement_with_gaps_counts_as_none(one: OneStep) -> None:
    assert {status for *_, status in agreed(one, "unclear")} == {"refused"}


def test_a_person_chosen_from_the_family_is_named(one: OneStep) -> None:
    family = one.case().family
    assert family is not None
    parent = next(person for person in family.people if person.role == "parent")
    one.said("record_agreement", consent_by=f"person:{parent.id}")
    one.run("record_consent", consent_outcome="given")
    assert [row.person_name for row in one.rows(Consent)] == ["Jess Hartley"]


def test_a_decision_to_share_without_asking_is_on_the_record_and_no_consent(one: OneStep) -> None:
    one.said("explain_sharing", lawful_basis="risk_of_harm")
    one.run("record_consent", by=one.worker, consent_override=True)
    assert one.rows(Consent) == []
    last = one.rows(AuditEvent)[-1]
    assert (last.action, last.detail) == ("consent.overridden", {"lawful_basis": "risk_of_harm"})


def test_each_thing_refused_is_a_row(one: OneStep) -> None:
    one.said("describe_refusal", refused_by="Mr Hartley", refused_what=["assessment", "plan"])
    one.run("record_refusal", by=one.worker)
    assert [(row.person_name, row.topic, row.status) for row in one.rows(Consent)] == [
        ("Mr Hartley", "The assessment", "refused"),
        ("Mr Hartley", "The plan", "refused"),
    ]


def test_taking_agreement_back_stops_what_was_given_and_keeps_what_was_refused(
    one: OneStep,
) -> None:
    agreed(one, "given")
    one.run("stop_sharing")
    rows = one.rows(Consent)
    assert [row.status for row in rows] == ["withdrawn", "withdrawn", "refused"]
    assert [row.withdrawn_at is not None for row in rows] == [True, True, False]
