"""Questions asked once for each person, action and so on."""

from app.forms import Choice
from tests.support.forms import ENV, ask, form, on, rows

PEOPLE = rows("people", ask("textfield", "name", required=True), ask("checkbox", "lives_here"))


def test_each_row_is_an_entry_of_the_answer() -> None:
    loaded = form(
        rows("actions", ask("textfield", "what"), ask("datetime", "due"), ask("checklist", "who"))
    )
    posted = {
        "actions-0-_": "1",
        "actions-0-what": "Ring school",
        **on("actions-0-due", 1, 4, 2026),
        "actions-3-what": "Visit",
        "actions-3-who": ["a", "b"],
    }
    bound = loaded.bind(posted, env=ENV)
    assert bound.validate()
    assert bound.answers == {
        "actions": [
            {"what": "Ring school", "due": "2026-04-01", "who": []},
            {"what": "Visit", "due": None, "who": ["a", "b"]},
        ]
    }


def test_an_empty_row_does_not_count() -> None:
    bound = form(PEOPLE).bind({"people-0-_": "1", "people-1-name": "Jo"}, env=ENV)
    assert bound.validate()
    assert bound.answers == {"people": [{"name": "Jo", "lives_here": False}]}


def test_a_row_with_anything_in_it_is_checked() -> None:
    bound = form(PEOPLE).bind({"people-4-lives_here": "yes"}, env=ENV)
    assert not bound.validate()
    assert bound.errors[0].anchor == "people-4-name"


def test_a_list_that_must_not_be_empty_says_so_once_and_leads_to_its_first_box() -> None:
    needed = form(
        {**PEOPLE, "validate": {"required": True}, "properties": {"errorRequired": "Add a child"}}
    )
    with_row = needed.bind({"people-0-_": "1"}, env=ENV)
    with_row.validate()
    assert [(p.anchor, p.words) for p in with_row.errors] == [("people-0-name", "Add a child")]
    without = needed.bind({}, env=ENV)
    without.validate()
    assert [p.anchor for p in without.errors] == ["people-add"]


def test_adding_and_removing_rows_works_as_a_plain_form() -> None:
    loaded = form(PEOPLE)
    first = loaded.bind(None, env=ENV)
    assert [row.index for row in first.blocks[0].rows] == ["0"]
    added = loaded.bind({"people-0-name": "Jo", "_add": "people"}, env=ENV)
    assert added.rearranged
    assert [row.index for row in added.blocks[0].rows] == ["0", "1"]
    removed = loaded.bind(
        {"people-0-name": "Jo", "people-1-name": "Sam", "_remove": "people:0"}, env=ENV
    )
    assert removed.rearranged
    assert removed.raw == {"people-1-name": ["Sam"]}


def test_buttons_that_make_no_sense_change_nothing() -> None:
    for press in (
        {"_add": "pets"},
        {"_remove": "people"},
        {"_remove": "people:x"},
        {"_remove": "people:99"},
    ):
        bound = form(PEOPLE).bind({"people-0-name": "Jo", **press}, env=ENV)
        assert bound.rows == {"people": [0]}


def test_there_is_a_largest_number_of_rows() -> None:
    loaded = form({**PEOPLE, "properties": {"maxRows": "2"}})
    two = {"people-0-name": "a", "people-1-name": "b"}
    assert loaded.bind({**two, "_add": "people"}, env=ENV).rows == {"people": [0, 1]}
    assert not loaded.bind({**two, "people-2-name": "c"}, env=ENV).validate()


def test_rows_start_from_what_is_known() -> None:
    loaded = form(
        rows(
            "children",
            ask("select", "child", values=[], properties={"optionsFrom": "children"}),
            ask("textfield", "voice"),
            properties={"prefill": "family.children", "rowLabel": "child"},
        )
    )
    options = {"children": [Choice("7", "Tia"), Choice("8", "Ben")]}
    for known in (
        {"family": {"children": [7, 8]}},
        {"family": {"children": [{"child": "7"}, {"child": "8"}]}},
    ):
        bound = loaded.bind(None, known, options=options, env=ENV)
        assert [row.title for row in bound.blocks[0].rows] == ["Tia", "Ben"]
        assert [row["child"] for row in bound.answers["children"]] == ["7", "8"]


def fixed_list() -> dict[str, object]:
    return rows(
        "scores",
        ask("textarea", "outcome", readonly=True),
        ask("number", "now", required=True),
        allowAddRemove=False,
        defaultRepetitions=0,
        properties={"prefill": "plan.outcomes", "rowLabel": "outcome"},
    )


def test_a_list_with_fixed_rows_asks_for_each_of_them() -> None:
    known = {"plan": {"outcomes": [{"outcome": "On time"}, {"outcome": "Sleeps"}]}}
    loaded = form(fixed_list())
    shown = loaded.bind(None, known, env=ENV).blocks[0]
    assert [row.title for row in shown.rows] == ["On time", "Sleeps"]
    assert shown.new_row is None
    assert [block.kind for block in shown.rows[0].blocks] == ["carried", "question"]
    posted = {"scores-0-outcome": "On time", "scores-0-now": "4", "scores-1-outcome": "Sleeps"}
    bound = loaded.bind(posted, known, env=ENV)
    bound.validate()
    assert [p.anchor for p in bound.errors] == ["scores-1-now"]
    assert loaded.bind({**posted, "scores-1-now": "2"}, known, env=ENV).validate()


def test_answers_never_land_beside_a_row_that_has_changed_meanwhile() -> None:
    posted = {"scores-0-outcome": "On time", "scores-0-now": "4"}
    loaded = form(fixed_list())
    for outcomes in ([], [{"outcome": "Sleeps"}], [{"outcome": "On time"}, {"outcome": "Sleeps"}]):
        bound = loaded.bind(posted, {"plan": {"outcomes": outcomes}}, env=ENV)
        assert not bound.validate()
        assert bound.errors[0].words.startswith("This page has changed")


def test_earlier_answers_come_back_as_rows() -> None:
    bound = form(PEOPLE).bind(
        None, answers={"people": [{"name": "Jo", "lives_here": True}]}, env=ENV
    )
    assert bound.answers == {"people": [{"name": "Jo", "lives_here": True}]}
    assert form(PEOPLE).bind(None, answers={"people": []}, env=ENV).rows == {"people": []}


def test_a_row_without_its_name_yet_says_what_it_is() -> None:
    loaded = form({**PEOPLE, "properties": {"rowLabel": "name", "rowName": "Child"}})
    shown = loaded.bind({"people-0-name": "", "people-1-name": "Tia"}, env=ENV).blocks[0]
    assert [row.title for row in shown.rows] == ["Child", "Tia"]
    assert shown.new_row is not None
    assert shown.new_row.title == "Child"
    assert shown.repeat is not None
    assert shown.repeat.add_label == "Add another child"


def test_a_list_of_one_thing_to_read_is_plain_lines() -> None:
    because = rows(
        "because",
        ask("textarea", "reason", readonly=True),
        allowAddRemove=False,
        defaultRepetitions=0,
        properties={"prefill": "facts.reasons"},
    )
    known = {"facts": {"reasons": [{"reason": "Late"}, {"reason": "Tired"}]}}
    assert form(because).bind(None, known, env=ENV).blocks[0].plain
    assert not form(fixed_list()).bind(None, known, env=ENV).blocks[0].plain
