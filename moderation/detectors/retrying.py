"""When to open the model again: at once where its folder has changed, else after pauses that grow."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
LOOK_SECONDS = 1.0
"""How often the folder is looked at while there is no model."""

Signature = tuple[tuple[str, int, int], ...]


def signature(folder: Path) -> Signature:
    """What stands in the folder, by name, size and time of change. Empty where there is none."""
    try:
        files = [(path.name, path.stat()) for path in sorted(folder.iterdir())]
    except OSError:  # not there, or going away as we look
        return ()
    return tuple((name, found.st_size, found.st_mtime_ns) for name, found in files)


@dataclass(slots=True)
class Retry:
    """The pauses between tries at one folder. Whoever uses it holds a lock."""

    folder: Path
    first_pause: float = FIRST_PAUSE_SECONDS
    longest_pause: float = LONGEST_PAUSE_SECONDS
    _pause: float = 0.0
    _next_try: float = 0.0
    _next_look: float = 0.0
    _tried: Signature = field(default=())

    def begin(self) -> None:
        """A try begins now, with the folder as it is."""
        self._tried = signature(self.folder)

    def failed(self) -> None:
        """The try did not end well, or what it opened broke: wait, longer each time."""
        self._pause = min(max(self._pause * 2, self.first_pause), self.longest_pause)
        self._next_try = time.monotonic() + self._pause

    def worked(self) -> None:
        """The model answers: the next fault begins with a short pause."""
        self._pause = 0.0

    def is_due(self) -> bool:
        """Whether to try now. Looks at the folder at most once in a second."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + min(LOOK_SECONDS, self.first_pause)
        if signature(self.folder) != self._tried:
            self._pause = 0.0
            return True
        return now >= self._next_try
