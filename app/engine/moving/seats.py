"""Where the tokens of a saved process are. Reads the state only; nothing is loaded or run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.engine.catalogue import Element
from app.engine.elements.repeats import EACH
from app.engine.moving.matching import Drawings

Saved = dict[str, Any]


@dataclass(frozen=True)
class Seat:
    """One live token. ``path``: ids of the calls around it, as in ``OpenTask.call_path``.

    ``encloses`` is set for a sub-process, call or loop whose own tokens are listed, too.
    """

    token_id: str
    process_id: str
    element_id: str
    path: tuple[str, ...]
    via: str | None
    encloses: bool


def seats_of(document: Saved, drawings: Drawings) -> tuple[Seat, ...]:
    """Raises ``KeyError``: the state does not fit these drawings."""
    return tuple(_seats(document["tokens"], drawings, document["process"], ()))


def _seats(
    tokens: list[Saved], drawings: Drawings, process_id: str, path: tuple[str, ...]
) -> Iterator[Seat]:
    for token in tokens:
        element = drawings[process_id].elements[element_id(token)]
        yield Seat(
            token_id=str(UUID(hex=token["id"])),
            process_id=process_id,
            element_id=element.id,
            path=path,
            via=token.get("marks", {}).get("via"),
            encloses="inside" in token or is_loop(token, element),
        )
        if element.kind == "call" and element.called_process:
            inner = (*path, element.id)
            yield from _seats(token.get("inside", []), drawings, element.called_process, inner)
        else:
            yield from _seats(token.get("inside", []), drawings, process_id, path)


def element_id(token: Saved) -> str:
    return str(token["at"]).removesuffix(EACH)


def is_one_of_several(token: Saved) -> bool:
    return str(token["at"]).endswith(EACH)


def is_loop(token: Saved, element: Element) -> bool:
    """Whether this is the token of a repeated activity as a whole, whose instances are others."""
    return element.loop is not None and not is_one_of_several(token)
