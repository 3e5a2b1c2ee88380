"""An environment in which it is always noon on Wednesday 4 March 2026."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app import feel
from app.calendars import WorkingCalendar
from app.feel.text import show

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ENVIRONMENT = feel.Environment(NOON, WorkingCalendar())


def shown(text: str, **facts: object) -> str:
    """The value of an expression as text; strings are quoted."""
    return show([feel.parse(text).evaluate(facts, ENVIRONMENT).value], most=10_000)[1:-1]


@pytest.fixture
def environment() -> feel.Environment:
    return ENVIRONMENT


@pytest.fixture
def value() -> Callable[..., str]:
    return shown
