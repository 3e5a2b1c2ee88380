from collections.abc import Callable

import pytest
from flask import Flask

from app.cases.registration import register_with_runtime
from app.identity.models import User
from app.runtime.step import live_processes
from tests.support.shipped import Cast, open_for_business
from tests.support.site import SiteClient, client_for
from tests.support.story import Story, begin


@pytest.fixture
def cast(flask_app: Flask) -> Cast:
    """The shipped processes, published, and people of every role in one area."""
    live_processes.forget_all()
    register_with_runtime()
    return open_for_business("starter")


@pytest.fixture
def worker(cast: Cast) -> User:
    return cast.one("practitioner")


@pytest.fixture
def colleague(cast: Cast) -> User:
    """Same team, same work."""
    return cast.one("practitioner", 1)


@pytest.fixture
def supervisor(cast: Cast) -> User:
    return cast.one("supervisor")


@pytest.fixture
def concern(cast: Cast, worker: User) -> Story:
    """A case nobody knows anything about yet; its first task is the worker's."""
    return begin(cast, by=worker)


@pytest.fixture
def browse(flask_app: Flask) -> Callable[[User], SiteClient]:
    """``browse(user)``: a browser in which this person is signed in."""
    return lambda user: client_for(flask_app, user)
