"""Servers under measurement: started as they are for people, watched through /proc, ended by their own ids."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 120.0
PROCESSES = 2


class DidNotStart(Exception):
    """The server ended, or never answered."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes: what each worker holds, and what they hold together when shared pages count once."""

    resident: tuple[float, ...]
    together: float


class Server:
    """One command that serves with `PROCESSES` workers on a port of its own."""

    def __init__(self, name: str, command: list[str], surroundings: Mapping[str, str]) -> None:
        self.name = name
        self.port = free_port()
        self.began = time.perf_counter()
        self.program = subprocess.Popen(
            [sys.executable, *command, str(self.port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **surroundings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self, path: str) -> tuple[float, float]:
        """Until it answers `path`: seconds on the clock, and seconds of CPU in all its processes."""
        while time.perf_counter() - self.began < START_SECONDS:
            if self.program.poll() is not None:
                raise DidNotStart(f"{self.name} ended with {self.program.returncode}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=0.2):
                    pass
                answer, _body = Connection(self.port, "").get(path)
            except OSError:
                time.sleep(0.01)
                continue
            seconds = time.perf_counter() - self.began
            if answer == 200:
                return seconds, sum(map(cpu_seconds, [self.program.pid, *self.workers()]))
        raise DidNotStart(f"{self.name} did not answer")

    def workers(self) -> list[int]:
        """The processes that answer."""
        pid = self.program.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [int(child) for child in found]

    def cpu(self) -> float:
        """Seconds of CPU that the workers have used."""
        return sum(map(cpu_seconds, self.workers()))

    def memory(self) -> Memory:
        resident, together = [], 0.0
        for pid in self.workers():
            rolled = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            resident.append(_kilobytes(rolled, "Rss") / 1024)
        for pid in [self.program.pid, *self.workers()]:
            rolled = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            together += _kilobytes(rolled, "Pss") / 1024
        return Memory(tuple(resident), together)

    def stop(self) -> None:
        self.program.terminate()
        try:
            self.program.wait(20)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()


class Connection:
    """One browser's connection, kept open."""

    def __init__(self, port: int, cookie: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}

    def get(self, path: str) -> tuple[int, bytes]:
        return self._send("GET", path)

    def post(self, path: str, body: str) -> tuple[int, bytes]:
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _send(
        self, method: str, path: str, body: str | None = None, more: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        self._http.request(method, path, body, {**self._headers, **(more or {})})
        answer = self._http.getresponse()
        return answer.status, answer.read()


def haven(url: str, instance: Path, *, model: bool = True, name: str = "haven") -> Server:
    """Haven on a database that is filled, with the model that ships or with none."""
    surroundings = {
        "HAVEN_ENV": "demo",
        "HAVEN_INSTANCE": str(instance),
        "HAVEN_DATABASE_URL": url,
        "HAVEN_RATE_LIMITS": "false",
        "HAVEN_EMBEDDED_WORKER": "false",
    }
    if not model:
        surroundings["HAVEN_MODEL_DIR"] = str(instance / "no-model")
    command = ["-m", "flask", "--app", "wsgi", "serve", "--processes", str(PROCESSES), "--port"]
    return Server(name, command, surroundings)


def bare(url: str, around: Path) -> Server:
    """The yardstick, by the same server and as many processes."""
    return Server(
        "bare",
        ["-m", "benchmarks.serve_bare", str(PROCESSES)],
        {"BARE_DATABASE": url, "BARE_AROUND": str(around)},
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float:
    """User and system time of one process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kilobytes(rolled: str, what: str) -> int:
    found = re.search(rf"^{what}:\s+(\d+) kB", rolled, re.MULTILINE)
    assert found is not None
    return int(found[1])
