"""Whatever arrives, a form answers; it never fails."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.forms import Choice, Form, FormRefused, load
from tests.support.forms import ENV, ask, form, rows

EVERYTHING = form(
    *(ask(kind, kind, required=True) for kind in ("textfield", "textarea", "number", "radio", "select")),
    ask("checklist", "checklist", hide='=radio = "a"'),
    ask("checkbox", "checkbox", required=True),
    ask("datetime", "datetime", subtype="datetime", properties={"notAfter": "=today()"}),
    rows(
        "people",
        ask("textfield", "name", required=True),
        ask("datetime", "born", hide="=name = null"),
        ask("number", "age", properties={"check": "=age > 0"}),
        required=True,
    ),
)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(
        ["textfield", "textarea", "number", "radio", "select", "checklist", "checkbox", "datetime-day",
         "datetime-month", "datetime-year", "datetime-time", "people-0-_", "people-1-name", "people-1-born-day",
         "people-007-age", "people-9999-age", "people--1-age", "_add", "_remove", "csrf_token"]
    ),
    st.text(max_size=12),
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "a",
            "yes",
            "people",
            "people:1",
            "31",
            "2",
            "2026",
            "1e999",
            "-0",
            "12:61pm",
            "٣",
            "\x00",
        ]
    ),
    st.text(max_size=20),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=25))
def test_no_post_makes_a_form_fail(pairs: list[tuple[str, str]]) -> None:
    bound = EVERYTHING.bind(MultiDict(pairs), {"level": 3}, env=ENV)
    valid = bound.validate()
    assert valid == (not bound.errors)
    json.dumps(bound.answers)
    json.dumps(EVERYTHING.draft(MultiDict(pairs)))
    assert bound.blocks
    assert set(bound.answers) <= set(EVERYTHING.keys)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_no_known_fact_makes_a_form_fail(fact: object) -> None:
    loaded = form(
        *(ask(kind, kind, properties={"prefill": "fact"}) for kind in ("textfield", "number", "radio", "checklist", "checkbox", "datetime")),
        rows("people", ask("textfield", "name"), ask("datetime", "born"), properties={"prefill": "fact.people"}),
    )  # fmt: skip
    for known in ({"fact": fact}, {"fact": {"people": [fact]}}):
        bound = loaded.bind(None, known, env=ENV)
        bound.validate()
        json.dumps(bound.answers)
        assert bound.blocks


JSON_VALUES: st.SearchStrategy[object] = (
    st.none()
    | st.booleans()
    | st.integers(-3, 99)
    | st.text(max_size=6)
    | st.just({})
    | st.just([])
)
COMPONENTS = st.dictionaries(
    st.sampled_from(["type", "key", "path", "label", "values", "validate", "conditional", "properties", "components", "subtype", "appearance", "decimalDigits", "text"]),
    st.one_of(
        JSON_VALUES,
        st.sampled_from(["textfield", "number", "radio", "datetime", "group", "dynamiclist", "text", "date"]),
        st.dictionaries(st.sampled_from(["required", "hide", "maxLength", "prefill", "optionsFrom", "notAfter"]), JSON_VALUES),
        st.lists(st.dictionaries(st.sampled_from(["value", "label", "type", "key"]), JSON_VALUES), max_size=2),
    ),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(COMPONENTS, max_size=4))
def test_any_json_is_loaded_or_refused(components: list[dict[str, object]]) -> None:
    try:
        loaded = load({"components": components})
    except FormRefused:
        return
    bound = loaded.bind({}, env=ENV)
    bound.validate()
    assert isinstance(loaded, Form)


def test_shipped_forms_survive_an_empty_and_a_prefilled_page() -> None:
    options = {"children": [Choice("1", "Tia")]}
    for path in Path("processes").rglob("*.form"):
        loaded = load(path.read_text(encoding="utf-8"))
        no_posts: tuple[dict[str, str] | None, ...] = (None, {})
        for posted in no_posts:
            bound = loaded.bind(
                posted, {"family": {"children": [{"child": "1"}]}}, options=options, env=ENV
            )
            bound.validate()
            assert bound.blocks, path
