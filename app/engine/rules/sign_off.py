"""Sign-off at a gateway, and where it may send work back to."""

from collections import defaultdict
from collections.abc import Iterator

from app.engine.catalogue import Element, SignOffRule
from app.engine.drawing import Drawing
from app.engine.errors import Finding

MOST_TARGETS = 10


def sign_off_findings(drawing: Drawing) -> Iterator[Finding]:
    for element in drawing.elements.values():
        rule = element.sign_off
        if rule is None:
            continue
        if element.kind != "exclusive":
            yield Finding(
                element.id, "sign-off-complete", "Only an exclusive gateway can be signed off."
            )
            continue
        if len(element.outgoing) < 2:
            yield Finding(
                element.id, "sign-off-complete", "There is nothing to decide: draw two ways out."
            )
        if not rule.role and not rule.decision:
            yield Finding(element.id, "sign-off-complete", "Say who signs off (signOff.role).")
        yield from _send_back(drawing, element, rule)


def _send_back(drawing: Drawing, gateway: Element, rule: SignOffRule) -> Iterator[Finding]:
    if len(rule.send_back_to) > MOST_TARGETS:
        yield Finding(
            gateway.id, "send-back-lawful", f"Name at most {MOST_TARGETS} tasks to send back to."
        )
        return
    for target_id in rule.send_back_to:
        target = drawing.elements.get(target_id)
        reason = (
            "there is no such element in this file"
            if target is None
            else _reason_against(drawing, gateway, target)
        )
        if reason:
            yield Finding(
                gateway.id,
                "send-back-lawful",
                f"Work cannot be sent back to “{target_id}”: {reason}.",
            )


def _reason_against(drawing: Drawing, gateway: Element, target: Element) -> str | None:
    """Why the token cannot simply move from the gateway to this element."""
    if (target.process_id, target.parent) != (gateway.process_id, gateway.parent):
        return "it is in another process or sub-process"
    if target.kind != "user":
        return "it is not a task of a person"
    if target.loop is not None:
        return "it is done several times over"
    forward = drawing.reach([target.id], without=[gateway.id])
    if not any(gateway.id in drawing.followers(element_id) for element_id in forward):
        return "it does not come before this gateway"
    for element_id in _between(drawing, forward, gateway):
        element = drawing.elements[element_id]
        if element.kind in {"parallel", "inclusive"}:
            return f"the flow splits or joins in between, at “{element_id}”"
        if element.loop is not None:
            return f"“{element_id}” in between is done several times over"
    return None


def _between(drawing: Drawing, forward: set[str], gateway: Element) -> list[str]:
    """The elements of ``forward`` from which a token can still come to the gateway."""
    before: dict[str, list[str]] = defaultdict(list)
    for element_id in forward:
        for follower in drawing.followers(element_id):
            before[follower].append(element_id)
    found: set[str] = set()
    waiting = [gateway.id]
    while waiting:
        new = [e for e in before[waiting.pop()] if e not in found]
        found.update(new)
        waiting += new
    return sorted(found)
