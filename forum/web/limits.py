"""Rate limits, so that no program can hammer the doors. People hardly meet them; they see a calm page with their words.

The slow-down after wrong pass-phrases is another thing (`forum/actions/throttle.py`): that one is exact and in
the database, these are rough and in memory (or in Redis, for several processes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter

from forum.config import Settings
from forum.web.guards import SAFE
from forum.web.login import current_viewer
from forum.web.network import network
from forum.web.parts import keyring

EVERY_POST = "120 per minute"
"""By one signed-in browser, or by one address."""
DOORS: Mapping[str, str] = {
    "sign_up.start": "60 per hour",
    "sign_up.rules": "60 per hour",
    "sign_up.account": "30 per hour",
    "account.sign_in": "120 per hour",
    "account.code": "120 per hour",
    "account.recover": "60 per hour",
}
"""POSTs by one address; many people can share one."""


def install(app: Flask, settings: Settings) -> None:
    """Put the limits on. Call it when every view is registered."""
    app.config.setdefault("RATELIMIT_ENABLED", settings.limits_on)
    limiter = Limiter(
        _caller,
        app=app,
        default_limits=[EVERY_POST],
        default_limits_exempt_when=_only_reads,
        default_limits_per_method=False,
        storage_uri=settings.rate_limit_storage,
        in_memory_fallback_enabled=settings.rate_limit_storage != "memory://",
        headers_enabled=False,
    )
    app.extensions["haven_limiter"] = limiter  # its own decorators hold it weakly
    _leave_reading_alone(app, limiter)
    for endpoint, limit in DOORS.items():
        view: Callable[..., Any] = app.view_functions[endpoint]
        limited: Callable[..., Any] = limiter.limit(
            limit, key_func=_address, methods=["POST"], override_defaults=False
        )(view)
        app.view_functions[endpoint] = limited


def _leave_reading_alone(app: Flask, limiter: Limiter) -> None:
    """No limit counts a page that is only read, so none is looked up for it: that costs more than the reader's name."""
    checks = app.before_request_funcs[None]
    for place, check in enumerate(checks):
        if getattr(check, "__self__", None) is limiter:
            checks[place] = _for_forms_alone(check)


def _for_forms_alone(check: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: None if request.method in SAFE else check()


def _only_reads() -> bool:
    return request.method in SAFE


def _address() -> str:
    return keyring().hmac("limit-network", network().encode())


def _caller() -> str:
    person = current_viewer()
    return _address() if person is None else keyring().hmac("limit-session", str(person.session_id).encode())
