"""A file from somewhere else becomes a draft, or is refused with every reason."""

import html
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.db import reading
from app.engine.xml import MAX_BYTES
from app.modeller.models import Draft
from tests.modeller.conftest import Workshop, visit
from tests.modeller.test_checks import BOMB
from tests.support.diagrams import bpmn, end, flow, process, start, user

REFUSED = {
    "empty": (b"", "The file is empty"),
    "too large": (b"<a>" + b"x" * MAX_BYTES, "larger than 2 MB"),
    "a bomb": (BOMB.encode(), "DOCTYPE"),
    "not XML": (b"PK\x03\x04 a picture", "cannot be read"),
    "no text": (b"<a>\x00</a>", "Save the file as UTF-8"),
    "plain text": (b"hello", "cannot be read"),
    "not BPMN": (b"<html/>", "not a BPMN 2.0 diagram"),
    "no process": (bpmn(), "No process in the file is marked as executable"),
    "two processes": (
        bpmn(process("a", start("s1")), process("b", start("s2"))),
        "draws 2 processes",
    ),
    "an id twice": (visit().replace(b'id="end"', b'id="ask"'), "ask: This id is used twice"),
    "a step without id": (visit().replace(b'id="ask" ', b""), "has no id"),
    "a long id": (bpmn(process("x" * 121, start())), "longer than 120"),
    "broken letters": (b'<?xml version="1.0" encoding="utf-8"?><a>\xff</a>', "cannot be read"),
}


def _upload(workshop: Workshop, content: bytes | None, pack: str = "core") -> TestResponse:
    fields: dict[str, object] = {"pack": pack, "idempotency_key": "k"}
    if content is not None:
        fields["file"] = FileStorage(BytesIO(content), "drawing.bpmn")
    # encoded here, because the test client leaves its temporary file open
    boundary, body = encode_multipart(fields)
    return workshop.client.post(
        "/processes/upload", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def _drafts() -> list[Draft]:
    with reading() as session:
        return list(session.scalars(select(Draft)))


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_opened_is_refused_with_the_reason(
    workshop: Workshop, content: bytes, words: str
) -> None:
    answer = _upload(workshop, content)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert _drafts() == []


def test_a_file_is_needed(workshop: Workshop) -> None:
    assert _upload(workshop, None).status_code == 422


def test_a_drawing_with_faults_opens_as_a_draft_that_names_them(workshop: Workshop) -> None:
    answer = _upload(workshop, visit(default="", ask="From elsewhere"))
    assert answer.status_code == 302
    page = workshop.client.get(answer.location).text
    assert "From elsewhere" in page
    assert "Put right" in page
    assert [(d.process_id, d.based_on_id) for d in _drafts()] == [("visit", workshop.live().id)]


def test_a_new_process_can_be_published_from_a_file(workshop: Workshop) -> None:
    new = bpmn(
        process(
            "later",
            start(),
            user("look_back", form="ask", groups="practitioner"),
            end(),
            flow("start > look_back > end"),
            name="Look back",
        )
    )
    location = _upload(workshop, new).location
    draft = int(location.split("/")[3])
    page = workshop.client.get(f"/processes/drafts/{draft}/publish").text
    assert "new process" in page
    assert workshop.publish(draft).location == "/processes/core/later"
    assert "Look back" in workshop.client.get("/processes").text


def test_other_encodings_become_utf_8(workshop: Workshop) -> None:
    text = '<?xml version="1.0" encoding="iso-8859-1"?>\n' + visit(ask="Zoë").decode()
    answer = _upload(workshop, text.encode("iso-8859-1"))
    draft = workshop.stored(int(answer.location.split("/")[3]))
    assert draft.xml == text.replace("iso-8859-1", "UTF-8")
    assert "Zoë" in workshop.client.get(answer.location).text


@pytest.mark.parametrize("pack", ["", "hull", "../core"])
def test_only_into_packs_of_ones_own_areas(workshop: Workshop, pack: str) -> None:
    assert _upload(workshop, visit(), pack).status_code == 403
    assert _drafts() == []
