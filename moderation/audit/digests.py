"""One chained event an hour stands for all of that hour's assessments, plainly shown posts included.

An assessment that is changed, removed or slipped in later no longer fits its hour's digest. Hours without
assessments have no event: the next digest's verification looks for strays between the hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.audit.actors import SOFTWARE
from moderation.audit.sealing import append
from moderation.models.judgement import AssessmentRow
from moderation.models.record import AuditEvent
from moderation.proof.canonical import canonical
from moderation.verbs import Verb

HOUR = timedelta(hours=1)
SETTLED = timedelta(minutes=10)
"""How long after its end an hour is digested: no transaction that judged a post in it is still under way."""

_LEFT_OUT = frozenset({"author_ref"})
"""Erasing an account may blank who wrote; the commitment in the row still binds the words."""

_ONLY_WHERE_SET = frozenset({"sample_chance"})
"""Columns younger than the first digests: left out where they are empty, so that old rows still fit their digest."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What the event of one hour carries."""

    count: int
    drawable: int
    first_id: int | None
    last_id: int | None
    digest: str


def compute(session: Session, hour: datetime) -> Digest:
    """The digest of the assessments of the hour that starts at `hour`, as they are now."""
    rows = (
        select(AssessmentRow)
        .where(AssessmentRow.assessed_at >= hour, AssessmentRow.assessed_at < hour + HOUR)
        .order_by(AssessmentRow.id)
        .execution_options(yield_per=500)
    )
    whole = hashlib.sha256()
    count, drawable, first_id, last_id = 0, 0, None, None
    for row in session.scalars(rows):
        whole.update(_written(row) + b"\n")
        count, first_id, last_id = count + 1, first_id or row.id, row.id
        drawable += bool(row.sample_chance)
        session.expunge(row)
    return Digest(count, drawable, first_id, last_id, whole.hexdigest())


def digest_hour(session: Session, hour: datetime, *, at: datetime) -> None:
    """Chain the digest of one complete hour."""
    found = compute(session, hour)
    fields: dict[str, Any] = {
        "from": hour,
        "to": hour + HOUR,
        "count": found.count,
        "drawable": found.drawable,
    }
    append(
        session,
        Verb.ASSESSMENTS_DIGESTED,
        actor=SOFTWARE,
        at=at,
        first_id=found.first_id,
        last_id=found.last_id,
        digest=found.digest,
        **fields,
    )


def hours_due(session: Session, at: datetime) -> Iterator[datetime]:
    """The settled hours with assessments and without a digest, oldest first, after an outage too."""
    seen = digested_until(session)
    while (hour := _next_hour(session, seen)) is not None and hour + HOUR + SETTLED <= at:
        yield hour
        seen = hour + HOUR


def digested_until(session: Session) -> datetime | None:
    """The end of the newest digested hour."""
    newest = (
        select(AuditEvent.fields)
        .where(AuditEvent.verb == Verb.ASSESSMENTS_DIGESTED.value)
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    )
    fields = session.scalar(newest)
    return None if fields is None else datetime.fromisoformat(fields["to"])


def _next_hour(session: Session, seen: datetime | None) -> datetime | None:
    earliest = select(func.min(AssessmentRow.assessed_at))
    if seen is not None:
        earliest = earliest.where(AssessmentRow.assessed_at >= seen)
    first = session.scalar(earliest)
    return None if first is None else first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _written(row: AssessmentRow) -> bytes:
    names = [column.name for column in AssessmentRow.__table__.columns if column.name not in _LEFT_OUT]
    values = {name: _exact(getattr(row, name)) for name in names}
    absent = [name for name in _ONLY_WHERE_SET if values[name] is None]
    return canonical({name: value for name, value in values.items() if name not in absent})


def _exact(value: Any) -> Any:
    """Scores are fractions: the shortest text that reads back as the same number stands for each."""
    match value:
        case float():
            return repr(value)
        case list() | tuple():
            return [_exact(part) for part in value]
        case dict():
            return {name: _exact(part) for name, part in value.items()}
    return value
