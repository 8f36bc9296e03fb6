"""Handing a page to a receiver that the organisation runs: signed, without a word of anybody, straight and once.

It follows no redirect and uses no proxy, so that ids go to the one address that was set and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import ssl
import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
)

SIGNATURE = "Haven-Signature"
DELIVERY = "Haven-Delivery"
SHORTEST_SECRET = 32
PATIENCE = 5.0
"""Seconds for each step of the connection."""


class Outcome(StrEnum):
    """How a try went."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The receiver answered, with something else than success."""
    REDIRECTED = "redirected"
    LATE = "late"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    """Its certificate does not fit."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Of the receiver's own words nothing is kept."""

    outcome: Outcome
    status: int | None
    milliseconds: int


def fits(url: str) -> bool:
    """Whether a page may go there: over https, or in clear to this machine alone."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over `timestamp.body`, in hex: who has the secret can tell that it is ours, and how old."""
    return hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()


def send(
    url: str, secret: str, body: bytes, *, delivery: str, at: datetime, patience: float = PATIENCE
) -> Answer:
    """POST `body` and say how it went. `delivery` is the same at every try, so that a receiver can tell repeats."""
    if not fits(url):
        raise ValueError("a page goes over https, or to this machine")
    timestamp = int(at.timestamp())
    request = Request(  # noqa: S310 - `fits` has looked at the scheme
        url,
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json",
            "User-Agent": "Haven",
            SIGNATURE: f"t={timestamp},v1={signature(secret, timestamp, body)}",
            DELIVERY: delivery,
        },
    )
    began = time.monotonic()
    outcome, status = _try(request, patience)
    return Answer(outcome, status, round((time.monotonic() - began) * 1000))


def _try(request: Request, patience: float) -> tuple[Outcome, int | None]:
    try:
        with _opener().open(request, timeout=patience) as answer:
            return Outcome.DELIVERED, answer.status
    except HTTPError as refusal:
        refusal.close()
        return Outcome.REDIRECTED if 300 <= refusal.code < 400 else Outcome.REFUSED, refusal.code
    except URLError as problem:
        return _why(problem.reason), None
    except (OSError, http.client.HTTPException) as problem:
        return _why(problem), None


def _why(reason: object) -> Outcome:
    if isinstance(reason, TimeoutError):
        return Outcome.LATE
    return Outcome.UNTRUSTED if isinstance(reason, ssl.SSLCertVerificationError) else Outcome.UNREACHABLE


def _opener() -> OpenerDirector:
    """Only these handlers: none that follows redirects, asks a proxy or reads files."""
    opener = OpenerDirector()
    for handler in (HTTPHandler(), HTTPSHandler(), HTTPErrorProcessor(), HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    return opener


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
