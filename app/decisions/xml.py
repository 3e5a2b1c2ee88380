"""XML from strangers, read without following anything it points to."""

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from app.decisions.errors import DmnRefused

LARGEST_FILE = 2_000_000
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})


def root_of(xml: bytes) -> etree._Element:
    """Parse a file.

    Raises:
        DmnRefused: too large, with a document type or entities, or not well formed.
    """
    if len(xml) > LARGEST_FILE:
        raise DmnRefused(f"The file is larger than {LARGEST_FILE // 1_000_000} MB")
    declared = _DECLARED.match(xml.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding not in _ENCODINGS or b"\x00" in xml:
        raise DmnRefused("The file must be written in UTF-8")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise DmnRefused("The file has a document type declaration (DOCTYPE), which is not allowed")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise DmnRefused(
            f"The file is not well-formed XML: {error.msg}", line=error.lineno
        ) from None


def tag(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The child elements of the same namespace with one of these names; all without names."""
    own = namespace(element)
    for child in element:
        if namespace(child) == own and (not names or tag(child) in names):
            yield child


def child(element: etree._Element, *names: str) -> etree._Element | None:
    return next(children(element, *names), None)


def text_of(element: etree._Element | None) -> str:
    """What the ``text`` child of an element says."""
    text = None if element is None else child(element, "text")
    return ((text.text if text is not None else None) or "").strip()


def plain_text(element: etree._Element | None) -> str:
    """What an element itself says."""
    return ((element.text if element is not None else None) or "").strip()


def line_of(element: etree._Element) -> int | None:
    return cast("int | None", element.sourceline)


def named_near(element: etree._Element) -> str:
    """The id or name of an element, else of the next one around it that has one."""
    around = (element, *element.iterancestors())
    return next(
        (e.get("id") or e.get("name") or "" for e in around if e.get("id") or e.get("name")), ""
    )


def refusal(message: str, element: etree._Element) -> DmnRefused:
    return DmnRefused(message, named_near(element) or None, line_of(element))
