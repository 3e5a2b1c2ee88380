"""From what was typed to a document of answers."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from app.forms import Choice
from app.forms.posted import Sent
from tests.support.forms import ENV, ask, form, on


def answers_of(component: Mapping[str, object], posted: Sent) -> object:
    bound = form(dict(component)).bind(posted, env=ENV)
    assert bound.validate(), bound.errors
    return bound.answers[str(component["key"])]


def words_about(component: Mapping[str, object], posted: Sent) -> list[tuple[str, str]]:
    bound = form(dict(component)).bind(posted, env=ENV)
    assert not bound.validate()
    return [(problem.anchor, problem.words) for problem in bound.errors]


@pytest.mark.parametrize(
    ("kind", "posted", "answer"),
    [
        ("textfield", {"x": "  a name \x00"}, "a name"),
        ("textfield", {"x": " "}, None),
        ("textarea", {"x": "one\r\ntwo\r\n"}, "one\ntwo"),
        ("number", {"x": "1,250"}, 1250),
        ("number", {"x": "0"}, 0),
        ("number", {"x": " 2.50 "}, 2.5),
        ("number", {}, None),
        ("radio", {"x": "b"}, "b"),
        ("radio", {}, None),
        ("select", {"x": ""}, None),
        ("select", {"x": "c"}, "c"),
        ("checklist", {"x": ["c", "a", "a"]}, ["a", "c"]),
        ("checklist", {}, []),
        ("checkbox", {"x": "yes"}, True),
        ("checkbox", {}, False),
        ("datetime", on("x", 9, 3, 2026), "2026-03-09"),
        ("datetime", on("x", " 9 ", "March", 2026), "2026-03-09"),
        ("datetime", {}, None),
    ],
)
def test_an_answer_is_read(kind: str, posted: Sent, answer: object) -> None:
    assert answers_of(ask(kind, "x"), posted) == answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("9:30am", "09:30:00"),
        ("2pm", "14:00:00"),
        ("14:05", "14:05:00"),
        ("12am", "00:00:00"),
        ("1430", "14:30:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, answer: str) -> None:
    component = ask("datetime", "x", subtype="time", timeLabel="When?")
    assert answers_of(component, {"x-time": typed}) == answer


def test_a_date_with_a_time_is_one_answer() -> None:
    component = ask("datetime", "x", subtype="datetime")
    assert (
        answers_of(component, {**on("x", 1, 4, 2026), "x-time": "9.15am"}) == "2026-04-01T09:15:00"
    )
    assert words_about(component, on("x", 1, 4, 2026)) == [
        ("x-time", "‘About x’ must include a time")
    ]
    assert words_about(component, {"x-time": "9am"}) == [("x-day", "‘About x’ must include a date")]


@pytest.mark.parametrize(
    ("kind", "posted", "anchor", "words"),
    [
        ("number", {"x": "many"}, "x", "‘About x’ must be a number, like 3"),
        ("number", {"x": "NaN"}, "x", "‘About x’ must be a number, like 3"),
        ("number", {"x": "1e30"}, "x", "‘About x’ must be a number, like 3"),
        ("radio", {"x": "z"}, "x", "Select one of the answers to ‘About x’"),
        ("select", {"x": "z"}, "x", "Select one of the answers to ‘About x’"),
        ("checklist", {"x": ["a", "z"]}, "x", "Select only answers listed for ‘About x’"),
        ("datetime", on("x", 31, 2, 2026), "x-day", "‘About x’ must be a real date"),
        ("datetime", on("x", 1, 1, 26), "x-day", "‘About x’ must be a real date"),
        ("datetime", on("x", "٣", 1, 2026), "x-day", "‘About x’ must be a real date"),
        ("datetime", on("x", "", 1, 2026), "x-day", "‘About x’ must include a day"),
        ("datetime", on("x", 3, "", ""), "x-month", "‘About x’ must include a month and a year"),
    ],
)
def test_an_answer_that_cannot_be_one_leads_to_its_box(
    kind: str, posted: Sent, anchor: str, words: str
) -> None:
    assert words_about(ask(kind, "x"), posted) == [(anchor, words)]


@pytest.mark.parametrize(
    ("kind", "anchor"),
    [
        ("textfield", "x"),
        ("number", "x"),
        ("radio", "x"),
        ("checklist", "x"),
        ("checkbox", "x"),
        ("datetime", "x-day"),
    ],
)
def test_a_required_answer_is_asked_for_in_the_forms_own_words(kind: str, anchor: str) -> None:
    component = ask(kind, "x", required=True, properties={"errorRequired": "Say something"})
    assert words_about(component, {}) == [(anchor, "Say something")]


def test_zero_is_an_answer() -> None:
    assert answers_of(ask("number", "x", required=True), {"x": "0"}) == 0


@pytest.mark.parametrize(
    ("component", "typed", "words"),
    [
        (ask("textfield", "x", validate={"maxLength": 5}), "abcdef", "‘About x’ must be 5 characters or fewer"),
        (ask("textfield", "x", validate={"minLength": 5}), "abc", "‘About x’ must be 5 characters or more"),
        (ask("textfield", "x"), "a" * 301, "‘About x’ must be 300 characters or fewer"),
        (ask("textarea", "x"), "a" * 10_001, "‘About x’ must be 10,000 characters or fewer"),
        (ask("textfield", "x", validate={"validationType": "email"}), "jo@", "‘About x’ must be an email address, like name@example.org"),
        (ask("textfield", "x", validate={"validationType": "phone"}), "ring", "‘About x’ must be a phone number, like 01482 300 300"),
        (ask("textfield", "x", validate={"pattern": "^[A-Z]+$"}), "abc", "‘About x’ is not written as it should be"),
        (ask("number", "x", validate={"min": 1}), "0", "‘About x’ must be 1 or more"),
        (ask("number", "x", validate={"max": 10}), "11", "‘About x’ must be 10 or less"),
        (ask("number", "x", decimalDigits=0), "1.5", "‘About x’ must be a whole number"),
    ],
)  # fmt: skip
def test_limits_are_kept(component: Mapping[str, object], typed: str, words: str) -> None:
    assert words_about(component, {"x": typed}) == [("x", words)]


@pytest.mark.parametrize("rule", ["today", "=today()", "2026-03-20"])
def test_a_date_may_have_a_last_day(rule: str) -> None:
    component = ask("datetime", "x", properties={"notAfter": rule})
    assert answers_of(component, on("x", 20, 3, 2026)) == "2026-03-20"
    assert words_about(component, on("x", 21, 3, 2026)) == [
        ("x-day", "‘About x’ must be today or earlier")
    ]


def test_a_date_may_depend_on_another_answer_and_on_a_fact() -> None:
    loaded = form(
        ask("datetime", "begin"),
        ask("datetime", "end", properties={"notBefore": "begin", "errorNotBefore": "Too early"}),
        ask("datetime", "review", properties={"notAfter": '=today() + duration("P7D") * weeks'}),
    )
    posted = {**on("begin", 5, 4, 2026), **on("end", 4, 4, 2026), **on("review", 1, 5, 2026)}
    bound = loaded.bind(posted, {"weeks": 6}, env=ENV)
    assert not bound.validate()
    assert [(p.anchor, p.words) for p in bound.errors] == [("end-day", "Too early")]
    assert not loaded.bind(posted, {"weeks": 5}, env=ENV).validate()
    assert loaded.bind({**posted, **on("end", 5, 4, 2026)}, {"weeks": 6}, env=ENV).validate()


def test_a_rule_about_an_answer_that_is_not_there_says_nothing() -> None:
    loaded = form(ask("datetime", "a"), ask("datetime", "b", properties={"notBefore": "a"}))
    assert loaded.bind(on("b", 1, 1, 2026), env=ENV).validate()


def test_any_rule_between_answers_can_be_written_as_an_expression() -> None:
    loaded = form(
        ask("number", "low"),
        ask(
            "number",
            "high",
            properties={"check": "=high >= low", "errorCheck": "Give the larger last"},
        ),
    )
    bound = loaded.bind({"low": "5", "high": "3"}, env=ENV)
    assert not bound.validate()
    assert bound.errors[0].words == "Give the larger last"
    assert loaded.bind({"low": "3", "high": "3"}, env=ENV).validate()


def test_choices_may_come_from_the_case() -> None:
    component = ask("select", "x", values=[], required=True, properties={"optionsFrom": "children"})
    options = {"children": [Choice("7", "Tia"), Choice("8", "Ben")]}
    bound = form(component).bind({"x": "8"}, options=options, env=ENV)
    assert bound.validate()
    assert bound.answers == {"x": "8"}
    assert not form(component).bind({"x": "9"}, options=options, env=ENV).validate()
    assert not form(component).bind({"x": "8"}, env=ENV).validate()


def test_a_field_this_page_does_not_have_means_that_the_page_has_changed() -> None:
    bound = form(ask("textfield", "x")).bind({"x": "kept", "old_question": "1"}, env=ENV)
    assert not bound.validate()
    assert bound.errors[0].words.startswith("This page has changed")
    assert bound.raw == {"x": ["kept"]}


def test_what_the_page_around_the_form_sends_is_no_answer() -> None:
    posted = {
        "x": "1",
        "csrf_token": "t",
        "idempotency_key": "k",
        "_later": "1",
        "draft_version": "2",
    }
    bound = form(ask("textfield", "x")).bind(posted, env=ENV)
    assert bound.validate()
    assert bound.answers == {"x": "1"}


def test_two_values_for_one_box_are_not_from_our_page() -> None:
    assert not form(ask("radio", "x")).bind({"x": ["a", "b"]}, env=ENV).validate()


def test_more_than_a_page_can_hold_is_refused() -> None:
    bound = form(ask("textarea", "x")).bind({"x": "a" * 500_000}, env=ENV)
    assert not bound.validate()
    assert bound.errors[0].words.startswith("This page holds more")
    assert bound.raw == {}


def test_what_was_typed_is_shown_again_even_when_it_is_wrong() -> None:
    bound = form(ask("datetime", "x"), ask("number", "y")).bind(
        {**on("x", 31, "feb", 2026), "y": "lots"}
    )
    bound.validate()
    date_boxes, number_box = (block.params for block in bound.blocks)
    assert [item["value"] for item in date_boxes["items"]] == ["31", "feb", "2026"]
    assert number_box["value"] == "lots"
    assert number_box["errorMessage"]["text"] == "‘About y’ must be a number, like 3"


def test_known_facts_fill_in_and_earlier_answers_go_before_them() -> None:
    loaded = form(
        ask("textfield", "name", properties={"prefill": "family.name"}),
        ask("radio", "has_lead", values=[{"value": "yes"}, {"value": "no"}], properties={"prefill": "case.has_lead"}),
        ask("datetime", "on", properties={"prefill": "plan.on"}),
        ask("number", "weeks", properties={"prefill": "plan.weeks"}),
        ask("textfield", "other", defaultValue="nothing", properties={"prefill": "not.there"}),
    )  # fmt: skip
    known = {
        "family": {"name": "Okafor"},
        "case": {"has_lead": True},
        "plan": {"on": "2026-05-01", "weeks": Decimal(6)},
    }
    bound = loaded.bind(None, known, env=ENV)
    assert bound.answers == {
        "name": "Okafor",
        "has_lead": "yes",
        "on": "2026-05-01",
        "weeks": 6,
        "other": "nothing",
    }
    again = loaded.bind(None, known, answers={"name": "Osei", "on": None}, env=ENV)
    assert (again.answers["name"], again.answers["on"]) == ("Osei", None)


def test_what_is_only_read_comes_from_us_whatever_is_sent() -> None:
    loaded = form(
        ask("textarea", "summary", readonly=True, properties={"prefill": "facts.summary"})
    )
    known = {"facts": {"summary": "As agreed"}}
    assert loaded.bind({}, known, env=ENV).answers == {"summary": "As agreed"}
    forged = loaded.bind({"summary": "Something else"}, known, env=ENV)
    assert not forged.validate()
    assert forged.answers == {"summary": "As agreed"}


def test_a_pattern_that_would_take_for_ever_ends_soon_whatever_is_typed() -> None:
    slow = form(ask("textfield", "x", validate={"pattern": "^(a+)+$"}))
    assert slow.bind({"x": ["a" * 200]}).validate()
    assert not slow.bind({"x": ["a" * 200 + "!"]}).validate()
