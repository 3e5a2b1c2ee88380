"""Which step of one version is which of another, remembered: many cases ask the same."""

from collections.abc import Mapping
from functools import lru_cache

from app.definitions.pins import PinnedSet
from app.engine.moving.matching import Drawings, Spot, propose


@lru_cache(maxsize=300)
def places_between(
    old: PinnedSet, new: PinnedSet, chosen: frozenset[tuple[Spot, Spot]] = frozenset()
) -> Mapping[Spot, Spot]:
    """Old element → new element of each that has one; ``chosen`` over what is proposed.

    Shared by everybody who asks; nothing in it may be changed.
    """
    said = dict(chosen)
    matches = propose(drawings_of(old), drawings_of(new), said)
    return {spot: match.to for spot, match in matches.items() if match.to} | said


def drawings_of(pinned: PinnedSet) -> Drawings:
    return {process_id: diagram.drawing for process_id, diagram in pinned.diagrams.items()}
