"""Of several reasons at one place, those that only follow from another: one thing to do is enough."""

from collections.abc import Iterable, Iterator

from app.engine.drawing import Drawing
from app.engine.errors import Finding
from app.engine.reading import UNSUPPORTED, Reading

#: What stands apart from the flow because it is meant to: no flow comes to it or leads on from it.
APART = frozenset(("event-subprocess-start-supported", "no-compensation"))
_OF_WHAT_IS_APART = frozenset(("unreachable", "no-implicit-end", "subprocess-one-start"))
_OF_ITS_START = frozenset(("event-supported", *(rule for rule, _words in UNSUPPORTED.values())))


def without_consequences(
    found: Iterable[Finding], drawing: Drawing, reading: Reading
) -> Iterator[Finding]:
    """An event sub-process or a compensation is told once, not also as a step without flows.

    Nor are the flows to and from what cannot run at all.
    """
    reasons = tuple(dict.fromkeys(found))
    apart = {reason.element_id for reason in reasons if reason.rule in APART}
    events = {r.element_id for r in reasons if r.rule == "event-subprocess-start-supported"}
    begins = {e.id for e in drawing.elements.values() if e.kind == "start" and e.parent in events}
    loose = {f.id for f in reading.flows if not {f.source, f.target}.isdisjoint(reading.not_run)}
    follows = (
        (apart, _OF_WHAT_IS_APART),
        (begins, _OF_ITS_START),
        (loose, frozenset(("flow-connects",))),
    )
    for reason in reasons:
        if not any(reason.element_id in ids and reason.rule in rules for ids, rules in follows):
            yield reason
