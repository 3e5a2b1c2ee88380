"""One server and one browser for all journeys; every test has a browser window of its own.

A script error or anything the content security policy refused fails the test it happened in.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.identity.models import User
from tests.conftest import SECRET
from tests.support.browser import LONGEST_WAIT, Complaints
from tests.support.live_site import LiveSite, live_site

#: The browser also notes pages that say "not like that": those are what a test asked for.
REFUSED = re.compile(r"Failed to load resource: .* status of (400|401|403|404|409|422) ")
Enter = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with live_site(tmp_path_factory.mktemp("live"), secret=SECRET) as site:
        yield site


@pytest.fixture
def live_server(_site: LiveSite) -> LiveSite:
    """The running site; this test's own ``transaction()`` goes to the same database."""
    _site.connect()
    return _site


@pytest.fixture
def new_window(live_server: LiveSite, browser: Browser) -> Iterator[Callable[..., Page]]:
    """``new_window(width=320, scripts=False)``: a browser that knows nothing of the others."""
    contexts: list[BrowserContext] = []
    heard: list[Complaints] = []

    def open_window(*, width: int = 1280, height: int = 900, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.address,
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(LONGEST_WAIT)
        contexts.append(context)
        page = context.new_page()
        heard.append(Complaints.about(page))
        context.on("page", lambda more: heard.append(Complaints.about(more)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    complaints = [error for each in heard for error in each.errors if not REFUSED.match(error)]
    assert not complaints, complaints


@pytest.fixture
def enter(new_window: Callable[..., Page]) -> Enter:
    """``enter(user)``: a window in which this person signed in by choosing their name."""

    def sign_in(user: User, **window: Any) -> Page:
        page = new_window(**window)
        page.goto("/sign-in")
        page.get_by_role("button", name=user.name, exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return sign_in
