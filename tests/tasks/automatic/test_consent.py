from sqlalchemy import select

from app import clock
from app.audit.models import AuditEvent
from app.cases.models import Case, CaseMember, Consent
from app.db import reading, transaction
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.models import Task
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
    with reading() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
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


def joins(one: OneStep, user: User, role: str) -> None:
    with transaction() as session:
        member = CaseMember(case_id=one.case_id, user_id=user.id, role=role, since=clock.now())
        session.add(member)


def holds(one: OneStep, user: User, process_id: str = "meet_needs") -> int:
    """Somebody has an open task of the case."""
    instance_id = one.begin(process_id, one.case_id)
    with transaction() as session:
        task = Task(
            instance_id=instance_id,
            engine_task_id=f"{process_id} {user.id}",
            process_id=process_id,
            element_id="do_action",
            kind="user",
            name="Carry out your action",
            path=[],
            facts={},
            item=None,
            role="partner",
            area_id=one.cast.area,
            case_id=one.case_id,
            assignee_id=user.id,
            opened_at=clock.now(),
        )
        session.add(task)
        session.flush()
        return task.id


def task_of(one: OneStep, task_id: int) -> Task:
    with reading() as session:
        return session.get_one(Task, task_id)


def working(one: OneStep) -> set[int]:
    return {row.user_id for row in one.rows(CaseMember) if row.until is None}


def test_other_agencies_leave_the_case_and_the_lead_gets_their_tasks(one: OneStep) -> None:
    lead, teacher = one.cast.one(Role.PRACTITIONER, 1), one.cast.one(Role.PARTNER)
    joins(one, lead, "lead")
    joins(one, teacher, "member")
    theirs, ours = holds(one, teacher), holds(one, one.worker)
    one.run("stop_sharing", by=lead)
    assert teacher.id not in working(one)
    assert lead.id in working(one)
    assert task_of(one, theirs).assignee_id == lead.id
    assert task_of(one, ours).assignee_id == one.worker.id


def test_without_a_lead_their_tasks_go_to_the_team_of_the_case(one: OneStep) -> None:
    teacher = one.cast.one(Role.PARTNER)
    with transaction() as session:
        session.get_one(Case, one.case_id).team_id = one.worker.team_id
    joins(one, teacher, "member")
    theirs = holds(one, teacher)
    one.run("stop_sharing", by=one.worker)
    assert working(one) <= {one.worker.id}
    task = task_of(one, theirs)
    assert (task.assignee_id, task.role) == (None, "practitioner")
    assert task.team_id == one.worker.team_id


def test_what_follows_a_report_of_harm_stays_with_whoever_does_it(one: OneStep) -> None:
    teacher = one.cast.one(Role.PARTNER)
    joins(one, one.cast.one(Role.PRACTITIONER, 1), "lead")
    theirs = holds(one, teacher, "urgent_safeguarding")
    one.run("stop_sharing", by=one.worker)
    assert task_of(one, theirs).assignee_id == teacher.id
