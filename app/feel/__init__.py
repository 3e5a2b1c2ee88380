"""FEEL, the expression language of DMN 1.5: parsed by a grammar, evaluated within limits. Pure."""

from app.feel.environment import Calendar, Environment, Limits, Outcome
from app.feel.errors import FeelSyntaxError
from app.feel.expression import Expression, parse, parse_unary
from app.feel.functions import BUILT_INS
from app.feel.values import Range, YearsMonths, kind
from app.feel.wire import from_json, to_json

__all__ = [
    "BUILT_INS",
    "Calendar",
    "Environment",
    "Expression",
    "FeelSyntaxError",
    "Limits",
    "Outcome",
    "Range",
    "YearsMonths",
    "from_json",
    "kind",
    "parse",
    "parse_unary",
    "to_json",
]
