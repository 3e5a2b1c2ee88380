"""A form we cannot show, and why."""

from dataclasses import dataclass

from app.errors import InvalidInput


@dataclass(frozen=True)
class Reason:
    """``component`` is the id of the component in the form's JSON, ``name`` what people call it."""

    component: str
    name: str
    message: str


class FormRefused(InvalidInput):
    """This form cannot be shown as a page."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(f"{reason.name}: {reason.message}" for reason in reasons))
        self.reasons = reasons
