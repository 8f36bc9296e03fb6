"""Signed statements of how long the chain is and how it ends, so that a cut-off tail is noticed.

Hourly by the worker and before every export. Keep copies elsewhere: whoever holds both the database and the
keys could write another history, but not one that agrees with a checkpoint that has left the house.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.audit.actors import keyring_of
from moderation.audit.sealing import head_of, hold_chain
from moderation.models.record import AuditCheckpoint
from moderation.proof.canonical import moment
from moderation.proof.signatures import statement


def checkpoint(session: Session, at: datetime) -> AuditCheckpoint | None:
    """Sign the chain as it stands before this transaction's own events. None where there is nothing to sign.

    Where the chain has not grown since the last checkpoint, that one is returned.
    """
    hold_chain(session)
    seq, head = head_of(session)
    if seq == 0:
        return None
    if (known := latest(session)) is not None and known.seq == seq:
        return known
    keyring = keyring_of(session)
    made = AuditCheckpoint(seq=seq, head=head, made_at=at, key_id=keyring.key_id)
    made.signature = keyring.sign(signed_part(made))
    session.add(made)
    session.flush()
    return made


def signed_part(made: AuditCheckpoint) -> bytes:
    """The bytes that a checkpoint's signature covers. The chain has no gaps, so `count` is `seq`."""
    content = {"seq": made.seq, "head": made.head, "count": made.seq, "made_at": moment(made.made_at)}
    return statement("checkpoint", {**content, "key_id": made.key_id})


def latest(session: Session) -> AuditCheckpoint | None:
    """The newest checkpoint."""
    return session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.seq.desc()).limit(1))
