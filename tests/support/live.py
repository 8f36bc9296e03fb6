"""The whole site on a loopback port, served by waitress as it is for people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from waitress.server import create_server

STOP_SECONDS = 10


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` from a thread of this process until the block ends; gives its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4, clear_untrusted_proxy_headers=True)
    thread = threading.Thread(target=server.run, name="live-site", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(STOP_SECONDS)
        assert not thread.is_alive(), "the live site did not stop"
