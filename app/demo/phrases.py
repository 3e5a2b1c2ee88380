"""What people in the stories say where a story does not say it itself."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

SOURCE = Path(__file__).with_name("phrases.toml")


class _Open(dict[str, str]):
    """Names a phrase uses and nobody gave stay readable."""

    def __missing__(self, key: str) -> str:
        return f"the {key}"


@dataclass(frozen=True)
class Phrases:
    """Answers by question, or by task and question; a list holds several to choose from."""

    rows: Mapping[str, Any]

    @classmethod
    def read(cls) -> "Phrases":
        return cls(tomllib.loads(SOURCE.read_text(encoding="utf-8")))

    def answer(self, task: str, question: str, chance: Random) -> Any:
        """What is usually said; None where nothing is usual.

        A list of texts is a choice between wordings; a list in a list is the answer itself.
        """
        for table in (self.rows.get("at", {}).get(task, {}), self.rows["usual"]):
            if question in table:
                return _one(table[question], chance)
        return None


def in_words(value: Any, names: Mapping[str, str]) -> Any:
    """Put the family's names into a phrase that leaves room for them."""
    if isinstance(value, str) and "{" in value:
        return value.format_map(_Open(names))
    if isinstance(value, list):
        return [in_words(each, names) for each in value]
    if isinstance(value, Mapping):
        return {key: in_words(each, names) for key, each in value.items()}
    return value


def _one(found: Any, chance: Random) -> Any:
    return chance.choice(found) if isinstance(found, list) and found else found
