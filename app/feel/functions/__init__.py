"""The functions of the language: those of the standard, and ours for working days."""

from app.feel.functions import (
    contexts,
    conversion,
    lists,
    numbers,
    ordering,
    ranges,
    strings,
    totals,
    workdays,
)
from app.feel.functions.registry import BUILT_INS, Lent

__all__ = [
    "BUILT_INS",
    "Lent",
    "contexts",
    "conversion",
    "lists",
    "numbers",
    "ordering",
    "ranges",
    "strings",
    "totals",
    "workdays",
]
