"""Checking the chain where it lives: every event, every checkpoint, every hour's digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.audit.actors import Actor
from moderation.audit.checkpoints import signed_part
from moderation.audit.digests import compute
from moderation.audit.sealing import append
from moderation.models.judgement import AssessmentRow
from moderation.models.record import AuditCheckpoint, AuditEvent
from moderation.proof.canonical import COLUMNS, GENESIS
from moderation.proof.chain import Walk
from moderation.proof.signatures import is_signed, key_id_of
from moderation.verbs import Verb


@dataclass(slots=True)
class Outcome:
    """What the check found. No problems means that all is well."""

    events: int = 0
    head: str | None = None
    checkpoints: int = 0
    digests: int = 0
    problems: list[str] = field(default_factory=list)


def verify(session: Session, key: Ed25519PublicKey) -> Outcome:
    """Check everything against the service's public key. Reads only."""
    outcome = Outcome()
    checkpoints = {made.seq: made for made in session.scalars(select(AuditCheckpoint))}
    outcome.checkpoints = len(checkpoints)
    hours = []
    walk = Walk().starting_at(1, GENESIS)
    try:
        for event in _chain(session):
            problem = walk.step(event)
            if problem and not outcome.problems:  # after a break everything fails: the first says where
                outcome.problems.append(f"The chain is broken: {problem}.")
            if event["verb"] == Verb.ASSESSMENTS_DIGESTED.value:
                hours.append(event)
            if (made := checkpoints.pop(event["seq"], None)) is not None:
                outcome.problems += _checkpoint_problems(made, event["hash"], key)
    except ValueError:  # no value of its column: text where a time should be, broken JSON
        outcome.problems.append(f"The chain is broken: an event after {walk.seq} cannot be read.")
        return outcome
    for seq in sorted(checkpoints):
        outcome.problems.append(
            f"The chain was cut off: a checkpoint names event {seq}, the chain ends at {walk.seq}."
        )
    outcome.events, outcome.head, outcome.digests = walk.count, walk.head if walk.count else None, len(hours)
    outcome.problems += _digest_problems(session, hours)
    return outcome


def record(session: Session, outcome: Outcome, *, actor: Actor, at: datetime) -> None:
    """Put the check itself in the audit, so that an auditor sees when the last one was."""
    append(
        session,
        Verb.AUDIT_VERIFIED,
        actor=actor,
        at=at,
        events=outcome.events,
        head=outcome.head,
        problems=len(outcome.problems),
    )


def _chain(session: Session) -> Iterator[dict[str, Any]]:
    table = AuditEvent.__table__
    columns = select(*(table.c[name] for name in COLUMNS)).order_by(AuditEvent.seq)
    for row in session.execute(columns.execution_options(yield_per=1000)):
        yield dict(row._mapping)


def _checkpoint_problems(made: AuditCheckpoint, head: str, key: Ed25519PublicKey) -> Iterator[str]:
    if made.head != head:
        yield f"The chain was rewritten: event {made.seq} is not the one that a checkpoint signed."
    if made.key_id != key_id_of(key):
        yield f"The checkpoint at event {made.seq} was signed with another key ({made.key_id})."
    elif not is_signed(key, made.signature, signed_part(made)):
        yield f"The checkpoint at event {made.seq} is forged: its signature is not by this key."


def _digest_problems(session: Session, hours: list[dict[str, Any]]) -> Iterator[str]:
    covered, end = 0, None
    for event in hours:
        fields = event["fields"]
        start, end = datetime.fromisoformat(fields["from"]), datetime.fromisoformat(fields["to"])
        found = compute(session, start)
        covered += found.count
        recorded = tuple(fields[name] for name in ("count", "first_id", "last_id", "digest"))
        drawable = fields.get(
            "drawable", found.drawable
        )  # events of before samples were drawn say nothing of it
        if (*recorded, drawable) != (
            found.count,
            found.first_id,
            found.last_id,
            found.digest,
            found.drawable,
        ):
            yield (
                f"The assessments from {fields['from']} are not those that event {event['seq']} stands for: "
                f"it counted {fields['count']}, there are {found.count}."
            )
    if end is not None:
        there = (
            session.scalar(select(func.count(AssessmentRow.id)).where(AssessmentRow.assessed_at < end)) or 0
        )
        if there > covered:
            yield f"There are {there - covered} assessments in hours that no digest stands for."
