"""What came out of a keyboard. Control characters do not, HTML cannot hold them and PostgreSQL refuses NUL."""

from __future__ import annotations

import unicodedata

LINES = "\n\r\t"


def seen(text: str | None) -> str:
    """The text without characters that nobody can see or type. Everything else stays as it is."""
    return "".join(
        char for char in text or "" if char in LINES or unicodedata.category(char) not in ("Cc", "Cs")
    )
