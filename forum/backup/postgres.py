"""PostgreSQL's own programs, found and run so that no password is on a command line and no error is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from forum.backup import BackupFailed

# Names in a database address and the variables that PostgreSQL's programs read for them.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def run(program: str, *arguments: str, url: str) -> None:
    """Run one of PostgreSQL's programs on the database at `url`. Raises `BackupFailed` with its last words."""
    done = subprocess.run(  # noqa: S603  (a fixed program with our own arguments)
        [_find(program), *arguments],
        env=_environment(url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(f"{program} failed: {_reason(done.stderr)}")


def pour(archive: Path, *arguments: str, url: str) -> None:
    """Let psql run what pg_restore reads from `archive`, without the words lying on the disk in between.

    A pg_restore that fails half-way looks to psql like a short script: the arguments must end with statements
    that fail unless everything came, in the same transaction.
    """
    options = ["--no-owner", "--no-privileges", "--file=-", str(archive)]
    environment = _environment(url)
    with tempfile.TemporaryFile() as said:
        reading = subprocess.Popen(  # noqa: S603  (fixed programs with our own arguments)
            [_find("pg_restore"), *options], env=environment, stdout=subprocess.PIPE, stderr=said
        )
        assert reading.stdout is not None
        done = subprocess.run(  # noqa: S603
            [_find("psql"), *arguments],
            env=environment,
            stdin=reading.stdout,
            capture_output=True,
            check=False,
        )
        reading.stdout.close()
        if reading.wait() and not done.returncode:
            said.seek(0)
            raise BackupFailed(f"pg_restore failed: {_reason(said.read())}")
    if done.returncode:
        raise BackupFailed(f"psql failed: {_reason(done.stderr)}")


def _reason(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines() or ["it said nothing"]
    return next((line for line in lines if "error:" in line.lower()), lines[-1])


def _find(program: str) -> str:
    """Debian keeps the programs of each version in a folder of its own; the newest can read older servers."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True
    )
    found = next((str(folder / program) for folder in folders if (folder / program).exists()), None)
    found = found or shutil.which(program)
    if not found:
        raise BackupFailed(f"{program} was not found. Install PostgreSQL's client programs, then try again.")
    return found


def _environment(url: str) -> dict[str, str]:
    address = make_url(url)
    named = {
        **{name: str(value) for name, value in address.query.items()},
        **({"host": address.host} if address.host else {}),
        **({"port": str(address.port)} if address.port else {}),
    }
    given = {VARIABLES[name]: value for name, value in named.items() if name in VARIABLES}
    if address.username:
        given["PGUSER"] = address.username
    if address.password:
        given["PGPASSWORD"] = str(address.password)
    return {**os.environ, **given, "PGDATABASE": address.database or "", "PGCONNECT_TIMEOUT": "10"}
