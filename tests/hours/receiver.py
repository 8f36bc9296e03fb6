"""A receiver of pages on this machine, as an organisation would run one: it keeps what it got and answers as told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers with `status`, after `wait` seconds, and sends on to `location` where that is set."""

    url: str = ""
    status: int = 204
    wait: float = 0.0
    location: str | None = None
    got: list[Received] = field(default_factory=list)


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """Serve until the block ends."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            told.got.append(Received(self.path, dict(self.headers), body))
            time.sleep(told.wait)
            self.send_response(told.status)
            if told.location is not None:
                self.send_header("Location", told.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    told.url = f"http://127.0.0.1:{server.server_port}/page"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
