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
"""Once it is known to be locked: enough to get through where the way is free again."""


class Patience:
    """Seats for those who wait in full. `most`: how many there are; None: as many as there are writers."""

    def __init__(self, full: float = FULL_SECONDS, *, most: int | None = None) -> None:
        self.full = full
        self.most = most
        self._lock = threading.Lock()
        self._seated: dict[int, float] = {}
        """When each of those with a seat began."""
        self._numbers = 0
        self._locked = False
        """The last change waited for as long as it was let, in vain."""

    @contextmanager
    def change(self) -> Iterator[float]:
        """One change, from before its transaction begins until it has ended. Gives the seconds that it may wait."""
        if self.most is None:
            yield self.full
            return
        number, seconds, began = self._begin(self.most)
        try:
            yield seconds
        except BaseException:
            self._end(number, in_vain=time.monotonic() - began >= seconds)
            raise
        self._end(number, in_vain=False)

    def _begin(self, most: int) -> tuple[int, float, float]:
        now = time.monotonic()
        with self._lock:
            self._numbers += 1
            if len(self._seated) < most:
                self._seated[self._numbers] = now
                return self._numbers, self.full, now
            locked = self._locked or min(self._seated.values(), default=now) < now - SHORT_SECONDS
            return self._numbers, min(self.full, LEAST_SECONDS if locked else SHORT_SECONDS), now

    def _end(self, number: int, *, in_vain: bool) -> None:
        with self._lock:
            self._seated.pop(number, None)
            self._locked = in_vain
