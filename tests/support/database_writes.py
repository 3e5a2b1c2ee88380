"""Notices which tables are written to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

WRITE = re.compile(
    r"^\s*(?:INSERT\s+(?:OR \w+ )?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE
)


@contextmanager
def watch_writes() -> Iterator[list[str]]:
    """Names of the tables written to inside the block, one for each statement."""
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if found := WRITE.match(statement):
            written.append(found[1])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(Engine, "before_cursor_execute", note)
