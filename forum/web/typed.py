"""What came out of a keyboard. Control characters and non-characters do not: HTML and PostgreSQL do not take them."""

from __future__ import annotations

import unicodedata

LINES = "\n\r\t"


def seen(text: str | None) -> str:
    """The text without characters that nobody can see or type. Everything else stays as it is."""
    return "".join(char for char in text or "" if char in LINES or not _unseen(char))


def _unseen(char: str) -> bool:
    """A control character, half of one, or a code that Unicode keeps free for ever (U+FDD0 …, U+FFFE, U+FFFF …)."""
    code = ord(char)
    return unicodedata.category(char) in ("Cc", "Cs") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
