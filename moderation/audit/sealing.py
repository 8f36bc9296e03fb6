"""The one door into the audit. An event is checked at once and sealed last of all, in the same transaction.

Sealing (giving `seq`, `prev_hash` and `hash`) waits for the moment before the commit, so that the lock on the
chain is held for a few milliseconds and is always the last one taken: two transactions cannot wait for each
other, and a rollback leaves no gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

from moderation.audit.actors import Actor, keyring_of, name_of
from moderation.audit.shapes import checked_code, checked_commitment, checked_fields
from moderation.models.record import AuditEvent
from moderation.proof.canonical import GENESIS, event_hash, moment
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb

_PENDING = "audit_pending"
_CHAIN_LOCK = 0x4841_5645_4E01
"""The advisory lock's number on PostgreSQL. SQLite has one writer at a time anyway."""


class Unsealed(RuntimeError):
    """Events were lost by a mistake in the code. Nothing else may continue as if all were well."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """An event that waits for the commit, and the transaction with its savepoints in which it was made."""

    columns: dict[str, Any]
    inside: tuple[SessionTransaction, ...]


def append(
    session: Session,
    verb: Verb,
    *,
    actor: Actor,
    at: datetime,
    subject: Subject | None = None,
    group: int | None = None,
    reason: str | None = None,
    policy: int | None = None,
    commitment: str | None = None,
    **fields: Any,
) -> None:
    """Record that `verb` happened. Raises `BadEvent` unless the fields are exactly the verb's."""
    moment(at)
    columns = {
        "occurred_at": at,
        "verb": Verb(verb).value,
        "actor": name_of(session, actor),
        "actor_role": checked_code(actor.role, "the actor's role", 20),
        "actor_kind": actor.kind.value,
        "subject_kind": None if subject is None else subject.kind.value,
        "subject_ref": None if subject is None else subject_ref(session, subject),
        "group_ref": group,
        "reason_code": checked_code(reason, "the reason"),
        "policy_version": policy,
        "commitment": checked_commitment(commitment),
        "fields": checked_fields(verb, fields),
    }
    if not session.in_transaction():
        session.begin()
    session.info.setdefault(_PENDING, []).append(_Pending(columns, _lineage(session)))


def subject_ref(session: Session, subject: Subject) -> str:
    """How the audit names a subject: a post by its number, a profile by its member's pseudonym."""
    if subject.kind is SubjectKind.PROFILE:
        return keyring_of(session).pseudonym(subject.id, "member")
    return str(subject.id)


def hold_chain(session: Session) -> None:
    """Wait for the right to extend the chain; it ends with the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:chain)"), {"chain": _CHAIN_LOCK})


def head_of(session: Session) -> tuple[int, str]:
    """The seq and hash of the newest event; 0 and the genesis hash where there is none."""
    newest = select(AuditEvent.seq, AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
    row = session.execute(newest).first()
    return (row.seq, row.hash) if row else (0, GENESIS)


def _lineage(session: Session) -> tuple[SessionTransaction, ...]:
    lineage = []
    step = session.get_nested_transaction() or session.get_transaction()
    while step is not None:
        lineage.append(step)
        step = step.parent
    return tuple(lineage)


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Give the waiting events their place in the chain. A savepoint's end is not yet a commit."""
    if session.in_nested_transaction() or not session.info.get(_PENDING):
        return
    session.flush()  # whatever can fail, fails before the chain is held
    pending: list[_Pending] = session.info.pop(_PENDING)
    hold_chain(session)
    seq, head = head_of(session)
    rows = []
    for waiting in pending:
        seq += 1
        row = {**waiting.columns, "seq": seq, "prev_hash": head}
        head = row["hash"] = event_hash(row)
        rows.append(row)
    session.execute(insert(AuditEvent), rows)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    """What was rolled back did not happen: its events go, those of an outer transaction stay."""
    pending: list[_Pending] = session.info.get(_PENDING, [])
    session.info[_PENDING] = [waiting for waiting in pending if rolled_back not in waiting.inside]


@event.listens_for(Session, "after_commit")
def _none_left_behind(session: Session) -> None:
    """An outer commit around a savepoint that nobody closed would pass `_seal` by: say so, loudly."""
    if not session.in_nested_transaction() and session.info.pop(_PENDING, None):
        raise Unsealed("a savepoint was left open when its transaction was committed")
