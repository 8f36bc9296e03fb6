"""Why staff change an account: codes for the audit, and the words that an admin chooses from."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "joined_team": "Joined the team, or takes on other work",
    "left_team": "Left the team",
    "asked_for_it": "The person asked for it",
    "lost_device": "Lost the phone or device",
    "security": "Somebody else may have got in",
    "safeguarding": "To protect a person from harm",
    "legal_request": "A lawful request from outside",
    "no_longer_needed": "No longer needed",
    "made_in_error": "Made by mistake",
}


class UnknownReason(Exception):
    """The reason is missing or not on the list. Every act on another account carries one."""


def checked(code: str) -> str:
    """`code`, or `UnknownReason`."""
    if code not in REASONS:
        raise UnknownReason
    return code
