"""Faults become pages: a clear sentence, the right status, the typed words kept, and help beside it."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from forum.permissions import Action, Refused
from forum.web import login, sentences
from forum.web.guards import SAFE, ForeignRequest, Undeclared, from_elsewhere
from forum.web.identity import NotSignedIn
from forum.web.kept import has_words, kept_fields
from forum.web.next_page import own_path
from forum.web.sentences import Sentence

log = structlog.get_logger()
PRIVATE = frozenset({Action.READ_GROUP, Action.SEE_QUEUE, Action.READ_AUDIT, Action.SEE_ADMIN})
"""Where even existence is private, a refusal looks like a page that is not there."""
BUSY = ("locked", "lock timeout", "busy", "deadlock", "could not serialize", "connection", "timeout")
SUBMISSION = "submission"
"""The hidden field that names one filled-in form."""
FULL = ("disk is full", "no space left", "diskfull", "could not extend")


def install(app: Flask) -> None:
    """Register a page for each kind of fault."""
    app.register_error_handler(NotSignedIn, _sign_in)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Undeclared, _undeclared)
    app.register_error_handler(ForeignRequest, lambda _error: page(sentences.FOREIGN))
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _anything)


def page(
    sentence: Sentence, *, retry: bool = False, sign_in: bool = False, **more: Any
) -> ResponseReturnValue:
    """Render one error page. `retry` offers a button that sends the same form again, with a fresh token.

    What another site sent is not offered again: nobody here typed it.
    """
    if sentence.status >= 500:
        login.ask_no_more()
    fields = [] if request.method in SAFE or from_elsewhere() else kept_fields()
    if sentence.anew:
        fields = [field for field in fields if field.name != SUBMISSION]
    resend = (
        {"action": own_path(request.full_path.rstrip("?")) or "/", "fields": fields}
        if fields and (retry or has_words(fields))
        else None
    )
    error = {
        "status": sentence.status,
        "title": sentence.title,
        "sentence": sentence.text,
        "steps": list(sentence.steps),
        "retry": resend,
        "sign_in": sign_in,
        **more,
    }
    return render_template("errors/error.html", error=error), sentence.status


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return page(sentences.FOREIGN) if from_elsewhere() else page(sentences.FORM_EXPIRED, retry=True)


def _sign_in(_error: Exception) -> ResponseReturnValue:
    if request.method in SAFE:
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")), code=303)
    return page(sentences.BY_STATUS[401], sign_in=True)


def _refused(error: Refused) -> ResponseReturnValue:
    return page(sentences.BY_STATUS[404 if error.action in PRIVATE else 403])


def _undeclared(error: Undeclared) -> ResponseReturnValue:
    log.error("view_undeclared", endpoint=str(error))
    return page(sentences.BY_STATUS[403])


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    fallback = sentences.BY_STATUS[500 if status >= 500 else 400]
    sentence = sentences.BY_STATUS.get(status) or Sentence(
        status, fallback.title, fallback.text, fallback.steps
    )
    return page(sentence, retry=status in (429, 503))


def _database(error: DBAPIError) -> ResponseReturnValue:
    cause = str(error.orig).lower()
    log.error("database_fault", error=type(error.orig).__name__, request_id=g.get("request_id"))
    if any(mark in cause for mark in FULL):
        return page(sentences.FULL_DISK, retry=True)
    if isinstance(error, OperationalError) or any(mark in cause for mark in BUSY):
        return page(sentences.BY_STATUS[503], retry=True)
    return page(sentences.BY_STATUS[500], retry=True)


def _anything(error: Exception) -> ResponseReturnValue:
    for kind in type(error).__mro__:
        if kind in sentences.BY_ERROR:
            return page(sentences.BY_ERROR[kind], retry=True)
    log.error("view_failed", error=type(error).__name__, request_id=g.get("request_id"), exc_info=error)
    return page(sentences.BY_STATUS[500], retry=True)
