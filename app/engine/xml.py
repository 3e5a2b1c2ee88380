"""Reading XML that a stranger wrote: no entities, no network, no surprises."""

import re
from typing import TypeAlias

from lxml import etree

from app.engine.errors import DiagramRefused, Finding

Node: TypeAlias = etree._Element

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
LONGEST_NAME = 200
MAX_BYTES = 2_000_000
ENCODINGS = frozenset((b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"))
NO_DIAGRAM = "This is not a diagram. Choose the .bpmn file itself."
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_FAULTS = etree.ErrorTypes
#: What a parser objects to, said to somebody who draws.
DAMAGE = {
    _FAULTS.ERR_TAG_NAME_MISMATCH: "something that begins in it is never closed",
    _FAULTS.ERR_TAG_NOT_FINISHED: "it breaks off in the middle",
    _FAULTS.ERR_GT_REQUIRED: "it breaks off in the middle",
    _FAULTS.ERR_ATTRIBUTE_REDEFINED: "the same setting stands there twice",
    _FAULTS.ERR_INVALID_CHAR: "it has a character that such a file cannot hold",
    _FAULTS.ERR_INVALID_ENCODING: "it has letters that are not stored as UTF-8",
    _FAULTS.NS_ERR_UNDEFINED_NAMESPACE: "it uses an abbreviation that it does not explain",
    _FAULTS.ERR_RESOURCE_LIMIT: "its parts lie too deep inside each other",
    _FAULTS.ERR_DOCUMENT_END: "something follows after its end",
}
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")


def read(xml: bytes) -> Node:
    """The root of a BPMN document.

    Raises:
        DiagramRefused: too large, not XML, not BPMN, with a DOCTYPE, or in an encoding that could
            hide one.
    """
    if len(xml) > MAX_BYTES:
        raise _refused("too-large", f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    body = xml.removeprefix(b"\xef\xbb\xbf")
    if body.lstrip()[:1] != b"<" and body[:2] not in UTF_16:
        raise _refused("not-xml", NO_DIAGRAM)
    declared = _DECLARATION.match(body)
    if b"\x00" in body or (declared and declared[1].lower() not in ENCODINGS):
        raise _refused("encoding", "Save the file as UTF-8.")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise _refused("doctype", "The file contains a DOCTYPE, which a diagram never needs.")
    root = _parsed(body)
    if root.tag != f"{BPMN}definitions":
        raise _refused("not-bpmn", "This is not a BPMN 2.0 diagram.")
    return root


def _parsed(body: bytes) -> Node:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise broken(error) from error


def broken(error: etree.XMLSyntaxError) -> DiagramRefused:
    """Where a file is damaged and how, without the parser's own words."""
    line, column = error.position
    damage = DAMAGE.get(getattr(error, "code", 0), "it is not written as such a file has to be")
    return _refused(
        "not-xml",
        f"The file cannot be read at line {line}, column {column}: {damage}. "
        "Save it again in the program it was drawn with.",
    )


def _refused(rule: str, message: str) -> DiagramRefused:
    return DiagramRefused((Finding("", rule, message),))


def local(node: Node) -> str:
    """The tag without its namespace."""
    return etree.QName(node).localname


def flag(node: Node, name: str, *, otherwise: bool = False) -> bool:
    """What a yes-or-no attribute says. The standard also allows 1 and 0, and blanks around."""
    return {"true": True, "1": True, "false": False, "0": False}.get(
        node.get(name, "").strip().lower(), otherwise
    )


def name_of(node: Node) -> str:
    """Its name on one line. Rows and lists have room for a sentence; the rest is in the drawing."""
    name = " ".join((node.get("name") or "").split())
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def text_of(node: Node, tag: str) -> str | None:
    """The text of the first direct child with this BPMN tag; None when it is missing or blank."""
    child = node.find(f"{BPMN}{tag}")
    if child is None:
        return None
    return _whole_text(child) or None


def texts_of(node: Node, tag: str) -> str:
    """The texts of all direct children with this BPMN tag, as paragraphs."""
    texts = (_whole_text(child) for child in node.iterfind(f"{BPMN}{tag}"))
    return "\n\n".join(text for text in texts if text)


def _whole_text(node: Node) -> str:
    return "".join(str(part) for part in node.itertext()).strip()
