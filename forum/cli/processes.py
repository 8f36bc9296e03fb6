"""Several web processes on one address: forked from one that has loaded everything, so that they share its memory.

Each accepts from the same open socket. The first process only watches: one that ends is replaced, and all of them
end with it.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import structlog

log = structlog.get_logger()
LOOK_SECONDS = 1.0
NOT_SOONER_SECONDS = 1.0
"""A process that ends at once is not started again at once."""
WAITING = 1024
"""Connections that may wait for a process to take them."""


def can_fork() -> bool:
    """Windows cannot."""
    return hasattr(os, "fork")


def listening(host: str, port: int) -> socket.socket:
    """The one socket that all processes accept from."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind(address)
    opened.listen(WAITING)
    opened.setblocking(False)
    opened.set_inheritable(True)
    return opened


def apart(work: Callable[[], None]) -> bool:
    """Do something in a process of its own, so that its threads and its memory end with it. Whether it went well."""
    child = os.fork()
    if child == 0:
        _end_with(work)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def run(count: int, serve: Callable[[int], None]) -> None:
    """Keep `count` processes serving until this one is told to end. No thread may be running yet."""
    ending = threading.Event()
    running: dict[int, int] = {}

    def stop(_signal: int, _frame: FrameType | None) -> None:
        ending.set()
        for child in running:
            os.kill(child, signal.SIGTERM)

    gc.collect()
    gc.freeze()  # what is loaded stays shared: the collector does not write into it
    for number in range(count):
        running[_start(serve, number)] = number
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while running:
        child, status = os.waitpid(-1, 0)
        number = running.pop(child)
        if not ending.is_set():
            log.error("process_ended", place=number, status=os.waitstatus_to_exitcode(status))
            time.sleep(NOT_SOONER_SECONDS)
            running[_start(serve, number)] = number


def _start(serve: Callable[[int], None], number: int) -> int:
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        threading.Thread(target=_end_when_alone, args=(parent,), name="watch-parent", daemon=True).start()
        _end_with(lambda: serve(number))
    return child


def _end_when_alone(parent: int) -> None:
    """Nobody would replace or end this process any more."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)


def _end_with(work: Callable[[], None]) -> NoReturn:
    """Run `work` and leave without what the first process would do at its end."""
    code = 1
    try:
        work()
        code = 0
    except Exception as error:
        log.error("process_failed", error=type(error).__name__, exc_info=error)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
