"""Files as they really are: encodings, name spaces, headers; and what cannot be opened, and why."""

import pytest

from app.engine.errors import DiagramRefused
from app.engine.xml import MAX_BYTES
from app.importing.imported import import_file
from tests.importing.foreign import BPMN, around, file, one, words

TASK = around('<userTask id="a" name="Zoë"/>')
TEXT = file(TASK).decode()


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("UTF-8", "latin-1"),
    ],
)
def test_letters_stay_themselves_in_every_encoding(declared: str, encoding: str) -> None:
    whole = f'<?xml version="1.0" encoding="{declared}"?>\n{TEXT}'
    imported, root = one(whole.encode(encoding))
    assert [node.get("name") for node in root.iter(f"{{{BPMN}}}userTask")] == ["Zoë"]
    assert ("was read as Windows text" in words(imported)) == (
        (declared, encoding) == ("UTF-8", "latin-1")
    )


@pytest.mark.parametrize("prefix", ["bpmn", "bpmn2", "semantic", "ns0", "model"])
def test_prefixes_do_not_matter(prefix: str) -> None:
    text = (
        TEXT.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
    )
    text = text.replace(f"{prefix}:{prefix}:", f"{prefix}:").replace("xmlns=", f"xmlns:{prefix}=")
    imported, root = one(text.encode())
    assert len(list(root.iter(f"{{{BPMN}}}userTask"))) == 1
    assert imported.runs


@pytest.mark.parametrize(
    "space", ["http://schema.omg.org/spec/BPMN/2.0", "http://www.omg.org/bpmn20", ""]
)
def test_drafts_of_the_standard_are_read_as_the_standard(space: str) -> None:
    text = TEXT.replace(f'xmlns="{BPMN}" ', f'xmlns="{space}" ' if space else "")
    imported, root = one(text.encode())
    assert len(list(root.iter(f"{{{BPMN}}}userTask"))) == 1
    assert "read as BPMN 2.0" in words(imported)


def test_a_part_without_its_name_space_is_what_it_looks_like() -> None:
    text = TEXT.replace("<userTask ", '<userTask xmlns="" ')
    imported, root = one(text.encode())
    assert len(list(root.iter(f"{{{BPMN}}}userTask"))) == 1
    assert "was not marked as BPMN" in words(imported)


def test_a_type_without_its_prefix_means_the_standard_one() -> None:
    timer = (
        '<x:intermediateCatchEvent id="a"><x:timerEventDefinition><x:timeDuration '
        'xsi:type="tFormalExpression">P1D</x:timeDuration></x:timerEventDefinition>'
        "</x:intermediateCatchEvent>"
    )
    text = f'<x:definitions xmlns:x="{BPMN}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    imported, root = one(f'{text}<x:process id="p">{timer}</x:process></x:definitions>'.encode())
    (duration,) = root.iter(f"{{{BPMN}}}timeDuration")
    assert "x:tFormalExpression" in duration.attrib.values()
    assert "was not marked as BPMN" in words(imported)


def test_a_prefix_that_is_used_and_not_declared_is_declared() -> None:
    text = TEXT.replace("<userTask ", '<userTask odd:mood="good" ')
    imported, _root = one(text.encode())
    assert "“odd” was used and not declared" in words(imported)


REFUSED = {
    "nothing": (b"", "empty"),
    "blank": (b"  \n ", "empty"),
    "too much": (b"<a>" + b" " * MAX_BYTES, "larger than 2 MB"),
    "an archive": (b"PK\x03\x04 a picture", "Export the diagram as BPMN 2.0"),
    "no end": (TEXT[:-20].encode(), "cannot be read at line 1"),
    "a DOCTYPE in letters that only a second declaration explains": (
        b"<?xml version='1.0'?><?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE a+AD4-<a/>",
        "cannot be read",
    ),
    "a DOCTYPE": (b'<?xml version="1.0"?>\n<!DOCTYPE a>\n<a/>', "Near line 1"),
    "an entity": (b"<a>\n<!ENTITY x 'y'></a>", "Near line 2"),
    "a page": (b"<html/>", "not a BPMN 2.0 diagram"),
    "a table": (b'<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/"/>', "(DMN)"),
    "a case plan": (
        b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>',
        "(CMMN)",
    ),
    "XPDL": (b'<Package xmlns="http://www.wfmc.org/2009/XPDL2.2"/>', "XPDL"),
    "an odd encoding": (b'<?xml version="1.0" encoding="utf-7"?><a/>', "“utf-7”"),
    "no process": (file("").replace(b"process", b"category"), "no process"),
    "an empty process": (file(""), "Nothing is drawn"),
    "a choreography": (
        f'<definitions xmlns="{BPMN}"><choreography id="c"/></definitions>'.encode(),
        "choreography",
    ),
    "far too many": (file("".join(f'<task id="t{n}"/>' for n in range(7000))), "more than 3000"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_opened_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(DiagramRefused) as refused:
        import_file(content)
    (finding,) = refused.value.findings
    assert said in finding.message
