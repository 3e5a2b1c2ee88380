"""Rules about automatic steps and what goes in and out of them."""

from app.definitions.rulebook.entry import Entry

_NOTHING = "It would do nothing of use, such as write to nobody, and nobody would notice."

ENTRIES = (
    Entry(
        "step-given",
        "serviceTask (ioMapping)",
        "An automatic step is given what it needs.",
        _NOTHING,
        "Add an input with that name.",
    ),
    Entry(
        "step-reads",
        "serviceTask (ioMapping)",
        "What an automatic step is given is something that it reads.",
        "Somebody may have meant it under another name.",
        "Correct the name, or remove it.",
        "noted",
    ),
    Entry(
        "step-understands",
        "serviceTask (ioMapping)",
        "A text for an automatic step is one that it knows.",
        _NOTHING,
        "Use one of the texts that it knows.",
    ),
)
