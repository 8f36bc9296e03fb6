"""The web process and the worker, started as a deployer starts them, and killed with no chance to tidy up."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from forum.config import ROOT

START_SECONDS = 60
PORTS = (12_000, 32_000)
_given: set[int] = set()


class Program:
    """One `flask` command that can be killed and started again. Its log is kept in a file."""

    def __init__(self, *command: str, settings: Mapping[str, str], log: Path) -> None:
        self.command = [sys.executable, "-m", "flask", "--app", "tests.proofs.fixed_site", *command]
        self.settings = {**os.environ, **settings, "HAVEN_ENV": "test", "PYTHONUNBUFFERED": "1"}
        self.log = log
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert self.running is None, "it is running already"
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL, to this one process and by its id; returns when it is gone."""
        assert self.running is not None
        assert self.running.poll() is None, f"it ended by itself: {self.last_words()}"
        self.running.send_signal(signal.SIGKILL)
        self.running.wait(timeout=20)
        self.running = None

    def stop(self) -> None:
        """At the end of a test, whatever happened."""
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait(timeout=20)
        self.running = None

    def faults(self) -> list[str]:
        """Lines of its log that tell of a mistake of ours."""
        mistakes = ('"view_failed"', '"program_failed"', '"worker_fault"', '"job_failed"', "Traceback")
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if any(mark in line for mark in mistakes)]

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]


def free_port() -> int:
    """A port of this machine that nobody listens at, and that is given to nobody else.

    Not one that the system hands out to those who call: while a server is down, its port would go to a client.
    """
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        if port in _given:
            continue
        _given.add(port)
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def wait_until_it_answers(port: int, program: Program) -> None:
    """Until the web process takes connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert program.running is not None
        assert program.running.poll() is None, program.last_words()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"it did not start: {program.last_words()}")
