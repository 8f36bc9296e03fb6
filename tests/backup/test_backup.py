"""A backup comes back whole, on either database, or is refused with a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import func, select

from forum import clock
from forum.actions import second_factor
from forum.backup import BackupFailed
from forum.backup.making import make
from forum.backup.manifest import NAME, Manifest
from forum.backup.restoring import Restored, restore
from forum.config import Settings
from forum.db import Database
from forum.models import Member, Post, RecoveryCode, Role, SignInSession
from moderation import audit
from moderation.audit.checkpoints import checkpoint
from moderation.keys import Keyring
from moderation.models import AuditEvent
from moderation.verbs import Verb
from tests.support.making import a_group, a_member, a_thread


@dataclass
class Place:
    """One installation: its settings, its keys and its database."""

    settings: Settings
    folder: Path

    def __post_init__(self) -> None:
        self.keyring = Keyring.open(self.settings.keys)
        self.database = Database(self.settings.url, keyring=self.keyring)

    def back_up(self, name: str = "data", keys: str | None = "keys-copy") -> Manifest:
        with_keys = self.folder / keys if keys else None
        return make(
            self.database,
            self.keyring,
            keys_dir=self.settings.keys,
            to=self.folder / name,
            with_keys=with_keys,
            at=clock.now(),
        )

    def bring_back(self, name: str = "data", *, keys: str | None = None, replace: bool = False) -> Restored:
        self.database.dispose()
        keys_from = self.folder / keys if keys else None
        done = restore(
            self.settings, source=self.folder / name, keys_from=keys_from, replace=replace, at=clock.now()
        )
        self.keyring = Keyring.open(self.settings.keys)
        self.database = Database(self.settings.url, keyring=self.keyring)
        return done

    def count(self, table: type) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def lose_everything(self) -> None:
        """The machine is gone: no data, no keys. What comes next starts from an empty migrated database."""
        self.database.dispose()
        shutil.rmtree(self.settings.keys)
        self.keyring = Keyring.open(self.settings.keys)


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Place]:
    settings = Settings(instance=tmp_path / "instance", database_url=database_url, keys_dir=tmp_path / "keys")
    place = Place(settings, tmp_path)
    try:
        populate(place.database)
        yield place
    finally:
        place.database.dispose()


def populate(database: Database) -> None:
    with database.transaction() as session:
        author = a_member(session)
        a_thread(session, a_group(session, members=(author,)), author, words="[words that must come back]")
        now = clock.now()
        session.add(
            SignInSession(
                token_hash="h",
                member_id=author.id,
                device="Test",
                created_at=now,
                last_used_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
        session.add(RecoveryCode(member_id=author.id, code_hash="c", made_at=now))
        audit.append(session, Verb.BACKUP_MADE, actor=audit.COMMAND, at=now, with_keys=False)
    with database.transaction() as session:
        checkpoint(session, clock.now())


def test_what_was_backed_up_comes_back(place: Place) -> None:
    made = place.back_up()
    with place.database.transaction() as session:
        session.add_all([a_member(session), a_member(session)])

    place.bring_back(replace=True)

    assert place.count(Member) == made.facts.tables["members"]
    assert place.count(Post) == 1
    with place.database.reading() as session:
        verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)).all()
    assert verbs == ["backup.made", "backup.restored"]


def test_a_restored_backup_can_be_backed_up_and_restored_again(place: Place) -> None:
    place.back_up("first", keys=None)
    place.bring_back("first", replace=True)
    place.back_up("second", keys=None)

    place.bring_back("second", replace=True)

    assert place.count(Post) == 1


def test_nobody_stays_signed_in_but_recovery_codes_stay(place: Place) -> None:
    place.back_up()

    done = place.bring_back(replace=True)

    assert done.sessions_ended == 1
    with place.database.reading() as session:
        assert session.scalars(select(SignInSession.revoked_at)).one() is not None
        assert session.scalars(select(RecoveryCode.used_at)).one() is None


def test_a_code_typed_in_since_the_backup_does_not_open_twice(place: Place) -> None:
    secret, now = pyotp.random_base32(), clock.now()
    with place.database.transaction() as session:
        moderator = a_member(session, role=Role.MODERATOR)
        moderator.totp_secret = place.keyring.seal(secret.encode())
    place.back_up()
    with place.database.transaction() as session:
        second_factor.verify(session, moderator.id, 1, pyotp.TOTP(secret).at(now), at=now)

    place.bring_back(replace=True)

    with place.database.transaction() as session:
        with pytest.raises(second_factor.WrongCode):
            second_factor.verify(session, moderator.id, 1, pyotp.TOTP(secret).at(now), at=now)
        later = now + timedelta(minutes=2)
        second_factor.verify(session, moderator.id, 1, pyotp.TOTP(secret).at(later), at=later)


def test_a_database_that_is_not_empty_is_left_alone(place: Place) -> None:
    place.back_up()

    with pytest.raises(BackupFailed, match="--replace"):
        place.bring_back()


def test_a_changed_file_is_refused_before_anything_is_touched(place: Place) -> None:
    made = place.back_up()
    file = place.folder / "data" / made.file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    members = place.count(Member)

    with pytest.raises(BackupFailed, match="changed or cut"):
        place.bring_back(replace=True)
    assert place.count(Member) == members


def test_a_manifest_that_was_edited_is_noticed(place: Place) -> None:
    place.back_up()
    path = place.folder / "data" / NAME
    described = json.loads(path.read_text(encoding="utf-8"))
    described["facts"]["tables"]["members"] += 1
    path.write_text(json.dumps(described), encoding="utf-8")

    with place.database.transaction() as session:
        a_member(session, "Written later")

    with pytest.raises(BackupFailed, match="not what the manifest counts"):
        place.bring_back(replace=True)
    with place.database.reading() as session:
        assert "Written later" in session.scalars(select(Member.pseudonym)).all()


def test_a_table_that_cannot_be_is_refused(place: Place) -> None:
    place.back_up()
    path = place.folder / "data" / NAME
    described = json.loads(path.read_text(encoding="utf-8"))
    described["facts"]["tables"]["members; DROP TABLE posts"] = 1
    path.write_text(json.dumps(described), encoding="utf-8")

    with pytest.raises(BackupFailed, match=r"cannot be|not what the manifest counts"):
        place.bring_back(replace=True)
    assert place.count(Post) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 99}, "this Haven reads 1"),
        ({"dialect": "oracle"}, "was made on oracle"),
        ({"file": "../elsewhere"}, "lacks the file"),
        ({"facts": {}}, "not complete"),
    ],
)
def test_a_foreign_manifest_is_refused(place: Place, change: dict[str, object], sentence: str) -> None:
    place.back_up()
    path = place.folder / "data" / NAME
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")

    with pytest.raises(BackupFailed, match=sentence):
        place.bring_back(replace=True)


def test_a_newer_schema_is_refused(place: Place) -> None:
    place.back_up()
    path = place.folder / "data" / NAME
    described = json.loads(path.read_text(encoding="utf-8"))
    described["facts"]["schema"] = "9999"
    path.write_text(json.dumps(described), encoding="utf-8")

    with pytest.raises(BackupFailed, match="does not know"):
        place.bring_back(replace=True)


def test_the_keys_go_elsewhere_or_nowhere(place: Place) -> None:
    made = place.back_up(keys=None)
    assert {path.name for path in (place.folder / "data").iterdir()} == {NAME, made.file}

    with pytest.raises(BackupFailed, match="another place"):
        place.back_up("other", keys="other/keys")
    assert not (place.folder / "other").exists()


def test_lost_keys_come_back_from_their_own_backup(place: Place) -> None:
    key_id = place.back_up().key_id
    place.lose_everything()

    with pytest.raises(BackupFailed, match="--keys"):
        place.bring_back(replace=True)
    place.bring_back(keys="keys-copy", replace=True)

    assert place.keyring.key_id == key_id


def test_a_changed_key_is_refused(place: Place) -> None:
    place.back_up()
    (place.folder / "keys-copy" / "site-secret").write_text("changed", encoding="ascii")

    with pytest.raises(BackupFailed, match="was changed"):
        place.bring_back(keys="keys-copy", replace=True)


def test_backups_are_for_one_pair_of_eyes(place: Place) -> None:
    place.back_up()

    for folder in ("data", "keys-copy"):
        assert (place.folder / folder).stat().st_mode & 0o077 == 0
    for file in (place.folder / "keys-copy").iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_a_folder_that_is_in_use_is_refused(place: Place) -> None:
    (place.folder / "data").mkdir()
    (place.folder / "data" / "letter.txt").touch()

    with pytest.raises(BackupFailed, match="is there already"):
        place.back_up()


def test_making_a_backup_is_in_the_audit(place: Place) -> None:
    place.back_up()

    with place.database.reading() as session:
        newest = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()
    assert newest.verb == Verb.BACKUP_MADE
    assert newest.fields == {"with_keys": True}


def test_a_running_site_is_not_replaced_under_its_feet(place: Place) -> None:
    place.back_up()
    with place.database.reading() as session:
        session.scalars(select(Member)).all()
        still_open = Database(place.settings.url)
        try:
            with still_open.transaction() as writer:
                a_member(writer)
                with pytest.raises(BackupFailed, match="still running"):
                    restore(
                        place.settings,
                        source=place.folder / "data",
                        keys_from=None,
                        replace=True,
                        at=clock.now(),
                    )
        finally:
            still_open.dispose()
    assert place.count(Member) == 3


def test_an_empty_place_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", keys_dir=tmp_path / "keys")
    place = Place(settings, tmp_path)
    try:
        with pytest.raises(BackupFailed, match="flask db upgrade"):
            place.back_up()
        assert not (tmp_path / "data").exists()
    finally:
        place.database.dispose()
