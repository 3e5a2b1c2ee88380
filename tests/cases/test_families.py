"""Is this family known already, and the list of families."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.cases.matching import ChildSeen, Match, find_match
from app.cases.models import Case, Family, Person
from app.cases.names import name_key
from app.cases.open_case import add_case
from app.db import reading, transaction
from app.identity.models import User
from tests.support.factories import make_area
from tests.support.reading_pages import rows, words
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import begin

Browse = Callable[[User], SiteClient]
BORN = date(2019, 4, 2)


def _family(session: Session, name: str, child: str, born: date | None, area: str) -> Family:
    family = Family(name=name, name_key=name_key(name), area_id=area, locality_id=None)
    session.add(family)
    session.flush()
    person = Person(
        family_id=family.id, name=child, name_key=name_key(child), role="child", date_of_birth=born
    )
    session.add(person)
    session.flush()
    return family


def _match(child: str, born: date | None, *, name: str = "Hartley", area: str = "starter") -> Match:
    with reading() as session:
        return find_match(
            session, area_id=area, family_name=name, children=[ChildSeen(child, born)]
        )


@pytest.fixture
def known(cast: Cast) -> int:
    with transaction() as session:
        return _family(session, "Hartley", "Mia Hartley", BORN, cast.area).id


def test_the_same_name_and_birthday_is_the_same_child(known: int) -> None:
    for name in ("Mia Hartley", "mia  HARTLEY", " Mia Hartley "):
        found = _match(name, BORN, name="Something else")
        assert found.family is not None, name
        assert (found.family.id, found.kind) == (known, "family")


def test_nearly_the_same_is_not_the_same(known: int) -> None:
    assert _match("Mia Hartley", date(2019, 4, 3)).kind == "none"
    assert _match("Mia Hartly", BORN).kind == "none"
    assert _match("", BORN).kind == "none"
    make_area("elsewhere")
    assert _match("Mia Hartley", BORN, area="elsewhere").kind == "none"


def test_without_a_birthday_the_family_name_has_to_agree_too(known: int) -> None:
    assert _match("Mia Hartley", None, name="hartley").kind == "family"
    assert _match("Mia Hartley", None, name="Other").kind == "none"


def test_an_open_case_of_the_family_is_found_but_not_the_case_itself(
    cast: Cast, worker: User, known: int
) -> None:
    with transaction() as session:
        case = add_case(session, user=worker, area_id=cast.area, locality_id=None)
        case.family_id = known
        case_id = case.id
    found = _match("Mia Hartley", BORN)
    assert found.open_case is not None
    assert (found.kind, found.open_case.id) == ("open_case", case_id)
    with transaction() as session:
        session.get_one(Case, case_id).status = "closed"
    assert _match("Mia Hartley", BORN).kind == "family"


def test_a_second_concern_about_a_known_child_asks_before_it_opens_anything(
    browse: Browse, cast: Cast, worker: User
) -> None:
    begin(cast, family="Hartley", by=worker)
    second = begin(cast, family="Hartley", by=cast.one("practitioner", 1))
    assert list(second.open_tasks()) == ["confirm_match"]
    page = browse(cast.one("practitioner", 1)).get(f"/tasks/{second.task('confirm_match').id}")
    assert "Mia Hartley" in words(page.text)


def test_the_list_finds_families_by_any_person_and_names_nobody_in_the_address(
    browse: Browse, cast: Cast, worker: User
) -> None:
    begin(cast, family="Willow", by=worker)
    story = begin(cast, family="Acacia", by=worker)
    with reading() as session:
        reference = session.get_one(Case, story.case_id).reference
    client = browse(worker)
    assert len(rows(client.get("/families").text)) == 2
    for text in ("mia acac", "ACACIA", reference):
        answer = client.post("/families/narrow", data={"text": text, "status": "open"})
        assert "acac" not in answer.location.lower()
        found = rows(client.get(answer.location).text)
        assert len(found) == 1, text
        assert "Acacia" in found[0]
    client.get("/families/clear")
    assert rows(client.get("/families?status=closed").text) == []
    assert len(rows(client.get("/families?mine=1&stage=identify").text)) == 2
