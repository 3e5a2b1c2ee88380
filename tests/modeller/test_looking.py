"""The list of processes and the page of one."""

import pytest

from tests.modeller.conftest import NOTE, Workshop, visit
from tests.support.factories import make_area, make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import AREA_PACK, diagram, pack_file, publish
from tests.support.reading_pages import words
from tests.support.site import client_for


def test_the_list_says_what_is_live_whose_it_is_and_what_is_being_drawn(workshop: Workshop) -> None:
    workshop.draft()
    page = workshop.client.get("/processes").text
    assert "Visit a family" in page
    assert "Came with the software" in page
    assert "by Olive Owner" in page
    assert "Decision tables" not in page
    assert "Forms (2)" in page


def test_somebody_without_an_area_is_told_what_to_do(workshop: Workshop) -> None:
    nowhere = make_user(role="process_owner", areas=[])
    page = client_for(workshop.app, nowhere).get("/processes").text
    assert "No processes yet" in page
    assert "Visit a family" not in page


def test_a_pack_without_anything_of_its_own_says_so(workshop: Workshop) -> None:
    assert "No process of its own" in workshop.client.get("/processes?pack=starter").text


def test_another_areas_processes_and_drafts_do_not_exist(workshop: Workshop) -> None:
    make_area("other")
    publish(area="other")
    publish(more=[diagram(visit(ask="Ask elsewhere"), pack="other")], area="other")
    page = workshop.client.get("/processes").text
    assert "elsewhere" not in page
    assert workshop.client.get("/processes/other/visit").status_code == 404
    assert workshop.client.get("/processes/other/visit/versions/1").status_code == 404
    stranger = client_for(workshop.app, make_user(role="process_owner", area="other"))
    sent = stranger.post(
        "/processes/other/visit/drafts", data={"idempotency_key": "k"}, follow_redirects=True
    )
    assert sent.status_code == 200
    draft = sent.request.path
    for path in (draft, f"{draft}/outline", f"{draft}/state", f"{draft}/publish", f"{draft}/check"):
        assert workshop.client.get(path).status_code == 404
    for action in ("save", "check", "publish", "discard", "continue"):
        sent = workshop.client.post(f"{draft}/{action}", data={"idempotency_key": action})
        assert sent.status_code == 404


def test_the_page_tells_the_process_in_words_and_its_history(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    driver.start("visit")
    driver.start("visit")
    page = workshop.client.get("/processes/core/visit").text
    for told in ("Ask the family", "within 5 working days", "Is it enough?", "in all other cases"):
        assert told in page
    assert "=more = &#34;yes&#34;" in page
    assert 'data-label="Running now" class="app-number">2<' in page
    draft = workshop.draft(visit(ask="Ask everybody"))
    assert workshop.publish(draft).status_code == 302
    page = workshop.client.get("/processes/core/visit").text
    assert NOTE in page
    assert "Ask everybody" in page
    older = workshop.client.get("/processes/core/visit/versions/1").text
    assert "no longer given to new cases" in older
    assert "Ask the family" in older
    assert workshop.client.get("/processes/core/visit/versions/9").status_code == 404


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("working days(parameters.signoff_wd)", "within 3 working days"),
        ("working days(parameters.signoff_wd - 2)", "within 1 working day"),
        ("working days(date(more), 2)", "=working days(date(more), 2)"),
    ],
)
def test_a_due_date_says_what_the_area_has_set(workshop: Workshop, due: str, said: str) -> None:
    text = AREA_PACK.format(id="starter") + "[parameters]\nsignoff_wd = 3\n"
    drawn = visit().replace(b"working days(5)", due.encode())
    publish(more=[pack_file(text, pack="starter"), diagram(drawn, pack="starter")])
    page = words(workshop.client.get("/processes/starter/visit").text)
    assert f"due {said}" in page


def test_the_file_can_be_kept_as_it_was_published(workshop: Workshop) -> None:
    answer = workshop.client.get("/processes/core/visit/versions/1/diagram.bpmn")
    assert answer.data == visit()
    assert answer.headers["Content-Disposition"] == "attachment; filename=visit-1.bpmn"


def test_the_drawing_uses_the_words_of_the_area(workshop: Workshop) -> None:
    publish(
        visit(ask="Ask the ${lead_practitioner}"),
        forms={"ask": ("more",), "visit_again": ("seen",)},
    )
    address = "/processes/core/visit/versions/2/diagram.bpmn"
    assert "Ask the lead practitioner" in workshop.client.get(f"{address}?words=1").text
    assert "Ask the ${lead_practitioner}" in workshop.client.get(address).text
    assert "Ask the lead practitioner" in workshop.client.get("/processes/core/visit").text


def test_a_process_taken_over_by_an_area_is_marked(workshop: Workshop) -> None:
    publish(
        more=[
            pack_file(AREA_PACK.format(id="starter"), pack="starter"),
            diagram(visit(), pack="starter"),
        ]
    )
    assert "starter has its own" in workshop.client.get("/processes").text


def test_an_approver_may_look_and_not_draw(workshop: Workshop) -> None:
    draft = workshop.draft()
    approver = client_for(workshop.app, make_user(role="approver"))
    assert approver.get(f"/processes/drafts/{draft}/outline").status_code == 200
    assert "Edit in words" not in approver.get("/processes/core/visit").text
    assert approver.get(f"/processes/drafts/{draft}").status_code == 403
    assert approver.post(f"/processes/drafts/{draft}/save", json={"xml": "x"}).status_code == 403


def test_the_page_says_which_expressions_had_no_answer(
    workshop: Workshop, driver: ProcessDriver
) -> None:
    publish(
        visit(condition="=lower case(more) < 3"), forms={"ask": ("more",), "visit_again": ("done",)}
    )
    assert "had no answer" not in workshop.client.get("/processes/core/visit").text
    for _ in range(2):
        driver.start("visit")
        driver.complete("ask", more="Peter Pan")
    page = words(workshop.client.get("/processes/core/visit").text)
    assert "What had no answer in the last 30 days" in page
    said = "=lower case(more) < 3: a string and a number cannot be compared by size"
    assert f"Is it enough? {said} 2" in page
    assert "Peter Pan" not in page
