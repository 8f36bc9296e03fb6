"""A private Redis for the tests, on a socket of its own. Tests that use it carry the mark `redis`."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

START_SECONDS = 10


def server_program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address and its process, so that a test can also take it away."""
    program = server_program()
    assert program is not None, "a test that uses Redis must carry the mark `redis`"
    socket = tmp_path / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not socket.exists() and server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert socket.exists(), "Redis did not start"
        yield f"redis+unix://{socket}", server
    finally:
        server.terminate()
        server.wait(START_SECONDS)
