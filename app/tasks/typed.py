"""What somebody typed into a form, as plain lines: for when the form can no longer be handed in."""

from collections.abc import Mapping, Sequence

from app.forms import Field, Form


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


def _line(field: Field, name: str, posted: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    typed = [
        text.strip() for part in field.parts for text in posted.get(f"{name}{part}", ()) if text
    ]
    words = {choice.value: choice.label for choice in field.choices}
    said = " ".join(words.get(text, text) for text in typed if text)
    return (field.label, said) if said else None
