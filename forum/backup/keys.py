"""The keys' own backup: another folder, for another place, with a list of what must be in it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from forum.backup import BackupFailed
from forum.backup.manifest import sha256
from moderation.keys import SIGNING_FILE, Keyring

LIST = "keys.json"


def require_apart(data: Path, keys: Path) -> None:
    """Raise unless neither folder lies in the other: who finds one must not find both."""
    one, other = data.resolve(), keys.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise BackupFailed(
            "The keys must go to another place than the data: neither folder inside the other."
        )


def copy_out(keys: Path, target: Path) -> int:
    """Copy every key file into a new folder, readable by this user alone. Gives their number."""
    files = key_files(keys)
    if target.exists() and any(target.iterdir()):
        raise BackupFailed(f"{target} is not empty. Name a new folder for the keys.")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in files:
        _write(target / file.name, file.read_bytes())
    listing = {file.name: sha256(target / file.name) for file in files}
    _write(target / LIST, (json.dumps(listing, indent=2, sort_keys=True) + "\n").encode())
    return len(files)


def signing_key_id(source: Path) -> str:
    """The name of the signing key in a backup of keys, after each key was compared with the list."""
    listing = _checked(source)
    if SIGNING_FILE not in listing:
        raise BackupFailed(f"{source} is not a backup of keys: it has no {SIGNING_FILE}.")
    return Keyring.open(source).key_id


def copy_in(source: Path, keys: Path) -> None:
    """Put the keys of a backup in place."""
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _checked(source):
        _write(keys / name, (source / name).read_bytes())


def _checked(source: Path) -> dict[str, str]:
    try:
        listing: dict[str, str] = json.loads((source / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupFailed(f"{source} is not a backup of keys: it has no readable {LIST}.") from None
    for name, expected in listing.items():
        file = source / name
        if Path(name).name != name or not file.is_file() or sha256(file) != expected:
            raise BackupFailed(f"The key {name!r} in {source} is missing or was changed. Use another copy.")
    return listing


def key_files(keys: Path) -> list[Path]:
    """The key files; scratch files of a write that is going on are left out."""
    return sorted(path for path in keys.iterdir() if path.is_file() and not path.name.startswith("."))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and never readable by others, not for a moment."""
    scratch = path.with_name(f".{path.name}.copying")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    scratch.replace(path)
