"""What a decision model leaves open though it can be read: said twice, or not said at all.

Such a model still runs, as the first or the last of two sayings has it; before it is published its
author is asked to say which one is meant.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from app.decisions.xml import child, children, named_near, root_of, tag, text_of
from app.feel.names import normal

EXPRESSIONS = (
    "literalExpression", "decisionTable", "context", "invocation", "functionDefinition",
    "relation", "list", "conditional", "for", "some", "every", "filter",
)  # fmt: skip
_RANKED = ("PRIORITY", "OUTPUT ORDER")


@dataclass(frozen=True)
class Unclear:
    """One thing to make clear. ``element_id`` is the element's or that of the next one around it."""

    element_id: str
    message: str


def unclear(xml: bytes) -> Iterator[Unclear]:
    """Everything that a model leaves open.

    Raises:
        DmnRefused: the file is no XML that may be read.
    """
    for element in root_of(xml).iter(etree.Element):
        ask = _QUESTIONS.get(tag(element))
        for message in ask(element) if ask else ():
            yield Unclear(named_near(element), message)


def _twice(names: Iterator[str]) -> Iterator[str]:
    return (name for name, times in Counter(names).items() if times > 1 and name)


def _names(element: etree._Element, part: str, below: str = "") -> Iterator[str]:
    for each in children(element, part):
        found = child(each, below) if below else each
        yield normal(found.get("name") or "") if found is not None else ""


def _model(xml: etree._Element) -> Iterator[str]:
    for name in _twice(_names(xml, "itemDefinition")):
        yield f"Two types are called “{name}”"


def _decision(xml: etree._Element) -> Iterator[str]:
    if sum(1 for _ in children(xml, *EXPRESSIONS)) > 1:
        yield "It is decided in two ways"
    root = xml.getroottree().getroot()
    by_id = {element.get("id"): element for element in children(root)}
    needed = [
        by_id[key]
        for requirement in children(xml, "informationRequirement", "knowledgeRequirement")
        for target in children(requirement)
        if (key := (target.get("href") or "").removeprefix("#")) in by_id
    ]
    for name in _twice(_variable(element) for element in dict.fromkeys(needed)):
        yield f"It needs two things that are both called “{name}”"


def _variable(xml: etree._Element) -> str:
    variable = child(xml, "variable")
    name = variable.get("name") if variable is not None else None
    return normal(name or xml.get("name") or "")


def _context(xml: etree._Element) -> Iterator[str]:
    names = list(_names(xml, "contextEntry", "variable"))
    for name in _twice(iter(names)):
        yield f"Two of its entries are called “{name}”"
    if "" in names[:-1]:
        yield "Only the last entry may stand without a name: it is the result"


def _relation(xml: etree._Element) -> Iterator[str]:
    for name in _twice(_names(xml, "column")):
        yield f"Two of its columns are called “{name}”"


def _function(xml: etree._Element) -> Iterator[str]:
    for name in _twice(_names(xml, "formalParameter")):
        yield f"Two of its parameters are called “{name}”"


def _invocation(xml: etree._Element) -> Iterator[str]:
    for name in _twice(_names(xml, "binding", "parameter")):
        yield f"The parameter “{name}” is given twice"


def _table(xml: etree._Element) -> Iterator[str]:
    outputs = list(children(xml, "output"))
    names = list(_names(xml, "output"))
    for name in _twice(iter(names)):
        yield f"Two of its output columns are called “{name}”"
    if len(names) > 1 and "" in names:
        yield "Each of several output columns needs a name"
    policy = xml.get("hitPolicy") or "UNIQUE"
    if policy in _RANKED and not any(text_of(child(part, "outputValues")) for part in outputs):
        yield f"The hit policy {policy} needs output values: they say what comes first"
    if xml.get("aggregation") and policy != "COLLECT":
        yield f"The hit policy {policy} adds nothing up: {xml.get('aggregation')} goes with COLLECT"


def _text(xml: etree._Element) -> Iterator[str]:
    if len(xml):
        yield "An expression is plain text, without elements in it"
    before = xml.getprevious()
    if before is not None and tag(before) == "text":
        yield "It has two texts"


_QUESTIONS: Mapping[str, Callable[[etree._Element], Iterator[str]]] = {
    "definitions": _model,
    "decision": _decision,
    "context": _context,
    "relation": _relation,
    "functionDefinition": _function,
    "encapsulatedLogic": _function,
    "invocation": _invocation,
    "decisionTable": _table,
    "text": _text,
}
