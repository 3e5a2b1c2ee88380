"""What was typed into a form that could not be sent, in the words people saw on that form.

Whoever owns a form says how to read it back: ``@reads_back("tasks.complete")`` on a function, or
``read_back_with("cases.write_note", {"text": "What happened?"})`` for a form of a few fields.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from app.errors import AppError
from app.web.kept import Kept

Posted = Mapping[str, Sequence[str]]
Lines = Sequence[tuple[str, str]]
#: Given the parts of the address and the fields.
Reader = Callable[[Mapping[str, Any], Posted], Lines]

#: What belongs to the page and was not typed by anybody.
NOT_TYPED = frozenset({"idempotency_key", "draft_version", "save", "seen", "next", "version"})
PARTS_OF_DATE = ("-day", "-month", "-year")
_READERS: dict[str, Reader] = {}


def reads_back(*endpoints: str) -> Callable[[Reader], Reader]:
    def register(reader: Reader) -> Reader:
        _READERS.update(dict.fromkeys(endpoints, reader))
        return reader

    return register


def read_back_with(
    endpoint: str, labels: Mapping[str, str], choices: Mapping[str, str] | None = None
) -> None:
    """``choices`` are words for values that a person did not type but chose."""
    _READERS[endpoint] = partial(_labelled, labels, choices or {})


def read_back(kept: Kept) -> Lines:
    """Pairs of label and text, in the order of the form where it is known."""
    posted: dict[str, list[str]] = {}
    for name, value in kept.fields:
        if name not in NOT_TYPED and not name.startswith("_"):
            posted.setdefault(name, []).append(value)
    reader = _READERS.get(kept.endpoint, partial(_labelled, {}, {}))
    try:
        return reader(kept.parts, posted)
    except AppError:
        # the task or case can no longer be seen: what was typed can still be read
        return _labelled({}, {}, {}, posted)


def is_readable(kept: Kept) -> bool:
    """Whether somebody said how to read that form back; others carry nothing people write."""
    return kept.endpoint in _READERS


def _labelled(
    labels: Mapping[str, str], choices: Mapping[str, str], _parts: Mapping[str, Any], posted: Posted
) -> Lines:
    lines: dict[str, list[str]] = {}
    for name, values in posted.items():
        whole = next((name.removesuffix(p) for p in PARTS_OF_DATE if name.endswith(p)), name)
        typed = [choices.get(value, value) for value in values if value.strip()]
        lines.setdefault(whole, []).extend(typed)
    ordered = [*(name for name in labels if name in lines), *(n for n in lines if n not in labels)]
    return [
        (labels.get(name, name.replace("_", " ").capitalize()), " ".join(lines[name]))
        for name in ordered
        if lines[name]
    ]
