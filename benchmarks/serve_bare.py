"""Serves the yardstick as `flask serve --processes` serves Haven: the same server, threads and processes."""

from __future__ import annotations

import sys

from waitress import serve

from benchmarks.bare import from_environment
from forum.cli import processes

if __name__ == "__main__":
    count, port = int(sys.argv[1]), int(sys.argv[2])
    app = from_environment()
    shared = processes.listening("127.0.0.1", port)
    processes.run(count, lambda _number: serve(app, sockets=[shared], threads=4, ident=None), shared)
