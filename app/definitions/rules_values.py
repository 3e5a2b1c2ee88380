"""Rules: what is compared can be equal, and a choice has a way for each answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app import feel
from app.definitions.domains import Domain
from app.definitions.domains_of import of_text
from app.definitions.findings import Finding
from app.definitions.given import in_all_areas
from app.definitions.place import Place, called
from app.definitions.rules_drawing import needs_default, no_default
from app.definitions.rules_names import decisive_texts, other_texts
from app.definitions.telling import kinds_told, near_option, told, told_options
from app.engine.catalogue import Element
from app.feel.syntax.access import Path
from app.feel.syntax.calls import Call
from app.feel.syntax.leaves import ListOf, Literal, Name
from app.feel.syntax.node import Node
from app.feel.syntax.operators import Comparison, Logic
from app.feel.syntax.tests import AnyOf, In, ValueTest

CONTAINS = "list contains"


@dataclass(frozen=True)
class Compared:
    """A name (or ``name.column``) beside a value or another name."""

    name: str
    operator: str
    value: object = None
    other: str = ""

    def kind_misfits(self, domain: Domain) -> bool:
        """Whether the value is of a kind that the name never is."""
        if not domain.kinds or self.operator == CONTAINS or self.value is None:
            return False
        return feel.kind(self.value) not in domain.kinds


def values_fit(place: Place) -> Iterator[Finding]:
    for process in place.diagram.processes:
        known = in_all_areas(place.around.library, place.file, process)
        for element in process.elements.values():
            texts = (*decisive_texts(place, element), *other_texts(element))
            found = [each for text in texts for each in comparisons(text)]
            for compared in dict.fromkeys(found):
                yield from _misfit(place, element, compared, known)
            yield from _no_condition(place, element, known)
            if needs_default(element, place.diagram.drawing):
                yield from _uncovered(place, element, known)


def comparisons(text: str | None) -> Iterator[Compared]:
    if not text or not text.startswith("="):
        return
    try:
        waiting = [feel.parse(text[1:]).node]
    except feel.FeelSyntaxError:
        return
    while waiting:
        node = waiting.pop()
        waiting += node.children()
        if isinstance(node, Comparison):
            yield from _sides(node)
        elif isinstance(node, In) and (name := _name(node.operand)):
            yield from (Compared(name, "=", value) for value in _listed(node.test))
        elif isinstance(node, Call) and node.function == Name(CONTAINS):
            yield from _contained(node)


def _contained(call: Call) -> Iterator[Compared]:
    """A value in a list that somebody ticks, or an answer in a list that is written out."""
    match call.arguments:
        case (listed, Literal(constant=value)) if name := _name(listed):
            yield Compared(name, CONTAINS, value)
        case (ListOf(items=items), answer) if name := _name(answer):
            values = (item.constant for item in items if isinstance(item, Literal))
            yield from (Compared(name, "=", value) for value in values)


def _no_condition(place: Place, element: Element, known: Mapping[str, Domain]) -> Iterator[Finding]:
    """Only true opens a way; a text or a number is never true, whatever it says."""
    for flow in (place.diagram.flows[flow_id] for flow_id in element.outgoing):
        kinds = of_text(flow.condition, known).kinds if flow.condition else None
        if kinds is not None and "boolean" not in kinds:
            is_so = kinds_told(kinds) or "nothing"
            yield place.finding(
                flow.id,
                "types-compatible",
                f"The condition of this way is {is_so}, and never true.",
                mend="Compare it with a value.",
            )


def _sides(node: Comparison) -> Iterator[Compared]:
    left, right = _name(node.left), _name(node.right)
    if left and right:
        yield Compared(left, node.operator, other=right)
    elif left and isinstance(node.right, Literal):
        yield Compared(left, node.operator, node.right.constant)
    elif right and isinstance(node.left, Literal):
        yield Compared(right, node.operator, node.left.constant)


def _name(node: Node) -> str:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Path) and isinstance(node.source, Name):
        return f"{node.source.name}.{node.name}"
    return ""


def _listed(test: Node) -> Iterator[object]:
    if isinstance(test, AnyOf):
        for each in test.tests:
            yield from _listed(each)
    elif isinstance(test, ValueTest) and isinstance(test.expression, Literal):
        yield test.expression.constant


def _misfit(
    place: Place, element: Element, compared: Compared, known: Mapping[str, Domain]
) -> Iterator[Finding]:
    domain = known.get(compared.name)
    if domain is None or domain.kinds is None:
        return
    if compared.other:
        other = known.get(compared.other)
        if other is not None and other.kinds and domain.kinds and not domain.kinds & other.kinds:
            yield place.finding(
                element.id,
                "types-compatible",
                f"{called(element)} compares “{compared.name}”, which is {kinds_told(domain.kinds)}, with "
                f"“{compared.other}”, which is {kinds_told(other.kinds)}.",
            )
        return
    value = compared.value
    if value is None or not domain.kinds:
        return
    if compared.operator == CONTAINS:
        if domain.items is not None and value not in domain.items:
            yield _impossible(place, element, compared, domain)
        return
    if compared.kind_misfits(domain):
        yield place.finding(
            element.id,
            "types-compatible",
            f"{called(element)} compares “{compared.name}” with {told(value)}, but {_source(domain)}"
            f"is {kinds_told(domain.kinds)}.",
        )
    elif compared.operator in {"=", "!="} and value not in (domain.options or (value,)):
        yield _impossible(place, element, compared, domain)


def _impossible(place: Place, element: Element, compared: Compared, domain: Domain) -> Finding:
    offered = domain.items if compared.operator == CONTAINS else domain.options
    some = told_options(offered or ())
    does = f"compares “{compared.name}” with {told(compared.value)}"
    if compared.operator == CONTAINS:
        does = f"looks for {told(compared.value)} in “{compared.name}”"
    rule = "decision-covers-gateway" if "table" in domain.source else "literal-possible"
    return place.finding(
        element.id,
        rule,
        f"{called(element)} {does}, but {_source(domain)}can only be {some}.",
        mend=near_option(compared.value, offered or ()),
    )


def _uncovered(place: Place, gateway: Element, known: Mapping[str, Domain]) -> Iterator[Finding]:
    """A choice without default is for answers that are counted out, and has a way for each."""
    asked = [_equalities(place.diagram.flows[flow].condition) for flow in gateway.outgoing]
    names = {each.name for way in asked for each in way or ()}
    name = names.pop() if len(names) == 1 and None not in asked else ""
    options = known[name].options if name in known else None
    if not options:
        yield no_default(place.file.name, gateway)
        return
    missing = options - {each.value for way in asked for each in way or ()}
    for value in sorted(missing, key=str):
        yield place.finding(
            gateway.id,
            "decision-covers-gateway",
            f"{called(gateway)} has no way for the case that “{name}” is {told(value)}, and no way "
            "is the default.",
        )


def _equalities(condition: str | None) -> list[Compared] | None:
    """``a = 1 or a = 2`` as its parts; None when it says anything else."""
    if not condition or not condition.startswith("="):
        return None
    waiting, found = [feel.parse(condition[1:]).node], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Logic) and node.decisive:
            waiting += node.operands
        elif isinstance(node, Comparison) and node.operator == "=":
            sides = list(_sides(node))
            if not sides or sides[0].other:
                return None
            found += sides
        elif isinstance(node, In) and (name := _name(node.operand)):
            found += [Compared(name, "=", value) for value in _listed(node.test)]
        else:
            return None
    return found


def _source(domain: Domain) -> str:
    return f"{domain.source} " if domain.source else "it "
