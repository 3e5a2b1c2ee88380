"""Processes kept ready in memory, so that most steps load nothing.

Checked out and checked in: a process in use is not in the cache, and one whose step failed is
simply never put back. Put back only after the commit, under the version that was committed.
"""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class LiveCache(Generic[Kept]):
    """The most recently used ones, by the instance's ``live_key``, each at one version."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, Kept]] = OrderedDict()

    def check_out(self, live_key: str, version: int) -> Kept | None:
        """What is kept of exactly this version, now the caller's alone."""
        with self._lock:
            found = self._kept.pop(live_key, None)
        return found[1] if found is not None and found[0] == version else None

    def look_at(self, live_key: str, version: int) -> Kept | None:
        """What is kept of exactly this version; it stays here, so nothing in it may be moved."""
        with self._lock:
            found = self._kept.get(live_key)
        return found[1] if found is not None and found[0] == version else None

    def check_in(self, live_key: str, version: int, kept: Kept) -> None:
        with self._lock:
            self._kept[live_key] = (version, kept)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget_all(self) -> None:
        """As in a newly started program; for tests and benchmarks."""
        with self._lock:
            self._kept.clear()
