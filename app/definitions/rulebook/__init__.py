"""Every rule of the checks, one entry each: what it asks for, why, and what becomes of a breach.

A finding names its rule; the reason and the usual mend stand here, so that the command, the
modeller and the documentation all say the same.
"""

from app.definitions.rulebook import data, elements, files, flow, people, picture, soundness, steps
from app.definitions.rulebook.entry import Answer, Entry

__all__ = ["RULES", "Answer", "Entry", "mend_of", "why_of"]

#: By name, in the order in which they are told.
RULES: dict[str, Entry] = {
    entry.name: entry
    for part in (files, elements, steps, flow, data, people, soundness, picture)
    for entry in part.ENTRIES
}


def why_of(rule: str) -> str:
    """Why a rule is there; empty for a name the book does not know."""
    entry = RULES.get(rule)
    return entry.why if entry else ""


def mend_of(rule: str) -> str:
    """What usually puts a breach right; empty when that depends."""
    entry = RULES.get(rule)
    return entry.mend if entry else ""
