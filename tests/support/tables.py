"""Small decision tables for tests, written as rows of texts."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def decision_table(
    *rows: Sequence[str],
    columns: Sequence[str],
    policy: str = "UNIQUE",
    types: Sequence[str] = (),
    allowed: Sequence[str] = (),
    outputs: Sequence[str] = ("answer",),
    decision: str = "choose",
) -> str:
    """A file with one decision. Each row has a cell for each of ``columns``, then its outputs."""
    given = list(zip(columns, types or ["string"] * len(columns), strict=True))
    text = "".join(
        f'<input id="in_{n}" label="{name}"><inputExpression typeRef="{kind}">'
        f"<text>{name}</text></inputExpression>{_values(allowed, n)}</input>"
        for n, (name, kind) in enumerate(given)
    )
    text += "".join(f'<output id="out_{name}" name="{name}"/>' for name in outputs)
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f"<{tag}><text>{escape(cell)}</text></{tag}>"
            for position, cell in enumerate(row)
            for tag in ["inputEntry" if position < len(columns) else "outputEntry"]
        )
        text += f'<rule id="row_{number}">{cells}</rule>'
    return (
        f'<definitions xmlns="{SPACE}" id="d" name="d" namespace="urn:test">'
        f'<decision id="{decision}" name="{decision}"><variable name="{decision}"/>'
        f'<decisionTable id="table" hitPolicy="{policy}">{text}</decisionTable>'
        "</decision></definitions>"
    )


def _values(allowed: Sequence[str], number: int) -> str:
    if not allowed or not allowed[number]:
        return ""
    return f"<inputValues><text>{escape(allowed[number])}</text></inputValues>"
