"""No name, no birthday, no address of a family in any address of the site or in its log."""

import io
import logging
import re
from collections.abc import Callable, Iterator

import pytest

from app.identity.models import User
from app.web.request_log import JsonLines
from tests.support.shipped import Cast
from tests.support.site import SiteClient
from tests.support.story import Story, begin

Browse = Callable[[User], SiteClient]
CANARY = "Zyxwvut"
BIRTHDAY = "2019-04-02"
LINK = re.compile(r'(?:href|action|formaction|data-source|data-draft-url)="([^"]+)"')
PAGES_SEEN = 120


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything the application writes to its log."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def told(cast: Cast, worker: User) -> Story:
    story = begin(cast, family=CANARY, by=worker)
    story.up_to("decide_help")
    return story


def test_addresses_and_log_tell_nothing_of_a_family(
    browse: Browse, cast: Cast, worker: User, supervisor: User, told: Story, log: io.StringIO
) -> None:
    addresses: set[str] = set()
    for user in (worker, supervisor):
        client = browse(user)
        client.post("/tasks/narrow", data={"text": CANARY})
        client.post("/families/narrow", data={"text": f"Mia {CANARY}"})
        client.post(f"/cases/{told.case_id}/notes", data={"kind": "call", "text": CANARY})
        client.post("/concern", data={"area": CANARY, "idempotency_key": CANARY})
        addresses |= _walk(client)
    assert any(f"/cases/{told.case_id}" in address for address in addresses)
    assert not [address for address in addresses if CANARY.lower() in address.lower()]
    assert not [address for address in addresses if BIRTHDAY in address]
    written = log.getvalue()
    assert written.count('"message": "request"') > 20
    assert CANARY.lower() not in written.lower()
    assert BIRTHDAY not in written


def _walk(client: SiteClient) -> set[str]:
    """Every address on every page that can be reached."""
    waiting, seen, found = ["/tasks"], set[str](), set[str]()
    while waiting and len(seen) < PAGES_SEEN:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.location:
            found.add(answer.location)
            waiting.append(answer.location)
        on_page = {link.replace("&amp;", "&") for link in LINK.findall(answer.text)}
        found |= on_page
        waiting += sorted(
            link for link in on_page if link.startswith("/") and "/static/" not in link
        )
    return found
