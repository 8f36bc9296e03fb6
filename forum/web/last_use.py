"""When a session was last used: the only write that a GET makes besides read marks, at most once in five minutes."""

from __future__ import annotations

import structlog
from flask import Flask, request
from sqlalchemy.exc import DBAPIError

from forum import clock
from forum.actions import sessions
from forum.web.login import current_viewer
from forum.web.parts import database

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Note the use before the view runs."""

    @app.before_request
    def note() -> None:
        if request.endpoint in (None, "static"):
            return
        person = current_viewer()
        now = clock.now()
        if person is None or now - person.last_used_at < sessions.NOTED_EVERY:
            return
        try:
            with database().transaction(at_most=0.2) as session:
                sessions.note_use(session, person.session_id, person.role, at=now)
        except DBAPIError as error:  # a page that can be read is worth more than its time stamp
            log.warning("last_use_not_noted", error=type(error.orig).__name__)
