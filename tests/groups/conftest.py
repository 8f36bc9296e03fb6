"""A database with its keys, and short words for who acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.db import Database
from forum.models import Group, Member, Membership, MembershipState
from forum.patience import Patience
from moderation.audit import Actor
from moderation.keys import Keyring
from moderation.models import AuditEvent
from moderation.policy import load_policy
from tests.support.client import CheckingClient
from tests.support.forms import Value
from tests.support.page import Page

POLICY = load_policy()
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADMIN = Actor(1_000_000, "admin")
"""Nobody's account: the audit needs a number and a role, not a row."""


@dataclass(frozen=True)
class Store:
    """The database of one test, patient enough for a crowd at one door."""

    database: Database

    def verbs(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)))

    def last_event(self) -> AuditEvent:
        with self.database.reading() as session:
            return session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()


@pytest.fixture
def store(database_url: str, run_folder: Path) -> Iterator[Store]:
    database = Database(database_url, keyring=Keyring.open(run_folder / "keys"), patience=Patience(60))
    yield Store(database)
    database.dispose()


def acting(member: Member) -> Actor:
    return Actor(member.id, member.role.value)


def live(session: Session, group: Group) -> int:
    """Places in use, counted apart from the code under test."""
    states = (MembershipState.ACTIVE, MembershipState.RESTING)
    counted = select(func.count(Membership.id)).where(
        Membership.group_id == group.id, Membership.state.in_(states)
    )
    return session.scalar(counted) or 0


def send(
    client: CheckingClient, path: str, data: Mapping[str, Value] | None = None, *, status: int | None
) -> Page:
    """Send what no form offers, with the token of a page that has one."""
    client.get("/account")
    return client.post(path, data, status=status)
