"""No test reaches out of this machine: a connection to anywhere but loopback is an error where it is made."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any


class ReachedOut(RuntimeError):
    """A test, or a library under it, tried to call another host."""


def _is_here(host: object) -> bool:
    if host in {"localhost", "", None, b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not _is_here(arguments[1][0]):
        raise ReachedOut(f"connecting to {arguments[1][0]}")
    if event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise ReachedOut(f"looking up {arguments[0]}")


def forbid_reaching_out() -> None:
    """From here on, for the whole process: an audit hook cannot be taken away again."""
    sys.addaudithook(_watch)
