"""What a file says and nothing here reads is listed, so that the checks can tell whoever wrote it."""

import pytest

from app.definitions.checks import check
from app.definitions.library import Library, SourceFile
from app.definitions.models import Kind
from app.definitions.place import Surroundings
from tests.support.diagrams import bpmn, end, flow, process, start, user
from tests.support.published import CORE_PACK, form, pack_file

PLAIN = bpmn(
    process(
        "p",
        start(),
        user("ask", form="ask", groups="practitioner", due="P1D", name="Ask them"),
        end(),
        flow("start > ask > end"),
    )
).decode()


def notes(old: str, new: str) -> list[tuple[str, str, str]]:
    assert old in PLAIN
    file = SourceFile(Kind.BPMN, "core", "p", PLAIN.replace(old, new, 1), "core/p.bpmn")
    library = Library([pack_file(CORE_PACK, pack="core"), form("ask", ["answer"]), file])
    found = check([file], Surroundings(library))
    return [(f.element_id, f.rule, f.message) for f in found]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id="ask"', 'id="ask" zeebe:dueDate="P1D"', "zeebe:dueDate"),
        ('id="ask"', 'id="ask" dueDate="P1D"', "dueDate"),
        ('id="ask"', 'id="ask" xmlns:w="urn:w" w:colour="red"', "colour"),
        ('dueDate="P1D"', 'dueDate="P1D" followUpDate="P2D"', "followUpDate of zeebe:taskSchedule"),
        (
            'formId="ask"',
            'formId="ask" bindingType="latest"',
            "bindingType of zeebe:formDefinition",
        ),
    ],
)
def test_a_setting_that_nothing_reads_is_noted(old: str, new: str, said: str) -> None:
    assert notes(old, new) == [
        ("ask", "extension-read", f"“Ask them” has “{said}”, which does nothing here.")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id="ask"', 'id="ask" startQuantity="1" completionQuantity="1"'),
        ('id="ask"', 'id="ask" xmlns:m="http://camunda.org/schema/modeler/1.0" m:x="1"'),
        ('dueDate="P1D"', 'dueDate="P1D" followUpDate=""'),
    ],
)
def test_what_the_standard_knows_and_what_only_looks_is_not(old: str, new: str) -> None:
    assert notes(old, new) == []
