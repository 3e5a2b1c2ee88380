"""A file from somewhere else becomes a draft, or is refused with every reason."""

import html
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.db import reading
from app.engine.xml import MAX_BYTES
from app.modeller.edit import step_form
from app.modeller.models import Draft
from tests.modeller.conftest import Workshop, visit
from tests.modeller.test_checks import BOMB
from tests.support.diagrams import bpmn, end, flow, process, start, user

REFUSED = {
    "empty": (b"", "The file is empty"),
    "too large": (b"<a>" + b"x" * MAX_BYTES, "larger than 2 MB"),
    "a bomb": (BOMB.encode(), "DOCTYPE"),
    "not XML": (b"PK\x03\x04 a picture", "cannot be read: it is an archive"),
    "no text": (b"<a>\x00</a>", "Save the file as UTF-8"),
    "plain text": (b"hello", "This is not a diagram"),
    "not BPMN": (b"<html/>", "not a BPMN 2.0 diagram"),
    "no process": (bpmn(), "There is no process in the file"),
    "an empty process": (bpmn(process("a")), "Nothing is drawn"),
    "a table": (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "(DMN)"),
    "a broken line": (b"<a>\n<b>\n</a>", "cannot be read at line 3"),
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
        return list(session.scalars(select(Draft).order_by(Draft.id)))


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_opened_is_refused_with_the_reason(
    workshop: Workshop, content: bytes, words: str
) -> None:
    answer = _upload(workshop, content)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert _drafts() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (visit()[:-20], "it breaks off in the middle"),
        (visit().replace(b"</bpmn:process>", b""), "something that begins in it is never closed"),
        (
            visit().replace(b'id="ask"', b'id="ask" id="x"', 1),
            "the same setting stands there twice",
        ),
        (visit().replace(b"Ask", b"A\x01k"), "a character that such a file cannot hold"),
        (b"<a>" * 400, "its parts lie too deep inside each other"),
        (visit() + b"x", "something follows after its end"),
        (b"<a b=1/>", "it is not written as such a file has to be"),
    ],
)
def test_a_damaged_file_is_refused_in_the_words_of_somebody_who_draws(
    workshop: Workshop, content: bytes, said: str
) -> None:
    page = html.unescape(_upload(workshop, content).text)
    assert "The file cannot be read at line " in page
    assert said in page
    assert "Save it again in the program it was drawn with." in page
    for parser in ("string>", "PCDATA", "tag mismatch", "Premature", "XML_PARSE"):
        assert parser not in page


def test_a_file_is_needed(workshop: Workshop) -> None:
    assert _upload(workshop, None).status_code == 422


def test_several_processes_become_a_draft_each(workshop: Workshop) -> None:
    both = bpmn(
        process("a", start(), user("ask", groups="practitioner"), end(), flow("start > ask > end")),
        process("b", start("go"), user("tell"), end("stop"), flow("go > tell > stop")),
    )
    page = workshop.client.get(_upload(workshop, both).location).text
    assert [draft.process_id for draft in _drafts()] == ["a", "b"]
    assert "drawing.bpmn" in page
    assert f"/processes/drafts/{_drafts()[1].id}/file" in page


def test_what_the_import_did_is_told_beside_what_is_left_to_do(workshop: Workshop) -> None:
    foreign = visit().replace(b'id="start_ask" ', b"").replace(b"=more = ", b"${more} is ")
    answer = _upload(workshop, foreign)
    page = html.unescape(workshop.client.get(answer.location).text)
    assert "had no id. It has one now." in page
    assert 'The condition was “${more} is "yes"”' in page
    number = int(answer.location.split("/")[3])
    refused = workshop.publish(number)
    assert "Nothing was published" in refused.text


def test_a_to_do_stays_with_its_step_until_somebody_empties_it(workshop: Workshop) -> None:
    lost = b'<bpmn:sequenceFlow id="lost" sourceRef="ask" targetRef="nobody"/></bpmn:process>'
    foreign = visit().replace(b"</bpmn:process>", lost)
    draft = int(_upload(workshop, foreign).location.split("/")[3])
    check = f"/processes/drafts/{draft}/check"
    assert "A flow led to “nobody”" in workshop.client.get(check).text
    step = f"/processes/drafts/{draft}/steps/ask"
    assert "To do, from the file this came from" in workshop.client.get(step).text
    seen = step_form(workshop.stored(draft).xml, "ask").fingerprint
    workshop.client.post(step, data={"seen": seen, "todo.loose-flow": ""})
    assert "A flow led to" not in workshop.client.get(check).text


def test_a_draft_that_came_from_no_file_has_no_such_page(workshop: Workshop) -> None:
    assert workshop.client.get(f"/processes/drafts/{workshop.draft()}/file").status_code == 404


def test_a_drawing_with_faults_opens_as_a_draft_that_names_them(workshop: Workshop) -> None:
    answer = _upload(workshop, visit(default="", ask="From elsewhere"))
    assert answer.status_code == 302
    page = workshop.client.get(answer.location.replace("/file", "/outline")).text
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
    assert draft.xml.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert 'name="Zoë"' in draft.xml
    outline = answer.location.replace("/file", "/outline")
    assert "Zoë" in workshop.client.get(outline).text


@pytest.mark.parametrize("pack", ["", "hull", "../core"])
def test_only_into_packs_of_ones_own_areas(workshop: Workshop, pack: str) -> None:
    assert _upload(workshop, visit(), pack).status_code == 403
    assert _drafts() == []
