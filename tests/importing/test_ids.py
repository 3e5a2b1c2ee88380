"""Every part has an id of its own, and what refers to it follows."""

import pytest

from tests.importing.foreign import around, file, flows, node, one, todos, words


def test_missing_ids_are_filled_in() -> None:
    content = file(around('<task id="a"/>')).replace(b' id="s_a"', b"")
    imported, root = one(content)
    assert ("s", "a") in flows(root)
    assert "The flow from “s” to “a” had no id" in words(imported)
    assert all(flow.get("id") for flow in root.iter("{*}sequenceFlow"))


def test_of_two_with_one_id_the_second_gets_another() -> None:
    imported, root = one(file(around('<task id="a"/><task id="a" name="Other"/>')))
    assert {("s", "a"), ("a", "e")} <= flows(root)
    assert node(root, "a_1").get("name") == "Other"
    assert "“a” was used twice" in words(imported)
    assert "a_1: No flow leads here" in todos(imported)


@pytest.mark.parametrize("old", ["Start", "with space", "1st", "x" * 130, "{braces}", "a.EndJoin"])
def test_ids_that_cannot_be_used_are_replaced_everywhere(old: str) -> None:
    imported, root = one(file(around(f'<task id="{old}"/>', old)))
    (new,) = (str(task.get("id")) for task in root.iter("{*}task"))
    assert {("s", new), (new, "e")} == flows(root)
    assert f"It is “{new}” now" in words(imported)


def test_references_with_a_prefix_mean_the_id() -> None:
    content = file(around('<task id="a"/>')).replace(b'targetRef="a"', b'targetRef="tns:a"')
    _imported, root = one(content)
    assert ("s", "a") in flows(root)
