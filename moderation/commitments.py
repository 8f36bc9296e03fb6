"""Keyed commitments to words: proof of which words were judged, guessable by nobody once the key is erased.

A plain hash of a short post can be found by trying; an HMAC under the member's own key cannot, and erasing
the key (PersonKey) cuts every tie between the record and the words while the chain still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import Insert, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.models.record import PersonKey


def commit(session: Session, author_ref: int, text: str) -> str:
    """The commitment to `text` under its author's key, in hex. The key is made on first use."""
    return under(_secret(session, author_ref), text)


def under(secret: bytes, text: str) -> str:
    """The commitment to `text` under a key at hand."""
    # Text from a form may hold half a surrogate pair; it must still have exactly one commitment.
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _secret(session: Session, member_ref: int) -> bytes:
    known = select(PersonKey.secret).where(PersonKey.member_ref == member_ref)
    secret = session.scalar(known)
    if secret is None:
        session.execute(_unless_there(session).values(member_ref=member_ref, secret=secrets.token_bytes(32)))
        secret = session.scalar(known)
        assert secret is not None
    return secret


def _unless_there(session: Session) -> Insert:
    """An insert that gives way to another transaction's key for the same member."""
    match session.get_bind().dialect.name:
        case "postgresql":
            return postgresql.insert(PersonKey).on_conflict_do_nothing()
        case "sqlite":
            return sqlite.insert(PersonKey).on_conflict_do_nothing()
    return insert(PersonKey)
