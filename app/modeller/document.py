"""A drawing's file, changed in one place and otherwise left as it was written."""

import re
from collections.abc import Iterator
from functools import cached_property

from lxml import etree

from app.engine.xml import BPMN, ZEEBE, Node, read

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
PREFIXES = {"zeebe": ZEEBE[1:-1], "xsi": XSI_TYPE[1:].partition("}")[0]}
_BEFORE_ROOT = re.compile(r"<!--.*?-->|<\?.*?\?>|<(?:[\w.-]+:)?definitions\b", re.DOTALL)
_CLOSED_TAG = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|(?<! )/>", re.DOTALL)


class Document:
    """The file as a tree that can be written back.

    Comments, the order of attributes, indentation and line ends stay; what an XML reader cannot
    see (which quotes were used, line breaks inside a tag) does not.

    Raises:
        DiagramRefused: it cannot be read, or should not be.
    """

    def __init__(self, xml: str) -> None:
        read(xml.encode())
        self._source = xml
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            strip_cdata=False,
        )
        self.root = etree.fromstring(xml.encode(), parser)

    def node(self, element_id: str) -> Node | None:
        """An element or a flow by its id."""
        return self._by_id.get(element_id)

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {
            str(node.get("id")): node
            for process in self.root.iterfind(f"{BPMN}process")
            for node in process.iter(f"{BPMN}*")
            if node.get("id")
        }

    def text(self) -> str:
        """The whole file again."""
        written = etree.tostring(self.root, encoding="unicode", with_tail=False)
        for after in self.root.itersiblings():
            written += "\n" + etree.tostring(after, encoding="unicode", with_tail=False)
        if self._source.count(" />") > self._source.count("/>") / 2:
            written = _CLOSED_TAG.sub(lambda tag: " />" if tag[0] == "/>" else tag[0], written)
        whole = self._head() + written + self._source[len(self._source.rstrip()) :]
        if "\r\n" in self._source:
            return whole.replace("\r\n", "\n").replace("\n", "\r\n")
        return whole

    def _head(self) -> str:
        for part in _BEFORE_ROOT.finditer(self._source):
            if not part[0].startswith(("<!--", "<?")):
                return self._source[: part.start()]
        return ""


def extensions(node: Node, tag: str) -> Iterator[Node]:
    """The ``zeebe`` extension elements of a node with this tag."""
    holder = node.find(f"{BPMN}extensionElements")
    if holder is not None:
        yield from holder.iterfind(f"{ZEEBE}{tag}")


def made_extension(node: Node, tag: str) -> Node:
    """The extension element with this tag, added if there is none."""
    for found in extensions(node, tag):
        return found
    holder = node.find(f"{BPMN}extensionElements")
    if holder is None:
        holder = add(node, f"{BPMN}extensionElements", after=("documentation",))
    return add(holder, f"{ZEEBE}{tag}")


def add(parent: Node, tag: str, *, after: tuple[str, ...] | None = None) -> Node:
    """A new child on a line of its own: at the end, or before all but the BPMN tags ``after``."""
    children = list(parent)
    place = len(children)
    if after is not None:
        first = {f"{BPMN}{name}" for name in after}
        place = next((i for i, each in enumerate(children) if each.tag not in first), place)
    child = etree.SubElement(parent, tag, nsmap=_missing_prefix(parent, tag))
    parent.remove(child)
    _indent(parent, children, child, place)
    parent.insert(place, child)
    return child


def remove(child: Node) -> None:
    """Take a child out, and the line it was on."""
    parent = child.getparent()
    if parent is None:
        return
    before = child.getprevious()
    if child.getnext() is None:
        if before is None:
            parent.text = None
        else:
            before.tail = child.tail
    parent.remove(child)


def remove_if_empty(node: Node | None) -> None:
    if node is not None and not len(node) and not node.attrib:
        remove(node)


def _indent(parent: Node, children: list[Node], child: Node, place: int) -> None:
    depth = sum(1 for _ in parent.iterancestors())
    if not children:
        if "\n" in (parent.getroottree().getroot().text or ""):
            parent.text, child.tail = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    elif place == len(children):
        child.tail, children[-1].tail = children[-1].tail, parent.text
    else:
        child.tail = parent.text


def _missing_prefix(parent: Node, tag: str) -> dict[str, str] | None:
    space = etree.QName(tag).namespace
    known = parent.nsmap.values()
    return {p: s for p, s in PREFIXES.items() if s == space and s not in known} or None
