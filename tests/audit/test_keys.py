"""The keys are made once, kept private, and do what the record relies on."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from moderation import commitments
from moderation.keys import SECRET_FILE, SIGNING_FILE, CannotUnseal, Keyring, KeysUnusable
from tests.audit.conftest import Record


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: Keyring.open(folder), range(8)))

    assert len({ring.key_id for ring in rings}) == 1
    assert len({ring.pseudonym(1, "member") for ring in rings}) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted([SIGNING_FILE, SECRET_FILE])
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("name", [SIGNING_FILE, SECRET_FILE])
def test_a_broken_key_file_is_named(tmp_path: Path, name: str) -> None:
    Keyring.open(tmp_path)
    (tmp_path / name).write_text("not a key")
    with pytest.raises(KeysUnusable, match=name):
        Keyring.open(tmp_path)


def test_sealed_text_opens_only_with_its_key_and_only_unchanged(tmp_path: Path) -> None:
    ring, other = Keyring.open(tmp_path / "a"), Keyring.open(tmp_path / "b")
    sealed = ring.seal(b"JBSWY3DPEHPK3PXP")

    assert ring.unseal(sealed) == b"JBSWY3DPEHPK3PXP"
    assert ring.seal(b"JBSWY3DPEHPK3PXP") != sealed
    assert len(ring.seal(b"x" * 64)) <= 200
    for keys, attempt in ((other, sealed), (ring, sealed[:-8] + "AAAAAAA="), (ring, "?")):
        with pytest.raises(CannotUnseal):
            keys.unseal(attempt)


def test_purposes_do_not_mix(keyring: Keyring) -> None:
    assert keyring.hmac("address", b"1") != keyring.hmac("pseudonym", b"1")
    assert keyring.pseudonym(1, "staff") != keyring.pseudonym(2, "staff")


def test_a_commitment_is_the_authors_own_and_repeatable(record: Record) -> None:
    with record.writing() as session:
        first = commitments.commit(session, 1, "[placeholder]")
    with record.writing() as session:
        assert commitments.commit(session, 1, "[placeholder]") == first
        assert commitments.commit(session, 2, "[placeholder]") != first
        assert commitments.commit(session, 1, "[placeholder] ") != first
        assert len(commitments.commit(session, 1, "half a pair \ud83d")) == 64


def test_two_first_posts_at_once_share_one_key(record: Record) -> None:
    def commit(_: int) -> str:
        with record.writing() as session:
            return commitments.commit(session, 1, "[placeholder]")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(commit, range(8)))) == 1
