"""A draft keeps what is drawn, whoever else draws, and whatever it is."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import reading
from app.engine.xml import MAX_BYTES
from app.identity.models import User
from app.modeller.models import Draft
from tests.modeller.conftest import Workshop, visit
from tests.support.site import client_for


def _save(
    workshop: Workshop, draft: int, xml: object, version: object = 1
) -> tuple[int, dict[str, str]]:
    answer = workshop.client.post(
        f"/processes/drafts/{draft}/save", json={"xml": xml, "version": version}
    )
    return answer.status_code, answer.get_json()


def test_a_draft_is_stored_without_being_read(workshop: Workshop) -> None:
    draft = workshop.draft()
    status, answer = _save(workshop, draft, "<half a drawing")
    assert status == 200
    assert str(answer["version"]) == "2"
    assert answer["message"].startswith("Saved at ")
    assert workshop.stored(draft).xml == "<half a drawing"
    for page in ("", "/outline", "/check", "/publish"):
        assert workshop.client.get(f"/processes/drafts/{draft}{page}").status_code == 200


def test_edit_opens_the_draft_a_person_has_already(workshop: Workshop, colleague: User) -> None:
    first = workshop.client.post("/processes/core/visit/drafts", data={"idempotency_key": "a"})
    again = workshop.client.post("/processes/core/visit/drafts", data={"idempotency_key": "b"})
    assert first.location == again.location
    other = client_for(workshop.app, colleague)
    theirs = other.post("/processes/core/visit/drafts", data={"idempotency_key": "a"})
    assert theirs.location != first.location
    in_words = workshop.client.post(
        "/processes/core/visit/drafts", data={"idempotency_key": "c", "outline": "1"}
    )
    assert in_words.location == f"{first.location}/outline"


def test_a_process_can_be_taken_over_for_one_area(workshop: Workshop) -> None:
    answer = workshop.client.post(
        "/processes/core/visit/drafts", data={"idempotency_key": "a", "home": "starter"}
    )
    draft = workshop.stored(int(answer.location.rsplit("/", 1)[1]))
    assert (draft.pack, draft.based_on_id) == ("starter", workshop.live().id)
    nowhere = workshop.client.post(
        "/processes/core/visit/drafts", data={"idempotency_key": "b", "home": "hull"}
    )
    assert nowhere.status_code == 404


def test_of_two_who_draw_at_once_both_drawings_are_kept(
    workshop: Workshop, colleague: User
) -> None:
    draft = workshop.draft()
    other = client_for(workshop.app, colleague)
    mine, theirs = visit(ask="Mine").decode(), visit(ask="Theirs").decode()
    sent = other.post(f"/processes/drafts/{draft}/save", json={"xml": theirs, "version": 1})
    assert sent.status_code == 200
    status, answer = _save(workshop, draft, mine, 1)
    assert status == 409
    assert "Colin Colleague saved this draft at 9am" in answer["message"]
    assert "Both are kept" in answer["message"]
    assert workshop.stored(draft).xml == theirs
    copy = int(answer["copy"].rsplit("/", 1)[1])
    assert workshop.stored(copy).xml == mine
    assert _save(workshop, draft, mine, 1)[1]["copy"] == answer["copy"]
    with reading() as session:
        assert len(session.scalars(select(Draft)).all()) == 2


def test_saving_the_same_again_is_no_conflict(workshop: Workshop) -> None:
    draft = workshop.draft()
    xml = visit(ask="Once").decode()
    assert _save(workshop, draft, xml, 1)[0] == 200
    assert _save(workshop, draft, xml, 1) == _save(workshop, draft, xml, 1)
    assert workshop.stored(draft).lock_version == 2


@pytest.mark.parametrize("version", [None, "", "x", 0, 99, [1], {"a": 1}])
def test_a_version_that_cannot_be_right_never_overwrites(
    workshop: Workshop, version: object
) -> None:
    draft = workshop.draft()
    before = workshop.stored(draft).xml
    assert _save(workshop, draft, "<new/>", version)[0] == 409
    assert workshop.stored(draft).xml == before


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (None, "no drawing"),
        ("", "no drawing"),
        (" \n ", "no drawing"),
        (7, "no drawing"),
        (["<a/>"], "no drawing"),
        ("<a>\x00</a>", "characters"),
        ("<a>\ud800</a>", "characters"),
        ("<a>" + "x" * MAX_BYTES + "</a>", "larger than 2 MB"),
    ],
    ids=["nothing", "empty", "blank", "number", "list", "zero", "half a character", "too large"],
)
def test_what_is_no_drawing_is_refused_in_words(
    workshop: Workshop, xml: object, words: str
) -> None:
    draft = workshop.draft()
    before = workshop.stored(draft).xml
    status, answer = _save(workshop, draft, xml)
    assert status == 422
    assert words in answer["message"]
    assert workshop.stored(draft).xml == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"'])
def test_a_request_that_is_no_drawing_at_all_is_refused(workshop: Workshop, body: bytes) -> None:
    address = f"/processes/drafts/{workshop.draft()}/save"
    answer = workshop.client.post(address, data=body, content_type="application/json")
    assert answer.status_code == 422


def test_an_editor_left_open_can_go_on_after_signing_in_again(workshop: Workshop) -> None:
    draft = workshop.draft()
    address = f"/processes/drafts/{draft}"
    signed_out = client_for(workshop.app).post(
        f"{address}/save", json={"xml": "<x/>", "version": 1}
    )
    assert signed_out.status_code == 401
    stale = workshop.client.post(
        f"{address}/save", json={"xml": "<x/>", "version": 1}, headers={"X-CSRFToken": "old"}
    )
    assert stale.status_code == 400
    state = workshop.client.get(
        f"{address}/state", headers={"Accept": "application/json"}
    ).get_json()
    saved = workshop.client.post(
        f"{address}/save",
        json={"xml": "<x/>", "version": state["version"]},
        headers={"X-CSRFToken": state["csrf_token"]},
        csrf=False,
    )
    assert saved.status_code == 200


def test_a_discarded_draft_is_gone_and_on_the_record(workshop: Workshop) -> None:
    draft = workshop.draft()
    address = f"/processes/drafts/{draft}/discard"
    sent = [workshop.client.post(address, data={"idempotency_key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [302, 302]
    gone = workshop.client.get(f"/processes/drafts/{draft}")
    assert gone.status_code == 409
    assert "Olive Owner discarded this draft" in gone.text
    with reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.actor) == ("draft.discarded", workshop.owner.actor)
    assert workshop.live().number == 1
