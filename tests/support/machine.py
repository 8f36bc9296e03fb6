"""What this machine allows: which databases and whether a browser. What is missing is skipped and said once.

With HAVEN_TEST_EVERYTHING=1, as CI sets it, a missing part fails instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import PostgresCopies, SqliteCopies
from tests.support.network import forbid_reaching_out
from tests.support.postgres import Cluster, prepare_folder, programs
from tests.support.shared_counts import server_program

FOLDER = "HAVEN_TEST_FOLDER"
HINTS = {
    "postgres": "PostgreSQL's programs were not found (Debian: apt-get install postgresql)",
    "redis": "Redis was not found (Debian: apt-get install redis-server)",
    "browser": "Chromium was not found (Debian: apt-get install chromium)",
}
skipped: Counter[str] = Counter()


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing() -> list[str]:
    present = {
        "postgres": programs() is not None,
        "redis": server_program() is not None,
        "browser": chromium() is not None,
    }
    return [name for name, there in present.items() if not there]


def _memory() -> Path | None:
    """A folder in memory with a gigabyte to spare, where commits cost nothing; None where there is none."""
    memory = Path("/dev/shm")  # noqa: S108  (a folder of our own is made inside)
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else None


WATCH = """
while kill -0 "$1" 2>/dev/null; do sleep 1; done
[ -e "$2/pg/server.pid" ] && kill -QUIT "$(cat "$2/pg/server.pid")" 2>/dev/null
rm -rf "$2"
"""


def _tidy_up_after_a_kill(folder: Path) -> None:
    """When this process ends in any way, the database server that it started ends too."""
    command = ["sh", "-c", WATCH, "watch", str(os.getpid()), str(folder)]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ).returncode = 0  # it ends by itself, a second after us


def _is_worker(config: pytest.Config) -> bool:
    """Whether this is one of xdist's processes, which share what the first process made."""
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    forbid_reaching_out()
    if _is_worker(config):
        return
    gaps = missing()
    if gaps and os.environ.get("HAVEN_TEST_EVERYTHING"):
        raise pytest.UsageError("; ".join(HINTS[gap] for gap in gaps))
    folder = Path(tempfile.mkdtemp(prefix="haven-", dir=_memory()))
    folder.chmod(0o711)  # the database server's user passes through
    os.environ[FOLDER] = str(folder)
    _tidy_up_after_a_kill(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_worker(config) or FOLDER not in os.environ:
        return
    folder = Path(os.environ.pop(FOLDER))
    if bin_folder := programs():
        Cluster(folder / "pg", bin_folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for gap in missing():
        for item in items:
            if item.get_closest_marker(gap):
                item.add_marker(pytest.mark.skip(reason=HINTS[gap]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, (tuple, list)):
        skipped[str(report.longrepr[2]).removeprefix("Skipped: ")] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, count in skipped.items():
        terminalreporter.write_line(f"Skipped {count} tests: {reason}.", yellow=True, bold=True)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder of this run's own, in memory where the machine offers that."""
    return Path(os.environ[FOLDER])


@pytest.fixture(scope="session")
def sqlite_copies(run_folder: Path) -> SqliteCopies:
    return SqliteCopies(run_folder)


@pytest.fixture(scope="session")
def postgres_copies(run_folder: Path) -> PostgresCopies:
    bin_folder = programs()
    assert bin_folder is not None, "a test that uses PostgreSQL must carry the mark `postgres`"
    prepare_folder(run_folder / "pg")
    return PostgresCopies(Cluster(run_folder / "pg", bin_folder))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    copies: SqliteCopies | PostgresCopies = request.getfixturevalue(f"{request.param}_copies")
    with copies.fresh() as url:
        yield url
