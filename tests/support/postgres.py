"""A private PostgreSQL for the tests: made by initdb, reached by a socket in its folder, stopped by its id.

The server refuses to run as root, so under root it runs as the `postgres` user. Durability is switched off:
nothing in it outlives the run.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "listen_addresses": "",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
}
START_SECONDS = 60


def programs() -> Path | None:
    """The folder with initdb and postgres of the newest version, or None where PostgreSQL is missing."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    folders = [*reversed(candidates), *([Path(found).resolve().parent] if found else [])]
    return next((folder for folder in folders if _complete(folder)), None)


def _complete(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("initdb", "postgres", "pg_dump", "pg_restore"))


class Cluster:
    """One server for the whole run, shared by every test process through `folder`."""

    def __init__(self, folder: Path, bin_folder: Path, options: Mapping[str, str] = FAST) -> None:
        self.folder = folder
        self.bin = bin_folder
        self.options = options

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def run(self, statement: str) -> None:
        """One statement outside any transaction, as CREATE DATABASE needs."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as server:
            server.execute(statement.encode())

    def exists(self, database: str) -> bool:
        with self._connect() as server:
            row = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        return row is not None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held by the one test process that starts the server or makes the template."""
        with (self.folder / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def start_once(self) -> None:
        with self.lock():
            if not self._pid_file.exists():
                self._start()

    @property
    def _pid_file(self) -> Path:
        return self.folder / "server.pid"

    def _start(self) -> None:
        data = self.folder / "data"
        initdb = f"{self.bin / 'initdb'} -U postgres -A trust -E UTF8 --no-locale -N".split()
        subprocess.run([*initdb, "-D", str(data)], check=True, stdout=subprocess.DEVNULL, **_as_server_user())
        options = [part for name, value in self.options.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("ab") as log:
            server = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(data), "-k", str(self.folder), *options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **_as_server_user(),
            )
        self._wait_until_it_answers(server)
        self._pid_file.write_text(str(server.pid), encoding="ascii")
        server.returncode = 0  # it outlives this process; `stop` ends it by id

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while server.poll() is None and time.monotonic() < deadline:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        server.kill()
        raise RuntimeError(
            f"PostgreSQL did not start:\n{(self.folder / 'server.log').read_text(errors='replace')}"
        )

    def stop(self) -> None:
        """End the server, by its id, without waiting for clients."""
        if not self._pid_file.exists():
            return
        pid = int(self._pid_file.read_text(encoding="ascii"))
        try:
            os.kill(pid, signal.SIGINT)  # "fast shutdown": open connections are closed
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline and not _ended(pid):
                time.sleep(0.02)
            if not _ended(pid):
                os.kill(pid, signal.SIGQUIT)
        except ProcessLookupError:
            pass


def _ended(pid: int) -> bool:
    """Whether the process is gone; a child of ours is also collected."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _as_server_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


def prepare_folder(folder: Path) -> None:
    """Let the server's user write here. The path to it must be open to that user too."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
