"""The whole site on a loopback port, served by waitress as it is for people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

STOP_SECONDS = 10


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` from a thread of this process until the block ends; gives its address.

    Everything is closed by the thread that serves: closed from outside, waitress may be in the middle of waiting
    on what is being closed, or of answering a last request for it.
    """
    sockets: dict[int, object] = {}
    server = create_server(
        app, map=sockets, host="127.0.0.1", port=0, threads=4, clear_untrusted_proxy_headers=True
    )
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            wasyncore.loop(timeout=1, map=sockets, count=1)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(map=sockets)

    thread = threading.Thread(target=serve, name="live-site", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        ending.set()
        server.pull_trigger()
        thread.join(STOP_SECONDS)
        assert not thread.is_alive(), "the live site did not stop"
