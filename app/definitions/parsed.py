"""Reading published files, each content once per process: parsing costs more than a step.

The key is the hash of the content, so the caches stay right whatever database is behind them.
"""

import hashlib
from functools import lru_cache

from app import decisions, forms
from app.definitions.packs import PackFile, parse_pack
from app.engine.parse import Diagram, parse_diagram

#: Roomy enough for every live version of five packs and the older ones cases still run on.
KEPT = 1000


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
def form(content: str) -> forms.Form:
    """The form as its author wrote it, without an area's words. Raises ``FormRefused``."""
    return forms.load(content)
