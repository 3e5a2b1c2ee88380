"""What goes from one diagram to another: calls, messages, and ids that must not meet.

Worked out once for everything an area sees; a check of a thousand files asks it a thousand times.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.definitions.facts import elements_of
from app.definitions.library import View
from app.engine.catalogue import Element

SENDS = frozenset(("send", "throw", "end"))


@dataclass(frozen=True)
class Crossing:
    """``callers`` by the process they call, ``senders`` and ``receivers`` by message.

    ``owners`` are the processes that use an id for a step or a sign-off.
    """

    callers: Mapping[str, Sequence[Element]]
    senders: Mapping[str, Sequence[Element]]
    receivers: Mapping[str, Sequence[Element]]
    owners: Mapping[str, Sequence[str]]


@lru_cache(maxsize=16)
def crossing_of(view: View) -> Crossing:
    callers, senders, receivers = (defaultdict[str, list[Element]](list) for _ in range(3))
    owners: dict[str, list[str]] = defaultdict(list)
    for diagram in dict.fromkeys(view.diagrams.values()):
        for element in elements_of(diagram):
            if element.called_process:
                callers[element.called_process].append(element)
            if element.message:
                ends = senders if element.kind in SENDS else receivers
                ends[element.message].append(element)
            if element.is_activity or element.sign_off:
                owners[element.id].append(element.process_id)
    return Crossing(dict(callers), dict(senders), dict(receivers), dict(owners))
