"""Several pools become a draft each; what went between them becomes messages by name."""

from app.engine.parse import parse_diagram
from app.importing.imported import import_file
from tests.importing.foreign import POOLS, around, file, one, todos, words


def test_each_process_is_a_draft_named_after_its_pool() -> None:
    drafts = import_file(POOLS).drafts
    assert [(draft.process_id, draft.name) for draft in drafts] == [
        ("p1", "Council"),
        ("p2", "Health"),
    ]


def test_messages_between_pools_go_by_the_same_name() -> None:
    council, health = import_file(POOLS).drafts
    begins = parse_diagram(health.xml.encode()).process("p2")
    assert begins.start_message == "Ask"
    assert 'name="Ask"' in council.xml
    assert begins.elements["end2"].message is not None
    assert f'name="{begins.elements["end2"].message}"' in council.xml


def test_a_message_of_a_plain_step_is_a_to_do_and_a_black_box_is_named() -> None:
    imported = import_file(POOLS)
    assert "work: An arrow says that it sends “Tell” to “School”" in todos(imported)
    assert "The pool “School” has no steps in it. It is left out: name=School." in words(imported)


def test_a_message_without_a_key_is_matched_by_the_case() -> None:
    root = '<message id="m" name="News"/>'
    event = '<intermediateCatchEvent id="a"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    imported, _tree = one(file(around(event), root=root))
    assert "“News” is matched by the case (=case_id)" in words(imported)
    assert todos(imported) == ""


def test_a_process_marked_as_a_drawing_only_is_made_to_run() -> None:
    content = file(around('<task id="a"/>')).replace(
        b'isExecutable="true"', b'isExecutable="false"'
    )
    imported, _tree = one(content)
    assert "It was marked as a drawing only" in words(imported)
    assert not imported.runs
