"""Which values a fact of one process can have, from everything in it that gives the fact."""

from collections.abc import Iterator, Mapping

from app import feel
from app.decisions.coverage import possible_outputs, tables
from app.definitions.domains import ANYTHING, Domain, of_form
from app.definitions.library import View
from app.definitions.place import called
from app.definitions.steps import terms_of
from app.engine.catalogue import Element, ProcessInfo
from app.feel.syntax.access import Path
from app.feel.syntax.control import Choose
from app.feel.syntax.leaves import Literal, Name
from app.feel.syntax.node import Node
from app.feel.syntax.operators import Comparison, Logic

#: What their inputs name goes to somebody else, and is no fact here.
_HANDS_ON = frozenset(("call", "service", "rule", "send", "throw", "end"))


def domains(
    view: View, process: ProcessInfo, outside: Mapping[str, Domain]
) -> Mapping[str, Domain]:
    """``outside`` is what the facts may be that come from elsewhere."""
    found = dict(outside)
    for element in process.elements.values():
        for name, domain in _given(view, element):
            found[name] = found[name].or_else(domain) if name in found else domain
    return found


def _given(view: View, element: Element) -> Iterator[tuple[str, Domain]]:
    loop = element.loop
    if loop is not None:
        yield from (
            (name, ANYTHING) for name in (loop.input_element, loop.output_collection) if name
        )
    results = dict(_results(view, element))
    if element.kind not in _HANDS_ON:
        yield from ((name, ANYTHING) for name in element.inputs)
    if element.outputs:
        yield from ((name, of_text(source, results)) for name, source in element.outputs.items())
    else:
        yield from results.items()


def _results(view: View, element: Element) -> Iterator[tuple[str, Domain]]:
    """What the element itself brings; a column of a table is named ``result.column``."""
    form = view.forms.get(element.form_id or "")
    if element.kind == "user" and form is not None:
        yield from of_form(form)
    elif element.kind == "script" and element.result_variable:
        yield element.result_variable, of_text(element.script or "", {})
    elif element.kind == "rule":
        yield from _of_decision(view, element)
    elif element.kind == "service" and (terms := terms_of(element.task_type)):
        yield from ((name, ANYTHING) for name in terms.gives)


def _of_decision(view: View, element: Element) -> Iterator[tuple[str, Domain]]:
    name = element.result_variable or "result"
    model = view.models.get(element.decision_id or "")
    found = (
        [table for decision, table in tables(model) if decision.id == element.decision_id]
        if model
        else []
    )
    if not model or not found:
        yield name, ANYTHING
        return
    source = f"the table of {called(element)}"
    outputs = possible_outputs(model, found[0])
    single = len(outputs) == 1 and found[0].policy in {"UNIQUE", "FIRST", "ANY", "PRIORITY"}
    if single:
        yield name, of_values(next(iter(outputs.values())), source)
        return
    yield name, ANYTHING
    if found[0].policy in {"UNIQUE", "FIRST", "ANY", "PRIORITY"}:
        yield from ((f"{name}.{column}", of_values(v, source)) for column, v in outputs.items())


def of_values(values: frozenset[object] | None, source: str) -> Domain:
    sources = (source,) if source else ()
    if values is None:
        return Domain(None, None, sources)
    return Domain(frozenset(feel.kind(value) for value in values), values, sources)


def of_text(text: str, known: Mapping[str, Domain]) -> Domain:
    """What an expression can give; a text without “=” gives itself."""
    if not text.startswith("="):
        return of_values(frozenset((text,)), "")
    try:
        return of_node(feel.parse(text[1:]).node, known)
    except feel.FeelSyntaxError:
        return ANYTHING


def of_node(node: Node, known: Mapping[str, Domain]) -> Domain:
    match node:
        case Literal(constant=None):
            return Domain(frozenset(), frozenset())
        case Literal(constant=value) if isinstance(value, str | bool):
            return of_values(frozenset((value,)), "")
        case Literal(constant=value):
            return Domain(frozenset((feel.kind(value),)), frozenset((value,)))
        case Name(name=name):
            return known.get(name, ANYTHING)
        case Path(source=Name(name=source), name=name):
            return known.get(f"{source}.{name}", ANYTHING)
        case Choose(then=then, otherwise=otherwise):
            return of_node(then, known).or_else(of_node(otherwise, known))
        case Comparison() | Logic():
            return Domain(frozenset(("boolean",)), None)
        case _:
            return ANYTHING
