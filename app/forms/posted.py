"""Makes sense of the names a page sent: which are ours, which rows there are, what was pressed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from app.forms.model import Field, Layout, Repeat

#: What the page around a form may send besides; also every name that begins with an underscore.
PAGE_FIELDS = frozenset(
    {"csrf_token", "idempotency_key", "draft_version", "action", "kept", "version"}
)
MOST_NAMES = 2_000
MOST_CHARACTERS = 400_000
ADD, REMOVE = "_add", "_remove"
#: ``people-0-_`` says that row 0 is there, however empty.
ROW_MARK = "_"
ROW_NAME = re.compile(r"([A-Za-z_]\w*)-(\d{1,4})-(.+)", re.DOTALL)


@runtime_checkable
class ManyValued(Protocol):
    """What web frameworks give for a form; werkzeug's MultiDict fits."""

    def keys(self) -> Iterable[str]: ...

    def getlist(self, key: str) -> list[str]: ...


Sent = ManyValued | Mapping[str, "str | Sequence[str]"]


@dataclass
class Posted:
    """``typed`` holds only names of the form; ``rows`` the row numbers of each list, in order."""

    typed: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    #: A name, or a second value, that this form's page could not have sent.
    foreign: bool = False
    too_much: bool = False
    #: "Add another" or "Remove" was pressed.
    rearranged: bool = False


def understand(layout: Layout, sent: Sent) -> Posted:
    """Sort what was sent. Nothing raises: whatever cannot be ours is only noted."""
    pairs = _pairs(sent)
    posted = Posted()
    if len(pairs) > MOST_NAMES or sum(_size(*pair) for pair in pairs) > MOST_CHARACTERS:
        posted.too_much = True
        return posted
    singles = _names(layout.fields, "")
    repeats = {repeat.key: repeat for repeat in layout.repeats}
    for name, values in pairs:
        if name in singles:
            _keep(posted, singles[name], name, values)
        elif not _in_row(posted, repeats, name, values) and not _of_the_page(name):
            posted.foreign = True
    for repeat in repeats.values():
        rows = sorted(set(posted.rows.get(repeat.key, [])))
        posted.rows[repeat.key] = rows[: repeat.max_rows]
        posted.foreign = posted.foreign or len(rows) > repeat.max_rows
    _press(posted, repeats, dict(pairs))
    return posted


def _pairs(sent: Sent) -> list[tuple[str, list[str]]]:
    if isinstance(sent, ManyValued):
        names = list(sent.keys())
        return [(str(name), [str(value) for value in sent.getlist(name)]) for name in names]
    return [
        (str(name), [values] if isinstance(values, str) else [str(value) for value in values])
        for name, values in sent.items()
    ]


def _size(name: str, values: list[str]) -> int:
    return len(name) + sum(len(value) for value in values)


def _names(fields: Iterable[Field], prefix: str) -> dict[str, Field]:
    """Every name under which these fields are posted."""
    return {f"{prefix}{f.key}{part}": f for f in fields if not f.readonly for part in f.parts}


def _of_the_page(name: str) -> bool:
    return name in PAGE_FIELDS or name.startswith("_")


def _keep(posted: Posted, one: Field, name: str, values: list[str]) -> None:
    if len(values) > 1 and one.kind != "checklist":
        posted.foreign = True
    posted.typed[name] = values


def _in_row(posted: Posted, repeats: Mapping[str, Repeat], name: str, values: list[str]) -> bool:
    found = ROW_NAME.fullmatch(name)
    repeat = repeats.get(found[1]) if found else None
    if found is None or repeat is None or int(found[2]) >= MOST_NAMES:
        return False
    known = {f"{f.key}{part}": f for f in repeat.fields for part in f.parts}
    if found[3] != ROW_MARK and found[3] not in known:
        return False
    posted.rows.setdefault(repeat.key, []).append(int(found[2]))
    if found[3] != ROW_MARK:
        own_name = f"{repeat.key}-{int(found[2])}-{found[3]}"
        _keep(posted, known[found[3]], own_name, values)
    return True


def _press(posted: Posted, repeats: Mapping[str, Repeat], sent: Mapping[str, list[str]]) -> None:
    """Do what the buttons of a list ask for. They work without JavaScript this way."""
    for key in sent.get(ADD, []):
        repeat = repeats.get(key)
        if repeat and repeat.open and len(posted.rows[key]) < repeat.max_rows:
            posted.rows[key].append(max(posted.rows[key], default=-1) + 1)
        posted.rearranged = True
    for which in sent.get(REMOVE, []):
        key, _, number = which.partition(":")
        repeat = repeats.get(key)
        if repeat and repeat.open and number.isdecimal():
            _remove(posted, key, int(number[:4]))
        posted.rearranged = True


def _remove(posted: Posted, key: str, number: int) -> None:
    posted.rows[key] = [row for row in posted.rows[key] if row != number]
    gone = f"{key}-{number}-"
    posted.typed = {n: v for n, v in posted.typed.items() if not n.startswith(gone)}
