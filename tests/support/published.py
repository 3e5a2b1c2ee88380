"""Publishes small diagrams for a test: ``publish(bpmn(…), forms={"ask": ("answer",)})``."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from app.db import transaction
from app.definitions import parsed
from app.definitions.library import SourceFile
from app.definitions.models import Kind
from app.definitions.versions import Published
from app.definitions.versions import publish as publish_files
from app.runtime.automatic import registered

CORE_PACK = """
id = "core"
name = "Core"

[words]
lead_practitioner = "lead practitioner"

[lanes]
Practitioner = "case:initiator"
Supervisor = "supervisor"
"""
AREA_PACK = """
id = "{id}"
name = "{id}"
extends = "core"
"""


def diagram(xml: bytes, *, pack: str = "core") -> SourceFile:
    process_id = parsed.diagram(xml.decode()).processes[0].id
    return SourceFile(Kind.BPMN, pack, process_id, xml.decode(), f"{pack}/{process_id}.bpmn")


def form(
    form_id: str,
    keys: Iterable[str],
    *,
    ticks: Collection[str] = (),
    numbers: Collection[str] = (),
    pack: str = "core",
) -> SourceFile:
    """A form that asks for a line of text under each key, for a tick or for a number."""
    components = [
        {
            "type": _kind(key, ticks, numbers),
            "id": f"field_{key}",
            "key": key,
            "label": key.capitalize(),
        }
        for key in keys
    ]
    content = json.dumps({"type": "default", "id": form_id, "components": components})
    return SourceFile(Kind.FORM, pack, form_id, content, f"{pack}/forms/{form_id}.form")


def _kind(key: str, ticks: Collection[str], numbers: Collection[str]) -> str:
    if key in ticks:
        return "checkbox"
    return "number" if key in numbers else "textfield"


def table(xml: str, *, key: str, pack: str = "core") -> SourceFile:
    return SourceFile(Kind.DMN, pack, key, xml, f"{pack}/decisions/{key}.dmn")


def pack_file(content: str, *, pack: str) -> SourceFile:
    return SourceFile(Kind.PACK, pack, pack, content, f"{pack}/pack.toml")


def publish(
    *diagrams: bytes,
    forms: Mapping[str, Sequence[str]] | None = None,
    more: Iterable[SourceFile] = (),
    area: str = "starter",
    core: str = CORE_PACK,
) -> Published:
    """Publish into the core pack, with a pack for ``area`` that extends it."""
    files = [
        pack_file(core, pack="core"),
        pack_file(AREA_PACK.format(id=area), pack=area),
        *(form(form_id, keys) for form_id, keys in (forms or {}).items()),
        *(diagram(xml) for xml in diagrams),
        *more,
    ]
    with transaction() as session:
        return publish_files(session, files, author="test", task_types=registered())
