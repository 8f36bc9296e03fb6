"""Guessing made slow: after a few wrong tries each further one must wait twice as long. Nobody is locked out for good.

A try is written down before it is checked, so that many at once gain nothing; a right one takes it back.
Keys are keyed hashes: no name and no address is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from forum.models import SignInAttempt
from moderation.keys import Keyring

MEMORY = timedelta(hours=24)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
FREE_BY_NAME = 5
FREE_BY_NETWORK = 50
"""Many people can share one address: a hostel, a ward, a phone company."""


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that tries are counted by, and how many are free."""

    hash: str
    free: int


class TooManyTries(Exception):
    """Wait for `wait`, then try again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many tries")
        self.wait = wait

    @property
    def minutes(self) -> int:
        """The wait in whole minutes, rounded up."""
        return max(1, -(-int(self.wait.total_seconds()) // 60))


def by_name(keyring: Keyring, name: str) -> Key:
    """Tries for one sign-in name, whether or not it exists."""
    return Key(keyring.hmac("try-name", name.encode()), FREE_BY_NAME)


def by_member(keyring: Keyring, member_id: int) -> Key:
    """Tries at the second step of one account."""
    return Key(keyring.hmac("try-second-factor", str(member_id).encode()), FREE_BY_NAME)


def by_network(keyring: Keyring, network: str) -> Key:
    """Tries from one place on the net."""
    return Key(keyring.hmac("try-network", network.encode()), FREE_BY_NETWORK)


def note_try(session: Session, keys: Sequence[Key], *, at: datetime) -> None:
    """Count one try by each key. Raises `TooManyTries`, and counts nothing, while a wait is running."""
    _one_at_a_time(session, keys)
    session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at < at - MEMORY))
    for key in keys:
        tries = session.scalars(
            select(SignInAttempt.tried_at)
            .where(SignInAttempt.key == key.hash)
            .order_by(SignInAttempt.tried_at.desc())
            .limit(key.free + 10)
        ).all()
        if tries and (left := tries[0] + wait_after(len(tries), key.free) - at) > timedelta(0):
            raise TooManyTries(left)
    session.add_all(SignInAttempt(key=key.hash, tried_at=at) for key in keys)


def _one_at_a_time(session: Session, keys: Sequence[Key]) -> None:
    """Tries by one key are counted one after another: SQLite has one writer anyway, PostgreSQL is asked to wait."""
    if session.get_bind().dialect.name == "postgresql":
        for key in sorted(key.hash for key in keys):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def wait_after(tries: int, free: int) -> timedelta:
    """How long after the last of so many wrong tries the next may come."""
    if tries < free:
        return timedelta(0)
    doublings = min(tries - free, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def forgive(session: Session, own: Key, *shared: Key) -> None:
    """After a right try: forget all tries by `own`, and this one by each shared key."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.key == own.hash))
    for key in shared:
        newest = (
            select(SignInAttempt.id)
            .where(SignInAttempt.key == key.hash)
            .order_by(SignInAttempt.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        session.execute(
            delete(SignInAttempt)
            .where(SignInAttempt.id == newest)
            .execution_options(synchronize_session=False)
        )
