"""Reading published files, each content once per process: parsing costs more than a step.

The key is the hash of the content, so the caches stay right whatever database is behind them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app import decisions
from app.definitions.packs import PackFile, parse_pack
from app.engine.parse import Diagram, parse_diagram
from app.errors import InvalidInput

#: Roomy enough for every live version of five packs and the older ones cases still run on.
KEPT = 1000


class FormRefused(InvalidInput):
    """This form cannot be used."""


@dataclass(frozen=True)
class FormFields:
    """The part of a form that a process depends on: its id and the names of its answers."""

    id: str
    keys: frozenset[str]


def sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


@lru_cache(maxsize=KEPT)
def diagram(content: str) -> Diagram:
    """Raises ``DiagramRefused``."""
    return parse_diagram(content.encode())


@lru_cache(maxsize=KEPT)
def model(content: str) -> decisions.Model:
    """Raises ``decisions.DmnRefused``."""
    return decisions.parse(content.encode())


@lru_cache(maxsize=KEPT)
def pack_file(content: str, file: str) -> PackFile:
    """Raises ``PackRefused``."""
    return parse_pack(content, file)


@lru_cache(maxsize=KEPT)
def form_fields(content: str) -> FormFields:
    """The id and answer names of a form-js document.

    Raises:
        FormRefused: it is not a form.
    """
    try:
        document = json.loads(content)
    except ValueError as error:
        raise FormRefused(f"This is not JSON: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise FormRefused("This is not a form: it has no list of components.")
    return FormFields(str(document.get("id", "")), frozenset(_keys(document)))


def _keys(node: Mapping[str, Any]) -> Iterator[str]:
    """Answer names on this level; those inside a group or list with a path hang under its root."""
    for component in node.get("components", []):
        root = str(component.get("path") or "").split(".")[0]
        if component.get("key"):
            yield str(component["key"])
        if root:
            yield root
        else:
            yield from _keys(component)
