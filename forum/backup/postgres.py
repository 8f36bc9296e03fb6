"""PostgreSQL's own programs, found and run so that no password is on a command line and no error is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
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
    command = [_find(program), *arguments]
    done = subprocess.run(  # noqa: S603  (a fixed program with our own arguments)
        command, env=_environment(url), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        said = next((line for line in lines if "error:" in line.lower()), lines[-1])
        raise BackupFailed(f"{program} failed: {said}")


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
