"""What each automatic step takes and gives, told by the code that does it, for the checks to ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Texts = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Terms:
    """``needs`` are inputs without which it does nothing of use, ``takes`` those it can do without.

    ``gives`` are the facts it hands back. ``texts`` are for some inputs the only texts it knows.
    """

    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)


_terms: dict[str, Terms] = {}


def agree(task_type: str, terms: Terms) -> None:
    _terms[task_type] = terms


def terms_of(task_type: str | None) -> Terms | None:
    """None for a step whose terms nobody told: then anything goes."""
    return _terms.get(task_type or "")
