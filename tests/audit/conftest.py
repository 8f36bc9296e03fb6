"""A database with its keys, and short ways to write events in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.db import Database
from moderation import audit
from moderation.keys import Keyring
from moderation.models.record import AuditEvent
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb
from tests.support.databases import SqliteCopies

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
MODERATOR = audit.Actor(7, "moderator")
MEMBER = audit.Actor(3, "member")


@dataclass(frozen=True)
class Record:
    """The audit's database and keys together."""

    database: Database
    keyring: Keyring

    def writing(self) -> AbstractContextManager[Session]:
        return self.database.transaction()

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.reading()

    def events(self) -> list[AuditEvent]:
        with self.reading() as session:
            return list(session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))

    def write(self, count: int) -> None:
        """So many events of several verbs, one transaction."""
        with self.writing() as session:
            for number in range(count):
                write_one(session, number)


def write_one(session: Session, number: int) -> None:
    """The `number`th of a mixed row of events."""
    at = NOON + timedelta(seconds=number)
    post = Subject(SubjectKind.POST, number // 3 + 1)
    match number % 3:
        case 0:
            audit.append(
                session,
                Verb.ITEM_CLAIMED,
                actor=MODERATOR,
                at=at,
                subject=post,
                group=2,
                item=number + 1,
                item_version=2,
                expires_at=at + timedelta(minutes=20),
                seconds_waiting=number,
            )
        case 1:
            audit.append(
                session,
                Verb.HELD_TEXT_READ,
                actor=MODERATOR,
                at=at,
                subject=post,
                group=2,
                item=number + 1,
                item_version=2,
                revision=number,
            )
        case 2:
            audit.append(
                session, Verb.GROUP_JOINED, actor=MEMBER, at=at, group=5, live=number, offers=0, capacity=24
            )


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.open(tmp_path / "keys")


@pytest.fixture
def record(database_url: str, keyring: Keyring) -> Iterator[Record]:
    database = Database(database_url, keyring=keyring)
    try:
        yield Record(database, keyring)
    finally:
        database.dispose()


@pytest.fixture
def sqlite_record(sqlite_copies: SqliteCopies, keyring: Keyring) -> Iterator[Record]:
    """For tests of files, where the database makes no difference."""
    with sqlite_copies.fresh() as url:
        database = Database(url, keyring=keyring)
        try:
            yield Record(database, keyring)
        finally:
            database.dispose()
