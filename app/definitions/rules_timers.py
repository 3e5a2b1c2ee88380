"""Rules: a timer or due date that needs no facts is worked out now, and comes to a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app import clock, feel
from app.calendars import WorkingCalendar
from app.definitions.findings import Finding
from app.definitions.place import Place, called
from app.definitions.readings import PARAMETERS, read
from app.engine import moments
from app.engine.catalogue import Element


@dataclass(frozen=True)
class Moment:
    """When a clock would be due if a case came there now; ``problem`` says why it never is.

    Both are empty when that depends on the case.
    """

    due_at: datetime | None = None
    problem: str = ""


def moments_come(place: Place) -> Iterator[Finding]:
    parameters = place.view.pack.parameters
    for element in place.elements:
        for rule, what, text in _clocks(element):
            found = would_be_due(element, text, parameters)
            if found.problem:
                yield place.finding(
                    element.id,
                    rule,
                    f"The {what} of {called(element)} gives no moment: {found.problem}",
                )
            elif element.timer_kind == "date" and found.due_at and found.due_at < clock.now():
                yield place.finding(
                    element.id,
                    rule,
                    f"The {what} of {called(element)} is over: {text} has passed, so it would "
                    "happen at once.",
                    severity="note",
                )


def _clocks(element: Element) -> Iterator[tuple[str, str, str]]:
    """Rule, what it is, and the text of every clock of an element."""
    if element.timer:
        yield "timer-parses", "timer", element.timer
    if element.due_date:
        yield "due-date-parses", "due date", element.due_date
    rule = element.sign_off
    if rule is not None:
        if rule.due:
            yield "due-date-parses", "due date", rule.due
        if rule.remind:
            yield "due-date-parses", "reminder", rule.remind


def would_be_due(element: Element, text: str, parameters: Mapping[str, object]) -> Moment:
    """Work a clock out as if a case came to the element now."""
    value: object = text
    now = clock.now()
    environment = feel.Environment(now=now, calendar=WorkingCalendar())
    if text.startswith("="):
        try:
            expression = feel.parse(text[1:])
        except feel.FeelSyntaxError:
            return Moment()  # said where the diagram is read
        if expression.names - {PARAMETERS} or read(text).parameters - parameters.keys():
            return Moment()
        outcome = expression.evaluate({PARAMETERS: feel.from_json(dict(parameters))}, environment)
        if outcome.value is None:
            return Moment(problem="; ".join(outcome.problems) or "nothing comes out.")
        value = outcome.value
    try:
        if element.timer == text and element.timer_kind == "cycle":
            return Moment(moments.cycle_of(value).occurrence(now, 0))
        if element.timer == text:
            return Moment(moments.timer_due(value, now))
        return Moment(moments.task_due(value, now, environment))
    except moments.NotAMoment as error:
        return Moment(problem=str(error))
