"""What somebody typed into a form, as plain lines: for when the form can no longer be handed in."""

from collections.abc import Mapping, Sequence

from app.forms import Field, Form
from app.tasks.sign_off import DecisionPage

#: The answers to a decision as its page says them.
ANSWERS = {
    "approve": "Agree",
    "approve_with_changes": "Agree, with changes",
    "send_back": "Send back for more",
    "decide_differently": "Decide differently",
}


def typed_lines(form: Form, posted: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pairs of question and typed text, in page order, without empty ones."""
    lines = [pair for field in form.fields if (pair := _line(field, field.key, posted))]
    for repeat in form.lists:
        rows = sorted(
            {
                int(number)
                for name in posted
                if name.startswith(f"{repeat.key}-")
                and (number := name.removeprefix(f"{repeat.key}-").split("-", 1)[0]).isdecimal()
            }
        )
        lines += [
            pair
            for row in rows
            for field in repeat.fields
            if (pair := _line(field, f"{repeat.key}-{row}-{field.key}", posted))
        ]
    return lines


def typed_decision(
    page: DecisionPage, posted: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """The same for the screen of a decision, corrections included."""
    said = {name: " ".join(posted.get(f"sign_off_{name}", ())).strip() for name in _DECISION}
    ways = {branch.flow_id: branch.name for branch in page.branches}
    words = {"answer": ANSWERS, "flow_id": ways, "send_back_to": dict(page.send_back_to)}
    lines = [
        (label, words.get(name, {}).get(said[name], said[name]))
        for name, label in _DECISION.items()
        if said[name] and not (name == "send_back_to" and not said["comment"])
    ]
    if page.correctable is not None:
        lines += typed_lines(Form(page.correctable.bound.layout), posted)
    return lines


_DECISION = {
    "answer": "Your decision",
    "send_back_to": "Which step should be done again?",
    "comment": "What is missing?",
    "flow_id": "What should happen?",
    "reason": "Why?",
}


def _line(field: Field, name: str, posted: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    typed = [
        text.strip() for part in field.parts for text in posted.get(f"{name}{part}", ()) if text
    ]
    words = {choice.value: choice.label for choice in field.choices}
    said = " ".join(words.get(text, text) for text in typed if text)
    return (field.label, said) if said else None
