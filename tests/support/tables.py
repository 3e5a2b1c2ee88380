"""Small decision tables and forms with choices for tests."""

import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

from app.definitions.library import SourceFile
from app.definitions.models import Kind

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


def choices(
    key: str, *values: str, form: str = "ask", kind: str = "radio", hide: str = ""
) -> SourceFile:
    """A form with one question; ``values`` are what people can choose from."""
    asked: dict[str, object] = {"type": kind, "id": f"{key}_field", "key": key, "label": f"{key}?"}
    if values:
        asked["values"] = [{"label": value, "value": value} for value in values]
    if hide:
        asked["conditional"] = {"hide": hide}
    whole = {"type": "default", "id": form, "schemaVersion": 18, "components": [asked]}
    return SourceFile(Kind.FORM, "core", form, json.dumps(whole), f"core/forms/{form}.form")
