"""A DMN file (1.1 to 1.5) to a Model."""

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from app.decisions.elements import Decision, Element, InputData, Knowledge, Need, Service
from app.decisions.errors import DmnRefused
from app.decisions.expressions import ExpressionReader
from app.decisions.model import Model
from app.decisions.type_reading import read_types
from app.decisions.types import ANYTHING, Reference, Type, named
from app.decisions.xml import child, children, line_of, namespace, refusal, root_of, tag
from app.feel.names import normal
from app.feel.syntax.node import cost_of

_DMN = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/(?:MODEL/?|dmn\.xsd)")
_NEEDS = ("informationRequirement", "knowledgeRequirement")
_TARGETS = ("requiredInput", "requiredDecision", "requiredKnowledge")


def parse(xml: bytes, imported: Mapping[str, Model] | None = None, *, strict: bool = True) -> Model:
    """Read a decision model.

    Args:
        xml: the file.
        imported: models this one may import, by their namespace.
        strict: refuse a model with an expression that cannot be read. Without it, such an
            expression is null, and says why, whenever it is evaluated, and a type that is
            defined nowhere takes anything.

    Raises:
        DmnRefused: with the element and the line.
    """
    root = root_of(xml)
    if tag(root) != "definitions" or not _DMN.fullmatch(namespace(root)):
        raise refusal("The file is not a DMN decision model", root)
    return _Reader(root, imported or {}, strict=strict).read()


class _Reader:
    def __init__(
        self, root: etree._Element, imported: Mapping[str, Model], *, strict: bool
    ) -> None:
        self._root = root
        self._imported = imported
        self._named: dict[str, Model] = {}
        #: The root elements to read: the file's, then those imported under no name.
        self._roots = [root]
        for xml in self._imports():
            self._take_in(xml)
        self._spaces = {part.get("namespace") or "" for part in self._roots}
        self._elements: dict[str, Element] = {}
        self._by_name: dict[str, Element] = {}
        #: The ids of elements that another of the same name stands for.
        self._instead: dict[str, Element] = {}
        self._types: dict[str, Type] = {}
        names = frozenset(name for part in self._roots for name in _names_in(part)).union(
            *(_names_of(model) for model in self._named.values())
        )
        self._strict = strict
        self._expressions = ExpressionReader(names, self._types, strict=strict)

    def read(self) -> Model:
        for prefix, model in self._named.items():
            self._types |= {f"{prefix}.{name}": type_ for name, type_ in model.types.items()}
        for part in reversed(self._roots):
            read_types(part, self._types, self._expressions)
        if not self._strict:
            self._types |= dict.fromkeys(self._undefined_types(), ANYTHING)
        found = [
            (self._declare(xml), xml) for part in self._roots for xml in children(part, *_DECLARING)
        ]
        for element, xml in found:
            if element is not None:
                self._fill(element, xml)
        self._refuse_circles()
        name, own = self._root.get("name") or "", self._root.get("namespace") or ""
        return Model(name, own, self._elements, self._types, self._roots, self._named)

    def _undefined_types(self) -> set[str]:
        named_here = {
            found.name
            for part in self._roots
            for xml in part.iter(etree.Element)
            if isinstance(found := named(xml.get("typeRef"), self._types), Reference)
        }
        return named_here - self._types.keys()

    def _imports(self) -> Iterable[etree._Element]:
        for xml in children(self._root, "import"):
            if _DMN.fullmatch(xml.get("importType") or ""):
                yield xml

    def _take_in(self, xml: etree._Element) -> None:
        """Remember an imported model; without a name, its elements become this model's own."""
        model = self._imported.get(xml.get("namespace") or "")
        if model is None:
            raise refusal("The model imports another one, which is not here", xml)
        name = normal(xml.get("name") or "")
        if name:
            self._named.setdefault(name, model)
            return
        self._roots += [part for part in model.roots if part not in self._roots]
        for known, below in model.named.items():
            self._named.setdefault(known, below)

    def _declare(self, xml: etree._Element) -> Element | None:
        """Make an element of it, unless an imported one is already there in its place."""
        key = xml.get("id") or xml.get("name") or ""
        own = xml.getparent() is self._root
        if not key or (own and key in self._elements):
            raise refusal("Every element needs an id of its own", xml)
        variable = child(xml, "variable")
        name = normal((variable.get("name") if variable is not None else "") or "")
        name = name or normal(xml.get("name") or key)
        if not own and key in self._elements:
            return None
        if not own and name in self._by_name:
            self._instead[key] = self._by_name[name]
            return None
        type_name = variable.get("typeRef") if variable is not None else None
        type_ = named(type_name, self._types)
        element = _DECLARING[tag(xml)](key, name, type_, normal(xml.get("name") or name))
        self._elements[key] = element
        self._by_name.setdefault(name, element)
        return element

    def _fill(self, element: Element, xml: etree._Element) -> None:
        if isinstance(element, Decision):
            element.needs = list(self._needs(xml))
            element.body = self._expressions.optional(xml, element.name)
            element.cost = 1 if element.body is None else cost_of(element.body)
            element.line = line_of(xml)
        elif isinstance(element, Knowledge):
            element.needs = list(self._needs(xml))
            logic = child(xml, "encapsulatedLogic")
            if logic is not None:
                element.function = self._expressions.function(logic, element.name, element.type)
        elif isinstance(element, Service):
            self._fill_service(element, xml)

    def _fill_service(self, service: Service, xml: etree._Element) -> None:
        for part in children(xml, "outputDecision"):
            decision = self._target(part).element
            if isinstance(decision, Decision):
                service.outputs.append(decision)
        given = (*children(xml, "inputData"), *children(xml, "inputDecision"))
        service.given = [self._target(part).element for part in given]
        if not service.outputs:
            raise refusal("A decision service needs an output decision", xml)

    def _needs(self, xml: etree._Element) -> Iterable[Need]:
        for requirement in children(xml, *_NEEDS):
            target = child(requirement, *_TARGETS)
            if target is not None:
                yield self._target(target)

    def _target(self, xml: etree._Element) -> Need:
        where, _, key = (xml.get("href") or "").rpartition("#")
        if not where or where in self._spaces:
            found = self._elements.get(key) or self._instead.get(key)
            if found is not None:
                return Need(found)
        for prefix, model in self._named.items():
            if model.namespace == where and key in model.elements:
                return Need(model.elements[key], prefix)
        raise refusal(f"It refers to “{key}”, which is not in the model", xml)

    def _refuse_circles(self) -> None:
        """Refuse decisions that need themselves; knowledge may (recursion)."""
        done: set[int] = set()
        for element in self._elements.values():
            if isinstance(element, Decision):
                _walk(element, [], done)


_DECLARING: Mapping[str, type[Element]] = {
    "inputData": InputData,
    "decision": Decision,
    "businessKnowledgeModel": Knowledge,
    "decisionService": Service,
}


def _walk(decision: Decision, path: list[Decision], done: set[int]) -> None:
    """Depth first with a stack of its own, so that a long chain is no problem."""
    waiting = [(decision, iter(_required(decision)))]
    on_path = {id(decision)}
    while waiting:
        current, following = waiting[-1]
        needed = next(following, None)
        if needed is None:
            waiting.pop()
            on_path.discard(id(current))
            done.add(id(current))
        elif id(needed) in on_path:
            raise DmnRefused("The decision needs itself to be decided", current.id, current.line)
        elif id(needed) not in done:
            on_path.add(id(needed))
            waiting.append((needed, iter(_required(needed))))


def _required(decision: Decision) -> list[Decision]:
    return [need.element for need in decision.needs if isinstance(need.element, Decision)]


def _names_in(root: etree._Element) -> Iterable[str]:
    for element in root.iter(etree.Element):
        name = element.get("name")
        if name:
            yield normal(name)


def _names_of(model: Model) -> Iterable[str]:
    return (element.name for element in model.elements.values())
