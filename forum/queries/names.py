"""What a person is called on a page that others read."""

from __future__ import annotations

from forum.models import MemberState, PseudonymState
from forum.names import FORMER_MEMBER, NEW_MEMBER


def shown_name(
    pseudonym: str, pseudonym_state: PseudonymState, state: MemberState = MemberState.ACTIVE
) -> str:
    """The pseudonym, or a neutral name while it waits, was taken out, or its owner has left."""
    if state is MemberState.CLOSED:
        return FORMER_MEMBER
    return pseudonym if pseudonym_state is PseudonymState.SHOWN else NEW_MEMBER
