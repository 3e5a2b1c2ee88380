"""What a form may contain, and that everything else is refused by name."""

import json
from pathlib import Path

import pytest

from app.forms import FormRefused, load
from tests.support.forms import ask, form, rows

SHIPPED = sorted(Path("processes").rglob("*.form"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_form_can_be_shown(path: Path) -> None:
    loaded = load(path.read_text(encoding="utf-8"))
    assert loaded.id == path.stem
    assert loaded.keys


@pytest.mark.parametrize("kind", ["html", "image", "iframe", "table", "filepicker", "taglist"])
def test_a_component_we_cannot_show_is_refused_by_name(kind: str) -> None:
    with pytest.raises(FormRefused) as refusal:
        form(ask("textfield", "name"), ask(kind, "odd"))
    (reason,) = refusal.value.reasons
    assert reason.component == "id_odd"
    assert reason.name == "About odd?"
    assert kind in reason.message


def test_all_reasons_are_given_at_once() -> None:
    with pytest.raises(FormRefused) as refusal:
        form(
            ask("html", "one"), ask("radio", "two", values=[]), ask("textfield", "three", label="")
        )
    assert [reason.component for reason in refusal.value.reasons] == [
        "id_one",
        "id_two",
        "id_three",
    ]


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (ask("textfield", "with space"), "letters, digits"),
        (ask("textfield", "_own"), "letters, digits"),
        (ask("textfield", "csrf_token"), "used already"),
        (ask("textfield", "x", label="=name"), "computed"),
        (ask("textfield", "x", label="Hello {{ name }}"), "computed"),
        (ask("textfield", "x", conditional={"hide": "x = 1"}), "begin with ="),
        (ask("textfield", "x", hide="=x = 1"), "its own answer"),
        (ask("textfield", "x", hide="=other ="), "line 1"),
        (ask("textfield", "x", validate={"pattern": "("}), "pattern"),
        (ask("textfield", "x", validate={"maxLength": "many"}), "whole number"),
        (ask("number", "x", validate={"min": "few"}), "not a number"),
        (ask("select", "x", values=[], valuesKey="list"), "optionsFrom"),
        (ask("radio", "x", values=[{"value": "a"}, {"value": "a"}]), "same value"),
        (ask("textfield", "x", properties={"prefill": "a b"}), "path"),
        (ask("textfield", "x", properties={"check": "x > 1"}), "begin with ="),
        (ask("datetime", "x", subtype="week"), "week"),
        ({"type": "group", "path": "inner", "components": []}, "path"),
        (rows("people"), "asks nothing"),
        (rows("people", ask("textfield", "name"), properties={"rowLabel": "age"}), "rowLabel"),
        (rows("people", rows("pets", ask("textfield", "name"))), "inside a list"),
        ({"type": "textfield", "key": "x", "label": "X", "conditional": "never"}, "form-js"),
        ({"type": ["textfield"], "key": "x"}, "form-js"),
    ],
)
def test_what_could_not_be_shown_faithfully_is_refused(
    component: dict[str, object], words: str
) -> None:
    with pytest.raises(FormRefused) as refusal:
        form(ask("textfield", "fine"), component)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"components": 4}', '{"components": [4]}', "{}"]
)
def test_what_is_no_form_at_all_is_refused(text: str) -> None:
    with pytest.raises(FormRefused):
        load(text)


def test_two_questions_cannot_share_a_key_but_rows_have_their_own() -> None:
    with pytest.raises(FormRefused, match="used already"):
        form(ask("textfield", "name"), ask("textfield", "name"))
    loaded = form(ask("textfield", "name"), rows("people", ask("textfield", "name")))
    assert loaded.keys == ("name", "people")


def test_fields_say_what_a_caller_needs_to_know() -> None:
    loaded = form(
        {
            "type": "group",
            "id": "g",
            "label": "One",
            "components": [ask("radio", "a", required=True)],
        },
        ask("textfield", "b", hide='=a != "a"'),
        rows("people", ask("select", "who", properties={"optionsFrom": "children"})),
        {"type": "button", "label": "Send"},
        {"type": "spacer"},
    )
    a, b = loaded.fields
    assert (a.key, a.kind, a.label, a.required, a.conditional) == (
        "a",
        "radio",
        "About a?",
        True,
        False,
    )
    assert [choice.value for choice in a.choices] == ["a", "b", "c"]
    assert b.conditional
    assert loaded.option_lists == {"children"}


def test_names_that_are_no_questions_are_facts_to_be_given() -> None:
    loaded = form(
        ask("radio", "a"),
        ask("textfield", "b", hide="=a = level"),
        ask("datetime", "c", properties={"notAfter": "=today() + weeks", "notBefore": "a"}),
        rows("people", ask("textfield", "d"), ask("textfield", "e", hide="=d = area or a = null")),
    )
    assert loaded.names_read == {"level", "weeks", "area"}


def test_an_areas_words_replace_the_placeholders() -> None:
    schema = {
        "components": [
            ask(
                "radio",
                "a",
                label="Who is the ${lead}?",
                properties={"errorRequired": "Name the ${lead}"},
            ),
            {"type": "text", "text": "# The ${lead}\n\nSays:\n\n- one\n- two"},
        ]
    }
    loaded = load(json.dumps(schema), lambda text: text.replace("${lead}", "key worker"))
    assert loaded.fields[0].label == "Who is the key worker?"
    assert loaded.fields[0].wording["errorRequired"] == "Name the key worker"
    prose = [block for block in loaded.bind().blocks if block.kind != "question"]
    assert [(block.kind, block.lines) for block in prose] == [
        ("heading", ("The key worker",)),
        ("paragraph", ("Says:",)),
        ("bullets", ("one", "two")),
    ]
