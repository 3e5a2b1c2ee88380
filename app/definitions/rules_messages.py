"""Rules: what is sent is read by somebody, and what is waited for is sent by somebody."""

from collections.abc import Iterator

from app.definitions.crossing import SENDS, crossing_of
from app.definitions.findings import Finding
from app.definitions.place import Place, called


def messages_meet(place: Place) -> Iterator[Finding]:
    crossing = crossing_of(place.view)
    for element in place.elements:
        name = element.message
        if not name:
            continue
        if element.kind in SENDS and name not in crossing.receivers:
            yield place.finding(
                element.id,
                "message-received",
                f"{called(element)} sends “{name}”, and no process here waits for it.",
                severity="note",
            )
        elif (
            element.kind not in SENDS
            and not element.message_sent_by
            and (name not in crossing.senders)
        ):
            yield place.finding(
                element.id,
                "message-sent",
                f"{called(element)} waits for “{name}”, and no process here sends it. It has to "
                "come from the application.",
                severity="note",
            )
