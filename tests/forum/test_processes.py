"""`flask serve --processes`: several answer at one address, one that dies is replaced, all end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from forum.config import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc"),
]
SECONDS = 60


class Served:
    """The command, and what it started."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        surroundings = {
            **os.environ,
            "HAVEN_ENV": "test",
            "HAVEN_INSTANCE": str(folder),
            "HAVEN_DATABASE_URL": "",
            "HAVEN_EMBEDDED_WORKER": "false",
            "HAVEN_MODEL_DIR": str(folder / "none"),
        }
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--processes", "2", "--port"]
        self.program = subprocess.Popen(
            [*command, str(self.port)],
            cwd=ROOT,
            env=surroundings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def children(self) -> set[int]:
        pid = self.program.pid
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/help", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_for(self, what: str, seen: object) -> None:
        assert callable(seen)
        deadline = time.monotonic() + SECONDS
        while not seen():
            assert time.monotonic() < deadline, what
            time.sleep(0.1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    started = Served(tmp_path)
    try:
        started.wait_for("it answers", lambda: started.program.poll() is None and started.answers())
        yield started
    finally:
        started.program.kill()
        started.program.wait()


def test_a_process_that_dies_is_replaced_and_the_site_goes_on(served: Served) -> None:
    before = served.children()
    assert len(before) == 2
    lost = min(before)
    os.kill(lost, signal.SIGKILL)
    served.wait_for("another one", lambda: len(served.children() - {lost}) == 2)
    assert all(served.answers() for _try in range(6))


def test_replacements_answer_by_themselves_and_end_with_the_rest(served: Served) -> None:
    first = served.children()
    for child in first:
        os.kill(child, signal.SIGKILL)
    served.wait_for("others", lambda: len(served.children() - first) == 2)
    served.wait_for("they answer", served.answers)
    children = served.children()
    served.program.terminate()
    assert served.program.wait(SECONDS) == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_replacement_that_was_still_starting_is_not_left_behind(served: Served) -> None:
    before = served.children()
    os.kill(min(before), signal.SIGKILL)
    served.wait_for("another one", lambda: len(served.children() - {min(before)}) == 2)
    children = served.children()
    served.program.kill()
    served.program.wait()
    served.wait_for("they end", lambda: not any(is_running(child) for child in children))


def test_the_first_keeps_next_to_nothing(served: Served) -> None:
    resident = Path(f"/proc/{served.program.pid}/statm").read_text().split()[1]
    assert int(resident) * os.sysconf("SC_PAGE_SIZE") < 20 * 2**20


def test_all_of_them_end_when_the_first_is_told_to(served: Served) -> None:
    children = served.children()
    served.program.terminate()
    assert served.program.wait(SECONDS) == 0
    assert not served.answers()
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_none_is_left_behind_when_the_first_is_killed(served: Served) -> None:
    children = served.children()
    served.program.kill()
    served.program.wait()
    served.wait_for("they end", lambda: not any(is_running(child) for child in children))


def is_running(pid: int) -> bool:
    """Not gone, and not only waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
