"""Whom to ring depends on the hour, the day and the bank holidays."""

from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine

from app.clock import LONDON
from app.identity.models import User
from tests.support.reading_pages import words
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import begin

Browse = Callable[[User], SiteClient]
DAY, NIGHT = "01632 960100", "01632 960199"


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("2026-01-05T08:59", NIGHT),
        ("2026-01-05T09:00", DAY),
        ("2026-01-05T16:59", DAY),
        ("2026-01-05T17:00", NIGHT),
        ("2026-01-10T11:00", NIGHT),  # a Saturday
        ("2026-04-03T11:00", NIGHT),  # Good Friday
        ("2026-07-06T09:00", DAY),  # summer time: nine in London is eight elsewhere
        ("2026-07-06T08:59", NIGHT),
    ],
)
def test_the_number_fits_the_hour(
    browse: Browse,
    cast: Cast,
    worker: User,
    clock: time_machine.Traveller,
    moment: str,
    number: str,
) -> None:
    clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=LONDON))
    story = begin(cast, family="Hartley", by=worker)
    client = browse(worker)
    other = NIGHT if number == DAY else DAY
    for path in ("/harm", f"/cases/{story.case_id}/harm", "/concern"):
        page = words(client.get(path).text)
        assert number in page, path
        assert other not in page, path
        assert "999" in page, path


def test_everybody_signed_in_finds_it_from_any_page(browse: Browse, cast: Cast) -> None:
    for role in cast.people:
        client = browse(cast.one(role))
        assert 'href="/harm"' in client.get("/profile").text, role
        assert client.get("/harm").status_code == 200, role
