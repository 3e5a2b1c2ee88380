"""Small decision models for tests, and a fixed environment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest

from app import feel
from app.calendars import WorkingCalendar

ENVIRONMENT = feel.Environment(datetime(2026, 3, 4, 12, tzinfo=UTC), WorkingCalendar())
NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@pytest.fixture
def environment() -> feel.Environment:
    return ENVIRONMENT


def model(*parts: str, namespace: str = NAMESPACE, own: str = "urn:test") -> bytes:
    """A file with these elements."""
    head = f'<definitions xmlns="{namespace}" id="m" name="Model" namespace="{own}">'
    return f"{head}\n{''.join(parts)}\n</definitions>".encode()


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def inputs(**types: str) -> str:
    """Input data called by their ids."""
    return "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{type_}"/></inputData>'
        for name, type_ in types.items()
    )


def decision(
    name: str, body: str, *, needs: Sequence[str] = (), type_: str = "", knows: Sequence[str] = ()
) -> str:
    """A decision; ``needs`` are ids of input data (or, with a leading #, of decisions)."""
    ref = f" typeRef={quoteattr(type_)}" if type_ else ""
    required = "".join(
        f'<informationRequirement><requiredDecision href="{need}"/></informationRequirement>'
        if need.startswith("#")
        else f'<informationRequirement><requiredInput href="#{need}"/></informationRequirement>'
        for need in needs
    )
    required += "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{need}"/></knowledgeRequirement>'
        for need in knows
    )
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{ref}/>{required}{body}</decision>'


def table(
    columns: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    values: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> str:
    """A decision table; the last item of a rule with one cell too many is its description."""
    parts = [
        f'<input id="in_{i}"><inputExpression><text>{escape(text)}</text></inputExpression></input>'
        for i, text in enumerate(columns)
    ]
    for i, name in enumerate(outputs):
        listed = f"<outputValues><text>{escape(values[i])}</text></outputValues>" if values else ""
        if defaults:
            listed += f"<defaultOutputEntry><text>{escape(defaults[i])}</text></defaultOutputEntry>"
        parts.append(f'<output id="out_{i}" name="{name}">{listed}</output>')
    parts += [_rule(i, cells, len(columns), len(outputs)) for i, cells in enumerate(rules, 1)]
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="table" hitPolicy="{policy}"{extra}>{"".join(parts)}</decisionTable>'


def _rule(number: int, cells: Sequence[str], inputs: int, outputs: int) -> str:
    described = cells[inputs + outputs :]
    text = f"<description>{escape(described[0])}</description>" if described else ""
    tests = "".join(f"<inputEntry><text>{escape(c)}</text></inputEntry>" for c in cells[:inputs])
    results = "".join(
        f"<outputEntry><text>{escape(c)}</text></outputEntry>"
        for c in cells[inputs : inputs + outputs]
    )
    return f'<rule id="rule_{number}">{text}{tests}{results}</rule>'
