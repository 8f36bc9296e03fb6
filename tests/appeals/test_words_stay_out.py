"""What authors and staff write in appeals and complaints is in no audit event, no log line, no list."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from forum.db import Database
from forum.models import Notice, PostState
from moderation.models import AuditEvent
from tests.appeals.cases import OUR_WORDS, THEIR_WORDS, decided
from tests.review.desk import a_desk
from tests.support.client import CheckingClient

CANARIES = ("canary-appeal", "canary-answer", "canary-complaint", "canary-reply")


def test_no_words_in_the_audit_the_notices_or_the_log(
    client: CheckingClient,
    another_client: CheckingClient,
    database: Database,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with database.transaction() as session:
        desk = a_desk(session, state=PostState.SHOWN)
        decision = decided(session, desk)
    client.sign_in(desk.author)
    page = client.get(f"/decisions/{decision.id}/appeal")
    page.submit(page.form("Send it").fill(text=THEIR_WORDS))
    page = client.get("/complaints/new")
    page.submit(page.form("Send it").fill(kind="other", text="canary-complaint: slow"))
    another_client.sign_in(desk.other)
    for button in ("Take this one", "Open the words"):
        page = another_client.get(f"/review/{desk.item.id}")
        page.submit(page.form(button))
    page = another_client.get(f"/review/{desk.item.id}")
    form = page.form("Settle it and tell the author")
    page.submit(form.fill(appeal_outcome="appeal_upheld", appeal_reason="appeal_rule_fits", answer=OUR_WORDS))
    another_client.sign_in(desk.lead)
    page = another_client.get("/review/complaints/1")
    page.submit(page.form("Send the answer").fill(outcome="partly", answer="canary-reply: sorry"))

    with database.reading() as session:
        rows = session.execute(select(AuditEvent.verb, AuditEvent.fields, AuditEvent.reason_code)).all()
        record = json.dumps([list(row) for row in rows], default=str)
        kept = json.dumps(session.scalars(select(Notice.data)).all())
    written = capfd.readouterr()
    listed = another_client.get("/review").body + another_client.get("/review/complaints?state=all").body
    for where in (record, kept, written.out, written.err, listed):
        assert not any(canary in where for canary in CANARIES)
    assert "appeal.decided" in record
    assert '"route": "/decisions/<int:decision_id>/appeal"' in written.err
