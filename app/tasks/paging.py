"""Paging that continues after the last row seen, so page 400 costs as much as page 1."""

import base64
import binascii
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Order(StrEnum):
    DUE = "due"
    OPENED = "opened"
    FAMILY = "family"


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the value sorted by, as text, and the id that breaks ties."""

    value: str
    id: int

    def __str__(self) -> str:
        text = json.dumps([self.value, self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str | None) -> "Cursor | None":
        """A cursor out of an address; None where there is none or somebody edited it."""
        if not text:
            return None
        try:
            padded = text + "=" * (-len(text) % 4)
            value, row_id = json.loads(base64.urlsafe_b64decode(padded.encode()))
        except (ValueError, TypeError, binascii.Error):
            return None
        if not (isinstance(value, str) and isinstance(row_id, int)):
            return None
        return cls(value, row_id)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and where the next page begins if there is one."""

    rows: tuple[Row, ...]
    following: Cursor | None
