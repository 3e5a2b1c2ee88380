"""Every part of a file is in a draft, or a line says that it is not."""

from pathlib import Path

import pytest
from lxml import etree

from app.config import ROOT
from app.importing import imported as steps
from app.importing.imported import Imported, import_file
from app.importing.work import Work
from tests.importing.foreign import BPMN, MIXED, POOLS, file, tree

SHIPPED = sorted((ROOT / "processes").glob("*/*.bpmn"))
MISSED = frozenset(("incoming", "outgoing", "collaboration"))


def ids(root: etree._Element) -> set[str]:
    return {
        str(node.get("id"))
        for node in root.iter(f"{{{BPMN}}}*")
        if node.get("id") and etree.QName(node).localname not in MISSED
    }


def unaccounted(content: bytes, imported: Imported) -> set[str]:
    """Ids of the file that are in no draft and in no line."""
    kept = {each for draft in imported.drafts for each in ids(tree(draft.xml))}
    told = {each for line in imported.lines for each in line.left_out}
    return ids(tree(content)) - kept - told


@pytest.mark.parametrize("content", [file(MIXED), POOLS], ids=["mixed", "pools"])
def test_every_part_is_in_a_draft_or_in_a_line(content: bytes) -> None:
    imported = import_file(content)
    assert unaccounted(content, imported) == set()
    assert all(line.words for line in imported.lines)


@pytest.mark.parametrize("content", [file(MIXED), POOLS], ids=["mixed", "pools"])
def test_a_draft_is_not_changed_when_it_is_imported_again(content: bytes) -> None:
    for draft in import_file(content).drafts:
        again = import_file(draft.xml.encode())
        assert again.repairs == ()
        assert again.drafts[0].todos == draft.todos


def test_a_part_that_a_step_forgets_gets_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(work: Work) -> None:
        for task in list(work.root.iter(f"{{{BPMN}}}task")):
            around = task.getparent()
            assert around is not None
            around.remove(task)

    monkeypatch.setattr(steps, "name_messages", careless)
    content = file('<startEvent id="s"/><task id="t" name="Visit"/>')
    imported = import_file(content)
    assert unaccounted(content, imported) == set()
    assert any("“Visit” is left out" in line.words for line in imported.lines)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_our_own_diagrams_stay_letter_for_letter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    imported = import_file(text.encode())
    assert imported.runs
    assert imported.lines == ()
    assert [draft.xml for draft in imported.drafts] == [text]
