"""From a draft to the live version: who may, what stands in the way, and what stays."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import reading
from app.identity.models import User
from tests.modeller.conftest import NOTE, Workshop, visit
from tests.support.factories import make_area, make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish
from tests.support.site import client_for


def test_new_cases_take_the_new_version_and_running_ones_stay(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    old = driver.start("visit")
    assert driver.task("ask").name == "Ask the family"
    answer = workshop.publish(workshop.draft(visit(ask="Ask everybody", condition='=more = "no"')))
    assert answer.location == "/processes/core/visit"
    page = workshop.client.get(answer.location).text
    assert "Version 2 is live. New cases take it. 1 running process stays" in page
    new = driver.start("visit")
    tasks = {driver.task("ask").instance_id: driver.task("ask").name}
    assert tasks == {old: "Ask the family"}
    driver.complete("ask", more="yes")
    assert driver.task("visit_again").instance_id == old
    assert driver.task("ask").name == "Ask everybody"
    driver.complete("ask", more="yes")
    assert driver.instance(new).status == "finished"
    with reading() as session:
        event = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.action == "definition.published")
            .order_by(AuditEvent.id.desc())
        ).first()
    assert event is not None
    assert event.actor == workshop.owner.actor
    assert event.detail["version_id"] == workshop.live().id


def test_what_changes_is_told_before_it_is_published(workshop: Workshop) -> None:
    draft = workshop.draft(visit(ask="Ask everybody", condition='=more = "no"'))
    page = workshop.client.get(f"/processes/drafts/{draft}/publish").text
    assert "changed: name" in page
    assert "changed: condition" in page
    unchanged = workshop.draft(
        visit().decode().replace("><", ">\n<"), by=make_user(role="process_owner")
    )
    assert "Only the layout" in workshop.client.get(f"/processes/drafts/{unchanged}/publish").text


@pytest.mark.parametrize("note", ["", "   ", "too short", "x" * 2001])
def test_a_note_is_needed(workshop: Workshop, note: str) -> None:
    draft = workshop.draft(visit(ask="Other"))
    answer = workshop.publish(draft, note)
    assert answer.status_code == 422
    assert "Say in a sentence what changes" in answer.text
    assert workshop.live().number == 1
    assert workshop.stored(draft).xml == visit(ask="Other").decode()


def test_errors_stand_in_the_way_and_the_note_is_kept(workshop: Workshop) -> None:
    draft = workshop.draft(visit(default=""))
    answer = workshop.publish(draft)
    assert answer.status_code == 422
    assert "Is it enough?" in answer.text
    assert "Nothing was published" in answer.text
    assert NOTE in answer.text
    assert workshop.live().number == 1


def test_publishing_what_is_live_already_changes_nothing(workshop: Workshop) -> None:
    answer = workshop.publish(workshop.draft())
    assert answer.status_code == 422
    assert "live already" in answer.text


def test_pressed_twice_it_is_published_once(workshop: Workshop) -> None:
    draft = workshop.draft(visit(ask="Other"))
    answers = [workshop.publish(draft), workshop.publish(draft)]
    assert [answer.location for answer in answers] == ["/processes/core/visit"] * 2
    assert workshop.live().number == 2
    assert workshop.publish(draft, key="another").status_code == 409


def test_of_two_who_publish_one_draft_the_second_is_told_who_was_faster(
    workshop: Workshop, colleague: User
) -> None:
    draft = workshop.draft(visit(ask="Other"))
    data = {"note": "Their reason for the change", "idempotency_key": "k"}
    client_for(workshop.app, colleague).post(f"/processes/drafts/{draft}/publish", data=data)
    late = workshop.publish(draft)
    assert late.status_code == 409
    assert "Colin Colleague published this draft as version 2 on" in late.text
    assert 'href="/processes/core/visit/versions/2"' in late.text
    assert NOTE in late.text, "what was typed is given back"
    assert workshop.live().number == 2


def test_a_draft_that_somebody_discarded_says_so(workshop: Workshop, colleague: User) -> None:
    draft = workshop.draft(visit(ask="Other"))
    client_for(workshop.app, colleague).post(
        f"/processes/drafts/{draft}/discard", data={"idempotency_key": "k"}
    )
    late = workshop.publish(draft)
    assert late.status_code == 409
    assert "Colin Colleague discarded this draft on" in late.text
    assert 'href="/processes/core/visit"' in late.text
    saved = workshop.client.post(
        f"/processes/drafts/{draft}/save", json={"xml": "<a/>", "version": 1}
    )
    assert saved.status_code == 409
    assert "discarded this draft" in saved.get_json()["error"]
    assert workshop.draft() != draft, "its number is not used again"


def test_where_a_draft_went_is_not_told_to_those_who_could_not_see_it(workshop: Workshop) -> None:
    draft = workshop.draft(visit(ask="Other"))
    workshop.publish(draft)
    elsewhere = make_user("Elsa Elsewhere", role="process_owner", areas=[])
    answer = client_for(workshop.app, elsewhere).get(f"/processes/drafts/{draft}")
    assert answer.status_code == 404


def test_somebody_elses_publication_meanwhile_is_said_and_can_be_built_on(
    workshop: Workshop, colleague: User
) -> None:
    mine = workshop.draft(visit(ask="Mine"))
    theirs = workshop.draft(visit(ask="Theirs"), by=colleague)
    other = client_for(workshop.app, colleague)
    note = "Their reason for the change"
    sent = other.post(
        f"/processes/drafts/{theirs}/publish", data={"note": note, "idempotency_key": "k"}
    )
    assert sent.status_code == 302
    answer = workshop.publish(mine)
    assert answer.status_code == 409
    assert "Colin Colleague published version 2" in answer.text
    assert note in answer.text
    assert "Continue on top of version 2" in answer.text
    assert workshop.live().number == 2
    going_on = workshop.client.post(
        f"/processes/drafts/{mine}/continue", data={"idempotency_key": "k2"}
    )
    assert going_on.location == f"/processes/drafts/{mine}/publish"
    assert "Theirs" in workshop.client.get(going_on.location).text
    assert workshop.publish(mine, key="again").status_code == 302
    assert (workshop.live().number, "Mine" in workshop.live().content) == (3, True)


def test_of_two_who_publish_in_the_same_moment_one_is_asked_to_look_again(
    workshop: Workshop, colleague: User
) -> None:
    people = [workshop.owner, colleague]
    ready = threading.Barrier(2)

    def send(person: User) -> int:
        client = client_for(workshop.app, person)
        draft = workshop.draft(visit(ask=person.name), by=person)
        ready.wait(timeout=30)
        data = {"note": NOTE, "idempotency_key": "k"}
        return client.post(f"/processes/drafts/{draft}/publish", data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, people)) == [302, 409]
    assert workshop.live().number == 2


def test_a_shared_process_is_published_by_those_who_work_in_all_areas_that_share_it(
    workshop: Workshop,
) -> None:
    make_area("other", name="Other area")
    publish(area="other")
    draft = workshop.draft(visit(ask="Everybody asks"))
    answer = workshop.publish(draft)
    assert answer.status_code == 403
    assert "shared with Other area" in answer.text
    assert workshop.live().number == 1
    both = client_for(workshop.app, make_user(role="process_owner", areas=["starter", "other"]))
    sent = both.post(
        f"/processes/drafts/{draft}/publish", data={"note": NOTE, "idempotency_key": "k"}
    )
    assert sent.status_code == 302
    assert workshop.live().number == 2


def test_one_area_takes_a_process_over_and_the_others_keep_theirs(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    make_area("other")
    publish(area="other")
    begun = workshop.client.post(
        "/processes/core/visit/drafts", data={"idempotency_key": "a", "home": "starter"}
    )
    draft = int(begun.location.rsplit("/", 1)[1])
    workshop.client.post(
        f"{begun.location}/save", json={"xml": visit(ask="Ask here").decode(), "version": 1}
    )
    assert workshop.publish(draft).location == "/processes/starter/visit"
    driver.start("visit")
    assert driver.task("ask").name == "Ask here"
    driver.complete("ask", more="no")
    driver.area = "other"
    driver.start("visit")
    assert driver.task("ask").name == "Ask the family"


def test_an_approver_publishes_what_an_owner_drew(workshop: Workshop) -> None:
    draft = workshop.draft(visit(ask="Drawn by the owner"))
    approver = client_for(workshop.app, make_user("Abe Approver", role="approver"))
    sent = approver.post(
        f"/processes/drafts/{draft}/publish", data={"note": NOTE, "idempotency_key": "k"}
    )
    assert sent.status_code == 302
    assert "Abe Approver" in workshop.client.get("/processes/core/visit").text
