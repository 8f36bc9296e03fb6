"""One id and one log line a request: route, status and time taken; never an address, a query or a word."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from flask import Flask, Request, Response, g, request
from werkzeug.datastructures import ImmutableMultiDict

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = structlog.get_logger()
PRINTED = "".join(map(chr, range(33, 127)))


class Named(ImmutableMultiDict[str, Any]):
    """Fields by name. A part of a multipart body may come without one: then it is no field, and not one called None."""

    def __init__(self, mapping: Any = None) -> None:
        named = [pair for pair in mapping if pair[0] is not None] if isinstance(mapping, list) else mapping
        super().__init__(named)


class PlainRequest(Request):
    """What a view need not think of.

    A query may come as any bytes: those outside ASCII are escaped, as browsers do, so that reading it never fails.
    HEAD asks for a page without its body, so to a view it is a GET: taken for "no GET", it would send the form.
    """

    parameter_storage_class = Named

    def __init__(self, environ: WSGIEnvironment, *more: Any, **most: Any) -> None:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe=PRINTED)
        super().__init__(environ, *more, **most)
        if self.method == "HEAD":
            self.method = "GET"


def install(app: Flask) -> None:
    """Number every request and log how it went."""
    app.request_class = PlainRequest

    @app.before_request
    def start() -> None:
        g.request_id = secrets.token_hex(8)
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        if request.endpoint != "static":
            log.info(
                "request",
                request_id=g.get("request_id"),
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
            )
        return response
