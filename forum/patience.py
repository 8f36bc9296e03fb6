"""How long a writer may wait for the database, so that readers always find a free thread.

A web process has few threads. If the database is locked for long, each writer would sit in one of them until its
patience ends, and nobody could read. So only some wait in full; while those do, the others are soon told to try again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FULL_SECONDS = 10.0
SHORT_SECONDS = 2.0
"""For those beyond the first few, while nobody can tell yet whether it is only busy."""
LEAST_SECONDS = 0.1
"""Once the first few have waited long: enough to get through where the way is free."""


class Patience:
    """Counts the changes under way in this process. `most` may wait in full; None: all may."""

    def __init__(self, full: float = FULL_SECONDS, *, most: int | None = None) -> None:
        self.full = full
        self.most = most
        self._lock = threading.Lock()
        self._under_way: dict[int, float] = {}
        self._numbers = 0

    @contextmanager
    def change(self) -> Iterator[float]:
        """One change, from before its transaction begins until it has ended. Gives the seconds that it may wait."""
        with self._lock:
            seconds = self._seconds()
            self._numbers += 1
            number = self._numbers
            self._under_way[number] = time.monotonic()
        try:
            yield seconds
        finally:
            with self._lock:
                del self._under_way[number]

    def _seconds(self) -> float:
        if self.most is None or len(self._under_way) < self.most:
            return self.full
        long_ago = time.monotonic() - SHORT_SECONDS
        stuck = sum(began < long_ago for began in self._under_way.values()) >= self.most
        return min(self.full, LEAST_SECONDS if stuck else SHORT_SECONDS)
