"""Values worth trying for each fact: those that the diagram compares it with, and their like."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from random import Random

from app import feel
from app.engine.drawing import Drawing
from app.engine.rules.texts import places

_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
MOST_VALUES = 40
TWO_ITEMS = ("first", "second")
USUAL_NUMBER = 5
KEY = "key"
LATER = date(2026, 3, 2)
_PARAMETER = re.compile(r"\bparameters\.(\w+)")


class Choices:
    """Facts by name and what they may be. ``given`` are values that forms offer."""

    def __init__(
        self, drawings: Iterable[Drawing], given: Mapping[str, Iterable[object]] | None = None
    ) -> None:
        self._values: dict[str, list[object]] = {}
        self._lists: set[str] = set()
        self._moments: set[str] = set()
        self._keys: set[str] = set()
        #: What ``parameters`` must have so that expressions can be worked out.
        self.parameters: dict[str, object] = {}
        for name, values in (given or {}).items():
            self._add([name], values)
        for drawing in drawings:
            self._read(drawing)

    def _read(self, drawing: Drawing) -> None:
        for place in places(drawing):
            if place.text.startswith("="):
                self._add(_names(place.text), _values_in(place.text))
                self.parameters |= dict.fromkeys(_PARAMETER.findall(place.text), USUAL_NUMBER)
        for element in drawing.elements.values():
            self._moments |= _names(element.timer) | _names(element.due_date)
            self._keys |= _names(element.correlation_key)
            self._lists |= _names(element.loop.input_collection if element.loop else None)

    def _add(self, names: Iterable[str], values: Iterable[object]) -> None:
        for name in names:
            known = self._values.setdefault(name, [])
            known += [value for value in values if value not in known][: MOST_VALUES - len(known)]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._values)

    def some(self, random: Random) -> dict[str, object]:
        """A value for every fact that anything reads."""
        return {name: self.one(name, random) for name in sorted(self._values)}

    def one(self, name: str, random: Random) -> object:
        if name in self._lists:
            return list(TWO_ITEMS)
        if name in self._keys:
            return KEY
        if name in self._moments:
            return random.choice([LATER, USUAL_NUMBER])
        usual: list[object] = [True, False, None]
        return random.choice([*self._values.get(name, ()), *usual])


def _names(text: str | None) -> frozenset[str]:
    if not text or not text.startswith("="):
        return frozenset()
    return frozenset(feel.parse(text[1:]).names - {"parameters"})


def _values_in(text: str) -> list[object]:
    found: list[object] = [match[1] for match in _TEXT.finditer(text)]
    for match in _NUMBER.finditer(_TEXT.sub("", text)):
        number = float(match[0]) if "." in match[0] else int(match[0])
        found += [number - 1, number, number + 1]
    return found
