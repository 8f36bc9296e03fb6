"""What auditors read: events, one subject's story, and when the record was last signed and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from forum.models import Role
from forum.permissions import Action, require
from moderation.audit import checkpoints, search
from moderation.audit.search import Filters
from moderation.event_shapes import SHAPES
from moderation.models import AuditEvent
from moderation.verbs import Verb


@dataclass(frozen=True, slots=True)
class EventView:
    """One event for a page. Nothing in it is anybody's words or name."""

    seq: int
    occurred_at: datetime
    verb: str
    meaning: str
    actor: str
    role: str
    by_software: bool
    subject_kind: str | None
    subject_ref: str | None
    group: int | None
    reason: str | None
    policy: int | None
    commitment: str | None
    fields: Mapping[str, Any]
    explained: Mapping[str, str]
    """What each field holds, by its name."""
    prev_hash: str
    hash: str

    @property
    def item(self) -> int | None:
        """The review item that the event belongs to, if it names one."""
        item = self.fields.get("item")
        return item if isinstance(item, int) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """When the chain was last signed and checked, for the head of the page."""

    signed_up_to: int | None
    signed_at: datetime | None
    key_id: str | None
    checked_at: datetime | None
    checked_events: int
    problems: int


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the list."""

    events: Sequence[EventView]
    newer: int | None
    older: int | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event with the story of what it was about."""

    event: EventView
    story: Sequence[EventView]
    more: bool
    """The story is longer than what is shown."""


def page(
    session: Session, role: Role, filters: Filters, *, before: int | None = None, after: int | None = None
) -> AuditPage:
    """Events that fit, newest first. Three statements, whatever the length of the chain."""
    require(Action.READ_AUDIT, role)
    found = search.page(session, filters, before=before, after=after)
    return AuditPage([_view(event) for event in found.events], found.newer, found.older, _standing(session))


def one(session: Session, role: Role, seq: int) -> EventPage | None:
    """One event, or None where there is no such number."""
    require(Action.READ_AUDIT, role)
    event = search.one(session, seq)
    if event is None:
        return None
    story = search.story(session, event)
    return EventPage(_view(event), [_view(part) for part in story], more=len(story) == search.STORY)


def _standing(session: Session) -> Standing:
    signed = checkpoints.latest(session)
    checked = search.newest(session, Verb.AUDIT_VERIFIED)
    return Standing(
        signed_up_to=signed.seq if signed else None,
        signed_at=signed.made_at if signed else None,
        key_id=signed.key_id if signed else None,
        checked_at=checked.occurred_at if checked else None,
        checked_events=checked.fields["events"] if checked else 0,
        problems=checked.fields["problems"] if checked else 0,
    )


def _view(event: AuditEvent) -> EventView:
    # An event that an older program wrote may have a verb or a field that this one no longer knows.
    shape = SHAPES.get(Verb(event.verb)) if event.verb in {verb.value for verb in Verb} else None
    return EventView(
        seq=event.seq,
        occurred_at=event.occurred_at,
        verb=event.verb,
        meaning=shape.meaning if shape else event.verb,
        actor=event.actor,
        role=event.actor_role,
        by_software=event.actor_kind == "software",
        subject_kind=event.subject_kind,
        subject_ref=event.subject_ref,
        group=event.group_ref,
        reason=event.reason_code,
        policy=event.policy_version,
        commitment=event.commitment,
        fields=event.fields,
        explained=shape.fields if shape else {},
        prev_hash=event.prev_hash,
        hash=event.hash,
    )
