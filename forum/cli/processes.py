"""Several web processes on one address: forked from one that has loaded everything, so that they share its memory.

Each accepts from the same open socket. The first process gives its own memory up and only watches from then on
(`watcher.py`): one that ends is replaced, and all of them end with it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import structlog

log = structlog.get_logger()
LOOK_SECONDS = 1.0
WAITING = 1024
"""Connections that may wait for a process to take them."""
WATCHER = Path(__file__).with_name("watcher.py")
ENDINGS = (signal.SIGTERM, signal.SIGINT)


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


def inherited(number: int) -> socket.socket:
    """The same socket in a process that replaces another."""
    opened = socket.socket(fileno=number)
    opened.setblocking(False)
    return opened


def apart(work: Callable[[], None]) -> bool:
    """Do something in a process of its own, so that its threads and its memory end with it. Whether it went well."""
    child = os.fork()
    if child == 0:
        _end_with(work)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def run(count: int, serve: Callable[[int], None], shared: socket.socket) -> NoReturn:
    """Keep `count` processes serving until this one is told to end. No thread may be running yet."""
    gc.collect()
    gc.freeze()  # what is loaded stays shared: the collector does not write into it
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # until the watcher can pass them on
    processes = {_start(serve, number): number for number in range(count)}
    told = {
        "socket": shared.fileno(),
        "processes": processes,
        "replace": [sys.executable, *sys.orig_argv[1:]],
    }
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-I", "-S", str(WATCHER), json.dumps(told)])  # noqa: S606 - ours


def end_with(watcher: int) -> None:
    """End this process when the one that watches it has ended: nobody would replace or end it any more."""
    threading.Thread(target=_look_for, args=(watcher,), name="watch-parent", daemon=True).start()


def _start(serve: Callable[[int], None], number: int) -> int:
    watcher = os.getpid()
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        end_with(watcher)
        _end_with(lambda: serve(number))
    return child


def _look_for(watcher: int) -> None:
    while os.getppid() == watcher:
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
