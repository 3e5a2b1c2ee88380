"""The engine's specifications for a pinned choice of versions, built once."""

from app.definitions.pins import PinnedSet
from app.engine.specset import SpecSet


def specs_of(pinned: PinnedSet) -> SpecSet:
    return SpecSet.known(pinned.key) or SpecSet.build(
        pinned.key, pinned.diagrams, pinned.names_read
    )
