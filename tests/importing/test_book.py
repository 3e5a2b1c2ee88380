"""Every line and every to-do of the import goes by a name that stands in a book."""

import ast
from collections.abc import Iterator

from app.config import ROOT
from app.definitions.rulebook import RULES
from app.engine.todos import DONE
from app.importing.book import LINES, TODOS


def written(*methods: str) -> Iterator[str]:
    """The second argument of every call of these methods."""
    for path in (ROOT / "app" / "importing").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Attribute(attr=name), [_, ast.Constant(value), *_]):
                    if name in methods:
                        yield str(value)


def test_lines_go_by_a_rule_of_the_checks_or_by_what_the_import_does() -> None:
    found = set(written("say", "note", "drop"))
    assert len(found) > 15
    assert found - RULES.keys() - LINES.keys() == set()


def test_to_dos_stand_in_the_book_and_those_that_end_by_themselves_are_among_them() -> None:
    assert set(written("todo")) - TODOS.keys() == set()
    assert DONE.keys() <= TODOS.keys()
