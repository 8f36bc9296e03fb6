"""What is kept out of every process: each web process pays for what it loads, in memory and before its first page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Imports inside see no library of this name, unless it is there already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # how Python itself marks what may not be imported
    try:
        yield
    finally:
        del sys.modules[name]


with _without("rich"):  # structlog would load a hundred modules to colour a terminal; our lines are JSON
    import structlog  # noqa: F401
