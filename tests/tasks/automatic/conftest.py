from collections.abc import Iterator

import pytest

from app.cases.registration import register_with_runtime
from app.runtime import hooks
from tests.support.one_step import OneStep
from tests.support.shipped import open_for_business


@pytest.fixture
def one(database: str) -> Iterator[OneStep]:
    """One step of the pathway of one family; it is Monday, 5 January 2026."""
    register_with_runtime()
    yield OneStep(open_for_business("starter"))
    hooks.forget()
