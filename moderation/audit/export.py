"""The audit as a file that proves itself: CSV or JSON lines with a signed end.

An export is an event too. It is recorded and committed before the first line leaves, and so stands after the
events that it is about: the file ends where the chain ended, and the next export shows who took this one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.audit.actors import Actor, keyring_of
from moderation.audit.checkpoints import checkpoint
from moderation.audit.sealing import append, head_of
from moderation.audit.search import Filters, extent
from moderation.models.record import AuditEvent
from moderation.proof.canonical import COLUMNS, moment, plain
from moderation.proof.formats import Format
from moderation.proof.trailer import Kind, Trailer
from moderation.verbs import Verb

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be in the file, decided once, so that the event and the file agree."""

    format: Format
    filters: Filters
    count: int
    first: int | None
    last: int | None
    chain_seq: int
    made_at: datetime

    @property
    def filtered(self) -> bool:
        return not self.filters.contiguous


def announce(session: Session, form: Format, filters: Filters, *, actor: Actor, at: datetime) -> Plan:
    """Decide what goes into the file, sign a checkpoint, and record the export. Commit before `lines`."""
    checkpoint(session, at)
    chain_seq, _ = head_of(session)
    count, first, last = session.execute(extent(filters, chain_seq)).one()
    plan = Plan(form, filters, count, first, last, chain_seq, at)
    append(
        session,
        Verb.AUDIT_EXPORTED,
        actor=actor,
        at=at,
        format=form,
        events=count,
        first=first,
        last=last,
        filtered=plan.filtered,
        filters=filters.chosen(),
    )
    return plan


def lines(session: Session, plan: Plan) -> Iterator[bytes]:
    """The file, a line at a time, the signed trailer last. What was written is what is signed."""
    digest = hashlib.sha256(plan.format.header)
    if plan.format.header:
        yield plan.format.header
    count, first, last = 0, None, None
    for event in _events(session, plan):
        line = plan.format.event_line(event)
        digest.update(line)
        count, first, last = count + 1, first or event, event
        yield line
    keyring = keyring_of(session)
    trailer = Trailer(
        kind=Kind.FILTERED if plan.filtered else Kind.CONTIGUOUS,
        first=first["seq"] if first else None,
        last=last["seq"] if last else None,
        count=count,
        head=last["hash"] if last else None,
        prev_hash=first["prev_hash"] if first else None,
        sha256=digest.hexdigest(),
        chain_seq=plan.chain_seq,
        filters=plain(plan.filters.chosen()),
        made_at=moment(plan.made_at),
        key_id=keyring.key_id,
    )
    signed = {**trailer.content(), "signature": keyring.sign(trailer.signed_part())}
    yield plan.format.trailer_line(signed)


def as_written(event: Any) -> dict[str, Any]:
    """A row with every column in its canonical form."""
    written: dict[str, Any] = plain({name: getattr(event, name) for name in COLUMNS})
    return written


def _events(session: Session, plan: Plan) -> Iterator[dict[str, Any]]:
    table = AuditEvent.__table__
    wanted = (
        select(*(table.c[name] for name in COLUMNS))
        .where(AuditEvent.seq <= plan.chain_seq, *plan.filters.conditions())
        .order_by(AuditEvent.seq)
        .execution_options(yield_per=_BATCH)
    )
    for row in session.execute(wanted):
        yield as_written(row)
