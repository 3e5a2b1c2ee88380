import pytest
from sqlalchemy import select

from app.cases.members import join
from app.cases.models import Case, FrontDoorContact
from app.db import reading, transaction
from app.identity.models import User
from app.identity.permissions import Role
from app.outbox.models import OutboxMessage
from app.tasks.automatic.notify import EVENTS
from tests.support.one_step import OneStep


def told(one: OneStep) -> list[tuple[str, str]]:
    """Address and words of every letter."""
    with reading() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [(row.to, str(row.payload["what"])) for row in rows]


def addresses(one: OneStep) -> set[str]:
    return {to for to, _ in told(one)}


def emails(*users: User) -> set[str]:
    return {user.email for user in users}


def give(one: OneStep, user: User, role: str) -> None:
    with transaction() as session:
        join(session, session.get_one(Case, one.case_id), user.id, role)


def test_everybody_of_a_role_in_the_area_is_told(one: OneStep) -> None:
    assert one.run("notify", event="urgent_contact", to="front_door_manager") == {"sent": True}
    assert addresses(one) == emails(*one.cast.people[Role.FRONT_DOOR_MANAGER])


def test_the_team_is_everybody_who_works_with_the_family(one: OneStep) -> None:
    lead = one.cast.one(Role.PRACTITIONER, 1)
    give(one, lead, "lead")
    one.run("notify", event="meeting_notes", to="team")
    assert addresses(one) == emails(one.worker, lead)


def test_until_there_is_a_lead_the_one_who_asked_is_told(one: OneStep) -> None:
    one.run("notify", event="review_reminder", to="case:lead")
    assert addresses(one) == emails(one.worker)
    lead = one.cast.one(Role.PRACTITIONER, 1)
    give(one, lead, "lead")
    one.run("notify", event="review_overdue", to="case:lead")
    assert addresses(one) == emails(one.worker, lead)


@pytest.mark.parametrize("event", ["{plan:>999999999}", "{plan.__class__.__mro__}", "{nobody}"])
def test_an_event_of_a_diagram_is_said_as_it_stands_and_never_filled_in(
    one: OneStep, event: str
) -> None:
    assert one.run("notify", event=event, to="case:lead") == {"sent": True}
    ((_, words),) = told(one)
    assert words == event.replace("_", " ") + "."


def test_a_family_has_no_sign_in_so_its_lead_passes_it_on(one: OneStep) -> None:
    lead = one.cast.one(Role.PRACTITIONER, 1)
    give(one, lead, "lead")
    one.run("notify", event="plan_copy", to="family")
    ((to, words),) = told(one)
    assert to == lead.email
    assert words.endswith("Please print it for the family or go through it with them.")


def test_who_made_contact_hears_of_the_outcome_and_it_is_noted(one: OneStep) -> None:
    one.said("make_ehash_contact", contact_by="online")
    number = one.run("record_contact", by=one.worker)["contact_id"]
    one.run("notify", event="contact_received", to="contact_maker", contact_id=number)
    assert one.rows(FrontDoorContact)[0].fed_back_at is None
    one.run("notify", event="contact_outcome", to="contact_maker", contact_id=number)
    assert addresses(one) == emails(one.worker)
    assert one.rows(FrontDoorContact)[0].fed_back_at is not None


def test_nobody_to_tell_is_said_and_who_has_left_is_not_told(one: OneStep) -> None:
    with transaction() as session:
        for user in one.cast.people[Role.PANEL_CHAIR]:
            session.get_one(User, user.id).is_active = False
    assert one.run("notify", event="panel_minutes_late", to="panel_chair") == {"sent": False}
    assert one.run("notify", event="panel_minutes_late", to="nobody") == {"sent": False}
    assert told(one) == []


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_no_letter_names_the_family(one: OneStep, event: str) -> None:
    one.run("notify", event=event, to="supervisor")
    with reading() as session:
        row = session.scalars(select(OutboxMessage)).first()
    assert row is not None
    assert "Hartley" not in str(row.payload)
    assert "{" not in str(row.payload["what"])
    assert row.payload["reference"] == one.case().reference


def test_the_same_thing_at_the_same_moment_is_said_once(one: OneStep) -> None:
    one.run("notify", event="review_overdue", to="case:lead")
    one.run("notify", event="review_overdue", to="case:lead")
    assert len(told(one)) == 1
