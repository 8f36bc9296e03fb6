"""What a backup says of itself, so that a changed, cut or foreign one is never restored."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from forum.backup import BackupFailed

NAME = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of the data at the one moment that the backup shows."""

    schema: str
    tables: dict[str, int]
    audit_seq: int
    audit_head: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`file` stands beside the manifest; `key_id` names the signing key that the data belongs to."""

    made_at: str
    dialect: str
    file: str
    bytes: int
    sha256: str
    key_id: str
    facts: Facts
    format: int = FORMAT


def describe(file: Path, *, made_at: datetime, dialect: str, key_id: str, facts: Facts) -> Manifest:
    """The manifest of a finished data file."""
    return Manifest(
        made_at=made_at.isoformat(timespec="seconds"),
        dialect=dialect,
        file=file.name,
        bytes=file.stat().st_size,
        sha256=sha256(file),
        key_id=key_id,
        facts=facts,
    )


def write(folder: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest in `folder`, after its file was compared with it. Raises `BackupFailed`."""
    try:
        raw: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BackupFailed(f"{folder} is not a backup: it has no {NAME}.") from None
    except (OSError, ValueError) as error:
        raise BackupFailed(f"The manifest in {folder} cannot be read: {error}.") from None
    if raw.get("format") != FORMAT:
        raise BackupFailed(
            f"The backup in {folder} has format {raw.get('format')!r}; this Haven reads {FORMAT}."
        )
    try:
        manifest = Manifest(**{**raw, "facts": Facts(**raw["facts"])})
    except (KeyError, TypeError):
        raise BackupFailed(f"The manifest in {folder} is not complete.") from None
    _compare(folder, manifest)
    return manifest


def _compare(folder: Path, manifest: Manifest) -> None:
    file = folder / manifest.file
    if Path(manifest.file).name != manifest.file or not file.is_file():
        raise BackupFailed(f"{folder} lacks the file {manifest.file!r} that its manifest names.")
    if file.stat().st_size != manifest.bytes or sha256(file) != manifest.sha256:
        raise BackupFailed(f"{file} was changed or cut since the backup was made. Use another backup.")


def sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
