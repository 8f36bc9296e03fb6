"""Who did it, as the audit names them: a keyed pseudonym and a role, never a name or an account's number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from moderation.keys import Keyring, RoleKind


class ActorKind(StrEnum):
    """A person, or software by itself."""

    HUMAN = "human"
    SOFTWARE = "software"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. `ref` is the account's id; software and the command line have none."""

    ref: int | None
    role: str
    kind: ActorKind = ActorKind.HUMAN


SOFTWARE = Actor(None, "software", ActorKind.SOFTWARE)
COMMAND = Actor(None, "command", ActorKind.HUMAN)
"""Somebody at the server's command line, whom the site cannot tell apart."""


class NoKeyring(Exception):
    """The session was opened without the site's keys, so nobody can be given a pseudonym."""


def keyring_of(session: Session) -> Keyring:
    """The keys that the session carries."""
    keyring = session.info.get("keyring")
    if not isinstance(keyring, Keyring):
        raise NoKeyring("open the session with info={'keyring': Keyring.open(folder)}")
    return keyring


def role_kind(role: str) -> RoleKind:
    """Whether a role's pseudonym starts with `member` or `staff`."""
    return "member" if role == "member" else "staff"


def name_of(session: Session, actor: Actor) -> str:
    """The audit's name for an actor."""
    return actor.role if actor.ref is None else person(session, actor.ref, actor.role)


def person(session: Session, ref: int, role: str) -> str:
    """The pseudonym of an account, for fields that name a person."""
    return keyring_of(session).pseudonym(ref, role_kind(role))
