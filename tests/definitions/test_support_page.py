"""docs/bpmn-support.md says what the rules say."""

from app.cli.support import BEGIN, END, PAGE, rows, support
from app.engine.reader import KINDS
from app.engine.reading import UNSUPPORTED


def test_the_table_of_the_page_is_the_one_the_rules_give() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition(BEGIN)[2].partition(END)[0]
    assert table == support() + "\n", "run: earlyhelp support --write"


def test_every_element_has_one_row() -> None:
    elements = [row.element for row in rows()]
    assert len(elements) == len(set(elements))
    assert {*KINDS, *UNSUPPORTED} <= set(elements)
