"""Letting people in: the try is counted first, then the pass-phrase is checked, then the session begins.

The check takes as long for a name that nobody has, and what went wrong is never said.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from forum import clock, names, passphrases
from forum.actions import sessions, throttle
from forum.queries import accounts
from forum.queries.viewer import Viewer
from forum.web import login
from forum.web.devices import device
from forum.web.network import network
from forum.web.parts import database, keyring


class WrongPair(Exception):
    """Name and pass-phrase do not belong together."""


def try_sign_in(sign_in_name: str, pass_phrase: str) -> None:
    """Sign this browser in, or raise `WrongPair` or `throttle.TooManyTries`."""
    member_id = whose(sign_in_name, pass_phrase)
    try:
        let_in(member_id)
    except sessions.AccountClosed:  # in this very moment
        raise WrongPair from None


def whose(sign_in_name: str, pass_phrase: str) -> int:
    """The account that this pair opens. The try is counted, whichever page asks. Raises as `try_sign_in`."""
    now = clock.now()
    own, shared = counted_keys(sign_in_name)
    with database().transaction() as session:
        throttle.note_try(session, [own, shared], at=now)
    with database().reading() as session:
        found = accounts.credentials(session, sign_in_name)
    if not passphrases.matches(found.password_hash if found else None, pass_phrase) or found is None:
        raise WrongPair
    with database().transaction() as session:
        throttle.forgive(session, own, shared)
    return found.member_id


def let_in(member_id: int) -> None:
    """Begin a session for this browser; one that it had before ends."""
    with database().transaction() as session:
        token = new_session(session, member_id, at=clock.now())
    login.begin(token)


def new_session(session: Session, member_id: int, *, at: datetime) -> str:
    """The token of a session that is kept with the change under way; after it, `login.begin` lets them in."""
    before = login.current_viewer()
    if before is not None:
        sessions.end(session, before.id, before.session_id, at=at)
    return sessions.start(session, member_id, device=device(), at=at)


def confirm_own(person: Viewer, pass_phrase: str) -> None:
    """Check a signed-in person's pass-phrase before something that cannot be undone. Raises as `try_sign_in`."""
    own = throttle.by_member(keyring(), person.id)
    with database().transaction() as session:
        throttle.note_try(session, [own], at=clock.now())
    with database().reading() as session:
        stored = accounts.password_hash_of(session, person.id)
    if not passphrases.matches(stored, pass_phrase):
        raise WrongPair
    with database().transaction() as session:
        throttle.forgive(session, own)


def counted_keys(sign_in_name: str) -> tuple[throttle.Key, throttle.Key]:
    """What tries at the pass-phrase or a recovery code are counted by: the name and the network."""
    name = names.sign_in_name(sign_in_name)[:200]
    return throttle.by_name(keyring(), name), throttle.by_network(keyring(), network())
