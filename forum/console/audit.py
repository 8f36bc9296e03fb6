"""The auditors' desk: find events, read one, take a file that proves itself. No words of posts, no names."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum import clock
from forum.actions.auditing import TooManyExports, start_export
from forum.console import audit_filters, audit_words
from forum.db import Database
from forum.permissions import Action
from forum.queries import audit
from forum.web import sentences
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.parts import database, keyring
from forum.web.times import reader_zone
from moderation.audit import dictionary
from moderation.audit.export import Plan, lines
from moderation.audit.search import Filters
from moderation.proof.formats import Format
from moderation.verbs import Verb

bp = Blueprint("audit", __name__, url_prefix="/audit")

MEDIA = {Format.CSV: "text/csv; charset=utf-8", Format.JSONL: "application/x-ndjson; charset=utf-8"}
_CHUNK = 2**16

sentences.register(
    TooManyExports,
    sentences.Sentence(
        429,
        _l("That is a lot of exports in one hour"),
        _l("Each export is kept in the log, so we ask you to wait a little. Nothing was exported."),
        (_l("Wait until the hour is over, then try again."),),
    ),
)


@bp.get("")
@allows(Action.READ_AUDIT)
def index() -> ResponseReturnValue:
    """Events, newest first. The address holds the filters, so that a view can be kept and shared."""
    asked = audit_filters.read(request.args, reader_zone())
    return _list(asked, 422 if asked.errors else 200)


@bp.get("/<int:seq>")
@allows(Action.READ_AUDIT)
def event(seq: int) -> ResponseReturnValue:
    """One event, each field explained, and what else happened to the same subject."""
    with database().reading() as session:
        found = audit.one(session, viewer().role, seq) if seq < 2**63 else None
    if found is None:
        abort(404)
    return render_template(
        "console/audit/event.html",
        event=found.event,
        story=found.story,
        more=found.more,
        fields=audit_words.fields_of(found.event),
        about=audit_words.about(found.event),
        subject=audit_words.subject_filter(found.event),
    )


@bp.post("/export")
@allows(Action.EXPORT_AUDIT)
def export() -> ResponseReturnValue:
    """Record the export, then send the file. A filter makes it a filtered export, which says so."""
    asked = audit_filters.read(request.form, reader_zone())
    if request.form.get("format") not in set(Format):
        asked.errors["format"] = _("Please choose a form for the file.")
    if asked.errors:
        return _list(asked, 422)
    whole = request.form.get("scope") != "shown"
    with database().transaction() as session:
        plan = start_export(
            session,
            actor=actor(),
            form=Format(request.form["format"]),
            filters=Filters() if whole else asked.filters,
            at=clock.now(),
        )
    response = Response(_body(database(), plan), content_type=MEDIA[plan.format])
    name = f"audit-{'filtered' if plan.filtered else f'to-{plan.chain_seq}'}.{plan.format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/dictionary")
@allows(Action.READ_AUDIT)
def data_dictionary() -> ResponseReturnValue:
    """What every column, verb and field means, to keep beside an export."""
    return _download(f"# Data dictionary\n\n{dictionary.markdown()}", "audit-dictionary.md", "text/markdown")


@bp.get("/public-key")
@allows(Action.READ_AUDIT)
def public_key() -> ResponseReturnValue:
    """The key that checks an export."""
    return _download(keyring().public_pem, f"audit-key-{keyring().key_id}.pem", "application/x-pem-file")


def _list(asked: audit_filters.Asked, status: int) -> ResponseReturnValue:
    readable = not set(asked.errors) - {"format"}
    before, after = (
        audit_filters.number(request.args.get("before")),
        audit_filters.number(request.args.get("after")),
    )
    with database().reading() as session:
        found = audit.page(session, viewer().role, asked.filters, before=before, after=after)
    page = render_template(
        "console/audit/index.html",
        asked=asked,
        events=found.events
        if readable
        else [],  # all events, under a filter that says otherwise, would mislead
        readable=readable,
        standing=found.standing,
        verbs=[("", _("Every kind")), *((verb.value, verb.value) for verb in Verb)],
        about=audit_words.about,
        newer=readable and found.newer and url_for(".index", **asked.link, after=found.newer),
        older=readable and found.older and url_for(".index", **asked.link, before=found.older),
        first=url_for(".index", **asked.link) if readable and found.newer else None,
        key_id=keyring().key_id,
    )
    return page, status


def _body(source: Database, plan: Plan) -> Iterator[bytes]:
    """The file in pieces of some size: a line at a time would be a packet each."""
    waiting = bytearray()
    with source.reading() as session:
        for line in lines(session, plan):
            waiting += line
            if len(waiting) >= _CHUNK:
                yield bytes(waiting)
                waiting.clear()
    yield bytes(waiting)


def _download(text: str, name: str, kind: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
