"""Area packs: the words, numbers, lanes and closure days in which areas differ.

A pack is one ``pack.toml``; ``extends`` names the pack it builds on, whose entries it
overrides one by one.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from xml.sax.saxutils import escape

from app.calendars import WorkingCalendar
from app.definitions.pack_values import wrong_lane, wrong_parameter
from app.errors import InvalidInput

CORE = "core"
LONGEST_PACK_CHAIN = 5
_QUOTES = {'"': "&quot;", "'": "&apos;"}
_WORD = re.compile(r"\$\{\s*(\w+)\s*\}")
_KEYS = {"id", "name", "extends", "words", "parameters", "lanes", "closures", "localities"}


class PackRefused(InvalidInput):
    """This area pack cannot be used."""


@dataclass(frozen=True)
class Locality:
    id: str
    name: str


@dataclass(frozen=True)
class PackFile:
    """One ``pack.toml`` as written, before it is laid over the pack it extends."""

    id: str
    name: str
    extends: str | None
    words: Mapping[str, str]
    parameters: Mapping[str, Any]
    lanes: Mapping[str, str]
    closures: frozenset[date]
    localities: tuple[Locality, ...]


@dataclass(frozen=True)
class Pack:
    """An area pack laid over everything it extends. ``chain`` starts with the pack itself."""

    id: str
    name: str
    chain: tuple[str, ...]
    words: Mapping[str, str] = field(hash=False)
    parameters: Mapping[str, Any] = field(hash=False)
    lanes: Mapping[str, str] = field(hash=False)
    closures: frozenset[date] = field(hash=False)
    localities: tuple[Locality, ...] = field(hash=False)

    @cached_property
    def sayable(self) -> Mapping[str, str]:
        """What may stand in a text by its name: the words, and the numbers, times and phones."""
        numbers = {
            name: str(value)
            for name, value in self.parameters.items()
            if isinstance(value, int | str)
        }
        return numbers | dict(self.words)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return WorkingCalendar(closures=self.closures)

    def in_words(self, text: str) -> str:
        """``text`` with ``${lead_practitioner}`` and ``${review_max_weeks}`` as this area says them."""
        return _WORD.sub(lambda found: self.sayable.get(found[1], found[0]), text)

    def in_words_of_xml(self, text: str) -> str:
        """The same inside an XML document, where a word's own signs must not become markup."""
        return _WORD.sub(lambda found: escape(self.sayable.get(found[1], found[0]), _QUOTES), text)


def words_used(text: str) -> frozenset[str]:
    """The names between ``${`` and ``}``."""
    return frozenset(_WORD.findall(text))


def parse_pack(text: str, file: str) -> PackFile:
    """Read one ``pack.toml``.

    Raises:
        PackRefused: the message names the file and the key.
    """
    try:
        raw = tomllib.loads(text)
    except ValueError as error:  # not TOML, or a number of thousands of digits
        raise PackRefused(f"{file}: {error}") from None
    except RecursionError:
        raise PackRefused(f"{file}: it is nested too deep") from None
    for key in raw.keys() - _KEYS:
        raise PackRefused(f"{file}: {key}: we do not know this key")
    parameters = _table(raw, "parameters", file)
    lanes = _texts(raw, "lanes", file)
    wrong = wrong_parameter(parameters) or wrong_lane(lanes)
    if wrong:
        raise PackRefused(f"{file}: {wrong}")
    return PackFile(
        id=_text(raw, "id", file),
        name=_text(raw, "name", file),
        extends=_text(raw, "extends", file) if "extends" in raw else None,
        words=_texts(raw, "words", file),
        parameters=parameters,
        lanes=lanes,
        closures=_closures(_table(raw, "closures", file), file),
        localities=_localities(raw.get("localities", []), file),
    )


def lay_over(files: Mapping[str, PackFile], pack_id: str) -> Pack:
    """The pack with everything it inherits.

    Raises:
        PackRefused: a pack it extends does not exist, or they extend each other in a circle.
    """
    chain: list[PackFile] = []
    wanted: str | None = pack_id
    while wanted is not None:
        if wanted not in files:
            reason = f"{chain[-1].id}/pack.toml: extends: " if chain else ""
            raise PackRefused(f"{reason}there is no pack {wanted!r}")
        if any(seen.id == wanted for seen in chain) or len(chain) == LONGEST_PACK_CHAIN:
            raise PackRefused(f"{pack_id}/pack.toml: extends: the packs extend each other")
        chain.append(files[wanted])
        wanted = files[wanted].extends
    oldest_first = chain[::-1]
    return Pack(
        id=pack_id,
        name=chain[0].name,
        chain=tuple(file.id for file in chain),
        words=_merged(file.words for file in oldest_first),
        parameters=_merged(file.parameters for file in oldest_first),
        lanes=_merged(file.lanes for file in oldest_first),
        closures=frozenset().union(*(file.closures for file in chain)),
        localities=next((file.localities for file in chain if file.localities), ()),
    )


def _merged(layers: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for layer in layers:
        result.update(layer)
    return result


def _text(table: Mapping[str, Any], key: str, file: str, where: str = "") -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise PackRefused(f"{file}: {where}{key}: write a text here, not {value!r}")
    return value


def _table(raw: Mapping[str, Any], key: str, file: str) -> dict[str, Any]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        raise PackRefused(f"{file}: {key}: this must be a table [{key}]")
    return value


def _texts(raw: Mapping[str, Any], key: str, file: str) -> dict[str, str]:
    table = _table(raw, key, file)
    return {name: _text(table, name, file, f"[{key}] ") for name in table}


def _closures(table: Mapping[str, Any], file: str) -> frozenset[date]:
    days = table.get("dates", [])
    if not isinstance(days, list):
        raise PackRefused(f"{file}: [closures] dates: this must be a list of dates")
    return frozenset(_day(day, file) for day in days)


def _day(value: object, file: str) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise PackRefused(f"{file}: [closures] dates: {value!r} is not a date") from None


def _localities(raw: object, file: str) -> tuple[Locality, ...]:
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        raise PackRefused(f"{file}: localities: write each as a table [[localities]]")
    found = tuple(
        Locality(
            id=_text(row, "id", file, "[[localities]] "),
            name=_text(row, "name", file, "[[localities]] "),
        )
        for row in raw
    )
    if len({locality.id for locality in found}) < len(found):
        raise PackRefused(f"{file}: [[localities]] id: two localities share an id")
    return found
