"""Bring a backup back: checked before anything is touched, and nobody stays signed in afterwards.

A backup is an older truth. Sessions, invitations and half-made second factors of that time are ended, because
they may have been ended since for a reason, and codes from apps that were typed in since do not open twice.
Recovery codes stay: without e-mail they are a member's only way back in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, update

from forum.actions import second_factor
from forum.backup import BackupFailed, keys, manifest
from forum.backup.loading import load_postgres, load_sqlite
from forum.backup.manifest import Manifest
from forum.backup.snapshot import facts
from forum.config import Settings
from forum.db import Database, alembic_config, migrate
from forum.models import Invitation, Member, SignInSession
from moderation import audit
from moderation.audit.verify import verify
from moderation.keys import Keyring
from moderation.models import AuditEvent
from moderation.verbs import Verb


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done, for the person at the keyboard."""

    manifest: Manifest
    sessions_ended: int
    invitations_ended: int


def restore(
    settings: Settings, *, source: Path, keys_from: Path | None, replace: bool, at: datetime
) -> Restored:
    """Put the backup in `source` where the settings say the data lives. Raises `BackupFailed`."""
    described = manifest.read(source)
    _require_known_schema(described)
    _require_same_dialect(settings, described)
    if not replace and holds_data(settings):
        raise BackupFailed("The database is not empty. To overwrite it, add --replace.")
    keyring = _keyring(settings, keys_from, described)
    ended: list[tuple[int, int]] = []

    def settle(url: str) -> None:
        with _opened(url, keyring) as database:
            _require_counts(database, described)
        migrate(url)
        with _opened(url, keyring) as database:
            ended.append(_end_what_may_be_stale(database, described, at))
            _require_sound_audit(database, keyring)

    file = source / described.file
    if described.dialect == "sqlite":
        load_sqlite(settings.url, file, settle)
    else:
        load_postgres(settings.url, file, settle, counts=described.facts.tables, last=_ending(at))
    return Restored(described, *ended[0])


@contextmanager
def _opened(url: str, keyring: Keyring | None = None) -> Iterator[Database]:
    database = Database(url, keyring=keyring)
    try:
        yield database
    finally:
        database.dispose()


def holds_data(settings: Settings) -> bool:
    """Whether somebody has an account or something was recorded. Empty tables alone are no data."""
    if settings.url.startswith("sqlite:///") and not Path(settings.url.removeprefix("sqlite:///")).exists():
        return False
    with _opened(settings.url) as database:
        there = set(inspect(database.engine).get_table_names())
        with database.reading() as session:
            return any(
                session.scalar(select(func.count()).select_from(table)) or 0
                for table in (Member, AuditEvent)
                if table.__tablename__ in there
            )


def _require_known_schema(described: Manifest) -> None:
    known = {step.revision for step in ScriptDirectory.from_config(alembic_config("")).walk_revisions()}
    if described.facts.schema not in known:
        raise BackupFailed(
            f"The backup has schema {described.facts.schema!r}, which this Haven does not know. "
            "Restore it with the version that made it, or a newer one."
        )


def _require_same_dialect(settings: Settings, described: Manifest) -> None:
    here = "sqlite" if settings.url.startswith("sqlite") else "postgresql"
    if described.dialect != here:
        raise BackupFailed(
            f"The backup was made on {described.dialect}, but HAVEN_DATABASE_URL names {here}. "
            f"Set it to a {described.dialect} database."
        )


def _keyring(settings: Settings, keys_from: Path | None, described: Manifest) -> Keyring:
    """The keys that the data belongs to. Those in place are only replaced by the ones that fit."""
    if keys_from is not None:
        given = keys.signing_key_id(keys_from)
        if given != described.key_id:
            raise BackupFailed(f"The keys in {keys_from} belong to another backup (key {given}).")
        keys.copy_in(keys_from, settings.keys)
    keyring = Keyring.open(settings.keys)
    if keyring.key_id != described.key_id:
        raise BackupFailed(
            f"The keys in {settings.keys} are not the ones of this backup (key {described.key_id}). "
            "Name the folder of the keys' own backup: --keys DIR."
        )
    return keyring


def _require_counts(database: Database, described: Manifest) -> None:
    with database.engine.connect() as connection:
        found = facts(connection)
    if found != described.facts:
        differing = sorted(
            name
            for name in described.facts.tables.keys() | found.tables.keys()
            if described.facts.tables.get(name) != found.tables.get(name)
        )
        raise BackupFailed(
            f"What was loaded is not what the manifest counts: {differing or 'the audit head'}."
        )


def _ending(at: datetime) -> list[str]:
    """The same as `_end_what_may_be_stale`, for the transaction that loads: no moment with old sessions alive."""
    step = second_factor.last_step_known(at)
    ends = f"revoked_at = '{at.isoformat()}' WHERE revoked_at IS NULL"
    return [
        f"UPDATE public.{SignInSession.__tablename__} SET {ends}",  # noqa: S608  (our own words, here and below)
        f"UPDATE public.{Invitation.__tablename__} SET {ends}",  # noqa: S608
        f"UPDATE public.{Member.__tablename__} SET totp_last_step = {step} WHERE totp_confirmed_at IS NOT NULL",  # noqa: S608
    ]


def _end_what_may_be_stale(database: Database, described: Manifest, at: datetime) -> tuple[int, int]:
    with database.transaction() as session:
        for table in (SignInSession, Invitation):
            session.execute(update(table).where(table.revoked_at.is_(None)).values(revoked_at=at))
        session.execute(
            update(Member)
            .where(Member.totp_secret.is_not(None), Member.totp_confirmed_at.is_(None))
            .values(totp_secret=None)
        )
        second_factor.use_up(session, at=at)
        audit.append(session, Verb.BACKUP_RESTORED, actor=audit.COMMAND, at=at, made_at=described.made_at)
        sessions, invitations = (
            session.scalar(select(func.count()).where(table.revoked_at == at)) or 0
            for table in (SignInSession, Invitation)
        )
    return sessions, invitations


def _require_sound_audit(database: Database, keyring: Keyring) -> None:
    with database.reading() as session:
        outcome = verify(session, keyring.signing.public_key())
    if outcome.problems:
        raise BackupFailed(f"The audit in the backup does not verify: {outcome.problems[0]}")
