"""Item definitions out of XML."""

from lxml import etree

from app.decisions.expressions import ExpressionReader
from app.decisions.types import ANYTHING, Allowed, Callable_, Fields, ListOf, Type, named
from app.decisions.xml import child, children, plain_text, text_of
from app.feel.names import normal


def read_types(root: etree._Element, types: dict[str, Type], expressions: ExpressionReader) -> None:
    """Add the item definitions of a model to ``types``; they may refer to each other.

    Raises:
        DmnRefused: allowed values that are no unary tests.
    """
    for xml in children(root, "itemDefinition"):
        types[normal(xml.get("name") or "")] = _type(xml, types, expressions)


def _type(xml: etree._Element, types: dict[str, Type], expressions: ExpressionReader) -> Type:
    made = _with_tests(xml, "allowedValues", _base(xml, types, expressions), expressions)
    if xml.get("isCollection") == "true":
        made = ListOf(made)
    return _with_tests(xml, "typeConstraint", made, expressions)


def _base(xml: etree._Element, types: dict[str, Type], expressions: ExpressionReader) -> Type:
    components = {
        normal(part.get("name") or ""): _type(part, types, expressions)
        for part in children(xml, "itemComponent")
    }
    if components:
        return Fields(components)
    function = child(xml, "functionItem")
    if function is not None:
        parameters = [
            named(part.get("typeRef"), types) for part in children(function, "parameters")
        ]
        return Callable_(tuple(parameters), named(function.get("outputTypeRef"), types))
    name = plain_text(child(xml, "typeRef"))
    return named(name, types) if name else ANYTHING


def _with_tests(xml: etree._Element, name: str, base: Type, expressions: ExpressionReader) -> Type:
    part = child(xml, name)
    text = text_of(part)
    if part is None or not text:
        return base
    return Allowed(base, expressions.tests(text, part), text)
