"""Codes to write down: recovery codes and invitations, in letters and digits that are hard to mix up."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U."""
_READ_AS = str.maketrans("OIL", "011")


def make(groups: int, size: int = 5) -> str:
    """A fresh code such as `7KQ2M-X9ATC`: five bits a character."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(size)) for _ in range(groups))


def plain(typed: str) -> str:
    """One spelling of a typed code: case, spaces, dashes and mixed-up letters do not matter."""
    letters = typed[:100].upper().translate(_READ_AS)
    return "".join(char for char in letters if char in ALPHABET)
