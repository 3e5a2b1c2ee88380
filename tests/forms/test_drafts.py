"""Drafts keep what was typed, right or wrong."""

import json

import pytest

from app.forms import DraftTooLarge
from tests.support.forms import ENV, ask, form, on, rows


def test_a_draft_comes_back_exactly_as_typed() -> None:
    loaded = form(ask("datetime", "when", required=True), rows("people", ask("textfield", "name")))
    typed = {
        **on("when", "31", "feb", ""),
        "people-0-_": "1",
        "people-2-name": "Jo",
        "csrf_token": "t",
    }
    draft = json.loads(json.dumps(loaded.draft(typed)))
    assert "csrf_token" not in draft
    bound = loaded.bind(draft, env=ENV)
    assert bound.raw["when-month"] == ["feb"]
    assert bound.rows == {"people": [0, 2]}
    assert bound.errors == []


def test_a_draft_of_an_older_version_shows_what_still_fits() -> None:
    draft = form(ask("textfield", "gone"), ask("radio", "stays")).draft({"gone": "x", "stays": "b"})
    bound = form(ask("radio", "stays")).bind(draft, env=ENV)
    assert bound.answers == {"stays": "b"}


def test_a_draft_larger_than_any_page_is_refused() -> None:
    with pytest.raises(DraftTooLarge):
        form(ask("textarea", "x")).draft({"x": "a" * 500_000})
