"""Questions that do not apply: their answers are dropped, and so on until nothing changes."""

from tests.support.forms import ENV, ask, form, rows


def test_a_hidden_answer_is_dropped_and_not_asked_for() -> None:
    loaded = form(ask("radio", "a"), ask("textfield", "b", hide='=a != "a"', required=True))
    bound = loaded.bind({"a": "b", "b": "typed before"}, env=ENV)
    assert bound.validate()
    assert bound.answers == {"a": "b"}
    assert not loaded.bind({"a": "a"}, env=ENV).validate()


def test_hiding_goes_on_to_a_fixed_point() -> None:
    loaded = form(
        ask("radio", "a"),
        ask("radio", "b", hide='=a != "a"'),
        ask("radio", "c", hide='=b != "a"'),
        ask("radio", "d", hide='=c != "a"'),
    )
    everything = dict.fromkeys("abcd", "a")
    assert loaded.bind(everything, env=ENV).answers == everything
    assert loaded.bind({**everything, "a": "b"}, env=ENV).answers == {"a": "b"}


def test_conditions_that_chase_each_other_come_to_an_end() -> None:
    loaded = form(ask("radio", "a", hide='=b = "a"'), ask("radio", "b", hide='=a != "a"'))
    bound = loaded.bind({"a": "a", "b": "a"}, env=ENV)
    bound.validate()
    assert isinstance(bound.answers, dict)


def test_a_hidden_group_hides_everything_in_it() -> None:
    group = {
        "type": "group",
        "id": "g",
        "label": "More",
        "conditional": {"hide": "=level < 3"},
        "components": [ask("textfield", "x", required=True), rows("people", ask("textfield", "name"), required=True)],
    }  # fmt: skip
    loaded = form(ask("textfield", "first"), group)
    assert loaded.bind({}, {"level": 2}, env=ENV).validate()
    assert loaded.bind({"x": "1"}, {"level": 2}, env=ENV).answers == {"first": None}
    bound = loaded.bind({}, {"level": 3}, env=ENV)
    bound.validate()
    assert [problem.key for problem in bound.errors] == ["x", "people"]


def test_a_condition_in_a_row_reads_its_own_row_first() -> None:
    loaded = form(
        ask("radio", "who"),
        rows(
            "people",
            ask("radio", "heard"),
            ask("textfield", "said", hide='=heard != "a" or who = "b"'),
        ),
    )
    posted = {
        "people-0-heard": "a",
        "people-0-said": "one",
        "people-1-heard": "b",
        "people-1-said": "two",
    }
    assert loaded.bind(posted, env=ENV).answers["people"] == [
        {"heard": "a", "said": "one"},
        {"heard": "b"},
    ]
    assert loaded.bind({**posted, "who": "b"}, env=ENV).answers["people"] == [
        {"heard": "a"},
        {"heard": "b"},
    ]


def test_a_condition_may_look_into_a_list() -> None:
    loaded = form(
        rows("people", ask("number", "age")),
        ask("textfield", "school", hide="=not(some p in people satisfies p.age < 16)"),
    )
    assert "school" in loaded.bind({"people-0-age": "7"}, env=ENV).answers
    assert "school" not in loaded.bind({"people-0-age": "40"}, env=ENV).answers


def test_a_condition_that_cannot_be_evaluated_leaves_the_question_in_view() -> None:
    loaded = form(ask("textfield", "a"), ask("textfield", "b", hide="=a > 3"))
    assert "b" in loaded.bind({"a": "x"}, env=ENV).answers


def test_the_browser_gets_the_facts_that_conditions_read_and_no_others() -> None:
    loaded = form(
        ask("radio", "a", hide="=level = 1"),
        ask("number", "b", readonly=True, properties={"prefill": "w"}),
    )
    bound = loaded.bind(None, {"level": 2, "w": 6, "family": {"name": "secret"}}, env=ENV)
    assert bound.known_for_browser == '{"level": 2, "b": 6}'
    assert [block.hide for block in bound.blocks] == ["level = 1", ""]
