"""A file while it is being translated: its tree, the lines about it, and the account of its parts."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.reading import TODO
from app.engine.xml import BPMN, ZEEBE, Node, local
from app.importing.starters import starters

DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
#: Written anew from the flows themselves wherever flows are changed.
BOOKKEEPING = frozenset((f"{BPMN}incoming", f"{BPMN}outgoing"))
LONGEST_QUOTE = 1_000
LONGEST_TODO = 10_000


@dataclass(frozen=True)
class Line:
    """Something that was changed, left out, or (``is_note``) kept although it does nothing here.

    ``element_id`` is empty when the line is about the file as a whole. ``left_out`` are the ids of
    the parts that are not in any draft any more.
    """

    element_id: str
    rule: str
    words: str
    is_note: bool = False
    left_out: tuple[str, ...] = ()


class Work:
    """The tree of one file. Parts leave it through ``drop`` only."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.lines: list[Line] = []
        self.starters = starters(root)
        #: By message, what the standard's own keys match it by.
        self.matched = _matched(root)
        self._source = [
            node
            for child in root.iterchildren("*")
            if child.tag != DIAGRAM
            for node in everything(child)
        ]
        self._owners = {node: owner_of(node) for node in self._source}
        self._told: set[Node] = set()
        self._ids: set[str] = set()

    # ------------------------------------------------------------------ saying

    def say(self, where: Node | str, rule: str, words: str) -> None:
        """Something was changed."""
        self.lines.append(Line(where if isinstance(where, str) else id_of(where), rule, words))

    def note(self, where: Node | str, rule: str, words: str) -> None:
        """Something is kept in the file and does nothing here."""
        at = where if isinstance(where, str) else id_of(where)
        self.lines.append(Line(at, rule, words, is_note=True))

    def todo(self, node: Node, rule: str, words: str) -> None:
        """Something is left to do at this element; it stays in the file until it is done."""
        name = TODO + rule
        holder = made_extension(node, "properties")
        for known in holder.iterfind(f"{ZEEBE}property"):
            if known.get("name") == name:
                before = known.get("value") or ""
                if len(before) < LONGEST_TODO:  # the lines tell the rest
                    known.set("value", f"{before} {words}")
                return
        made = holder.makeelement(f"{ZEEBE}property", nsmap={"zeebe": ZEEBE[1:-1]})
        made.set("name", name)
        made.set("value", words)
        holder.append(made)

    # ------------------------------------------------------------------ parts

    def drop(self, node: Node, rule: str, words: str, *, at: Node | str | None = None) -> None:
        """Take a part out of the file, and say so."""
        where = owner_of(node) if at is None else at
        gone = tuple(str(part.get("id")) for part in everything(node) if part.get("id"))
        at_id = where if isinstance(where, str) else id_of(where)
        self.lines.append(Line(at_id, rule, words, left_out=gone))
        self.forget(node)

    def forget(self, node: Node) -> None:
        """Take out a part about which a line has been said, or that says nothing itself."""
        self._told.update(everything(node))
        parent = node.getparent()
        if parent is None:
            return
        before = node.getprevious()
        if node.tail and node.tail.strip():
            self.say(owner_of(node), "stray-text", f"Stray text left out: “{quoted(node.tail)}”.")
        if before is not None and node.getnext() is None:
            before.tail = node.tail
        parent.remove(node)

    def replaced(self, node: Node) -> None:
        """A part whose meaning was carried over into something else; a line has been said."""
        self._told.update(everything(node))

    def left_out(self, roots: list[Node]) -> None:
        """Account for every element: it is in one of ``roots``, or a line is about it.

        What is in neither gets its line here.
        """
        kept = {node for root in roots for node in everything(root)}
        lost = {
            node: None
            for node in self._source
            if node not in kept and node not in self._told and node.tag not in BOOKKEEPING
        }
        told: set[Node] = set()
        for node in lost:
            if node.getparent() not in told:
                name = f" “{quoted(str(node.get('name')))}”" if node.get("name") else ""
                words = f"“{local(node)}”{name} is left out: it has no place in a process here."
                gone = tuple(
                    str(n.get("id")) for n in everything(node) if n.get("id") and n in lost
                )
                self.lines.append(Line(self._owners[node], "left-out", words, left_out=gone))
            told.add(node)

    # ------------------------------------------------------------------ ids

    def take(self, element_id: str) -> bool:
        """Whether this id was free; now it is taken."""
        if element_id in self._ids:
            return False
        self._ids.add(element_id)
        return True

    def fresh(self, stem: str) -> str:
        """An id nobody has."""
        number = 1
        while not self.take(f"{stem}_{number}"):
            number += 1
        return f"{stem}_{number}"


def _matched(root: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for said in root.iter(f"{BPMN}correlationPropertyRetrievalExpression"):
        path = " ".join("".join(str(text) for text in said.itertext()).split())
        found.setdefault(str(said.get("messageRef")).rpartition(":")[2], path or "its key")
    return found


def everything(node: Node) -> Iterator[Node]:
    """The element and all elements in it, no comments."""
    return node.iter("*")


def id_of(node: Node) -> str:
    return node.get("id") or owner_of(node)


def owner_of(node: Node) -> str:
    """The id of the nearest part of the diagram around an element; empty at the top."""
    for around in node.iterancestors():
        if around.get("id") and local(around) not in PASSED_OVER:
            return str(around.get("id"))
    return ""


PASSED_OVER = frozenset(("definitions", "ioSpecification", "laneSet", "extensionElements"))


def taken(node: Node, name: str) -> str:
    """The value of an attribute, which is gone from the element now."""
    value = node.get(name)
    if value is None:
        return ""
    del node.attrib[name]
    return value


def quoted(text: str) -> str:
    """A text on one line, and not too much of it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def called(node: Node) -> str:
    """How a line names an element."""
    name = " ".join((node.get("name") or "").split())
    return f"“{quoted(name)}”" if name else f"“{node.get('id')}”"


def extension(node: Node, tag: str) -> Node | None:
    """The ``zeebe`` extension element with this tag."""
    return node.find(f"{BPMN}extensionElements/{ZEEBE}{tag}")


def made_extension(node: Node, tag: str) -> Node:
    """The same, added if there is none."""
    found = extension(node, tag)
    if found is not None:
        return found
    holder = node.find(f"{BPMN}extensionElements")
    if holder is None:
        holder = node.makeelement(f"{BPMN}extensionElements")
        node.insert(len(node.findall(f"{BPMN}documentation")), holder)
    made = holder.makeelement(f"{ZEEBE}{tag}", nsmap={"zeebe": ZEEBE[1:-1]})
    holder.append(made)
    return made
