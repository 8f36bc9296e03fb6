"""Finding events: filters that are values, and pages that stay fast however long the chain is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from moderation.models.record import AuditEvent
from moderation.subject import SubjectKind
from moderation.verbs import Verb

PAGE = 50
STORY = 200
"""The most events shown of one subject's story."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; None asks for everything. `first` and `last` are numbers of events."""

    verb: Verb | None = None
    actor: str | None = None
    subject_kind: SubjectKind | None = None
    subject_ref: str | None = None
    group: int | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    first: int | None = None
    last: int | None = None

    def chosen(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def contiguous(self) -> bool:
        """Whether what is asked for is one stretch of the chain, which can be proved whole."""
        return not set(self.chosen()) - {"first", "last"}

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database. `until` is not included."""
        asked = {
            AuditEvent.verb: self.verb and self.verb.value,
            AuditEvent.actor: self.actor,
            AuditEvent.subject_kind: self.subject_kind and self.subject_kind.value,
            AuditEvent.subject_ref: self.subject_ref,
            AuditEvent.group_ref: self.group,
            AuditEvent.reason_code: self.reason,
        }
        found = [column == value for column, value in asked.items() if value is not None]
        if self.since is not None:
            found.append(AuditEvent.occurred_at >= self.since)
        if self.until is not None:
            found.append(AuditEvent.occurred_at < self.until)
        if self.first is not None:
            found.append(AuditEvent.seq >= self.first)
        if self.last is not None:
            found.append(AuditEvent.seq <= self.last)
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """One page, newest first. `newer` and `older` are numbers to go on from, None at an end."""

    events: Sequence[AuditEvent]
    newer: int | None = None
    older: int | None = None


def page(
    session: Session,
    filters: Filters,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE,
) -> Found:
    """The newest events, or those next to `before` or `after`, in one statement."""
    wanted = select(AuditEvent).where(*filters.conditions()).limit(size + 1)
    if after is not None:
        rows = list(session.scalars(wanted.where(AuditEvent.seq > after).order_by(AuditEvent.seq)))
        events = rows[:size][::-1]
        return Found(events, newer=_at(events, 0, there=len(rows) > size), older=_at(events, -1, there=True))
    if before is not None:
        wanted = wanted.where(AuditEvent.seq < before)
    rows = list(session.scalars(wanted.order_by(AuditEvent.seq.desc())))
    events = rows[:size]
    newer = _at(events, 0, there=before is not None)
    return Found(events, newer=newer, older=_at(events, -1, there=len(rows) > size))


def _at(events: Sequence[AuditEvent], index: int, *, there: bool) -> int | None:
    return events[index].seq if there and events else None


def one(session: Session, seq: int) -> AuditEvent | None:
    """The event with this number."""
    return session.get(AuditEvent, seq)


def story(session: Session, event: AuditEvent) -> Sequence[AuditEvent]:
    """Everything recorded about the event's subject, in order: judged, queued, claimed, decided, told."""
    if event.subject_ref is None:
        return []
    same = select(AuditEvent).where(
        AuditEvent.subject_kind == event.subject_kind, AuditEvent.subject_ref == event.subject_ref
    )
    return session.scalars(same.order_by(AuditEvent.seq).limit(STORY)).all()


def newest(session: Session, verb: Verb) -> AuditEvent | None:
    """The last event of a verb."""
    wanted = select(AuditEvent).where(AuditEvent.verb == verb.value).order_by(AuditEvent.seq.desc()).limit(1)
    return session.scalar(wanted)


def count_since(session: Session, verb: Verb, actor: str, since: datetime) -> int:
    """How often an actor did something since a moment."""
    counted = select(func.count(AuditEvent.seq)).where(
        AuditEvent.actor == actor, AuditEvent.verb == verb.value, AuditEvent.occurred_at > since
    )
    return session.scalar(counted) or 0


def extent(filters: Filters, up_to: int) -> Select[int, int, int]:
    """How many events there are, the first and the last, none newer than `up_to`."""
    counted = select(func.count(AuditEvent.seq), func.min(AuditEvent.seq), func.max(AuditEvent.seq))
    return counted.where(AuditEvent.seq <= up_to, *filters.conditions())
