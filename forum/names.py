"""Names that people choose: the public pseudonym and the private sign-in name; what fits, and what looks alike."""

from __future__ import annotations

import re
import unicodedata

SHORTEST = 2
LONGEST_PSEUDONYM = 30
LONGEST_SIGN_IN_NAME = 40
DEMO_PREFIX = "demo-"
"""Sign-in names of the invented community; nobody else may have one, and production refuses to start with them."""
NEW_MEMBER = "New member"
"""What others see while a pseudonym waits for a person."""
FORMER_MEMBER = "Former member"

_BETWEEN = " -_'’."
_SIGN_IN = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])\Z")
_LOOK_ALIKE = str.maketrans(
    "аеорсхуікмтвнѕјԛԝԁɡαεορτυνικχβγηωı01i|5",
    "aeopcxylkmtbhsjqwdgaeoptuvlkxbynwlollls",
)
"""Letters of other alphabets and digits, and the letter each can pass for."""
_PRETENDS = ("moderator", "admin", "facilitator", "clinician", "auditor", "helpdesk", "official")
_TAKEN_BY_US = (
    "staff",
    "team",
    "support",
    "lead",
    "mod",
    "haven",
    "system",
    "software",
    NEW_MEMBER,
    FORMER_MEMBER,
)


def tidy(name: str) -> str:
    """The name as it is kept: one form of each letter, single spaces, nothing at the ends."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def pseudonym_fits(name: str) -> bool:
    """Letters and digits of any script, and a few marks between; nothing unseen, nothing that turns direction."""
    if not SHORTEST <= len(name) <= LONGEST_PSEUDONYM or not pseudonym_key(name):
        return False
    return all(char in _BETWEEN or unicodedata.category(char)[0] in "LMN" for char in name) and any(
        char.isalpha() for char in name
    )


def pseudonym_key(name: str) -> str:
    """What two names share when a tired reader could take one for the other."""
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char)
    )
    key = "".join(char for char in bare.casefold().translate(_LOOK_ALIKE) if char.isalnum())
    return key.replace("rn", "m").replace("vv", "w")[:40]


def sounds_like_staff(name: str) -> bool:
    """Whether a member's name could be taken for the people who run the place."""
    key = pseudonym_key(name)
    return key in {pseudonym_key(word) for word in _TAKEN_BY_US} or any(
        pseudonym_key(word) in key for word in _PRETENDS
    )


def sign_in_name(typed: str) -> str:
    """One spelling of a sign-in name, so that a phone's capital letter does not keep anybody out."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def sign_in_name_fits(name: str) -> bool:
    """Latin letters, digits, dots, dashes and underscores. Not an e-mail address: we do not want one."""
    return 3 <= len(name) <= LONGEST_SIGN_IN_NAME and _SIGN_IN.match(name) is not None
