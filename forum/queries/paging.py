"""Pages that leave the house: what one holds, and how the last tries went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import Job, PageDelivery
from forum.queries.on_call import on_call_now
from moderation.answers import Urgency
from moderation.models import ReviewItem
from moderation.workflow import is_open

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Page:
    """What the receiver learns: ids, codes and times. The words stay here."""

    event: str
    item: int | None
    urgency: str | None
    opened_at: str | None
    on_call: tuple[int, ...]

    @property
    def body(self) -> bytes:
        """The page as it is sent and signed."""
        return json.dumps(
            {
                "event": self.event,
                "item": self.item,
                "urgency": self.urgency,
                "opened_at": self.opened_at,
                "on_call": list(self.on_call),
            },
            sort_keys=True,
        ).encode()


def page_to_send(session: Session, job: Job, at: datetime) -> Page | None:
    """The page that a job promised, or None where the item is decided by now: then nobody needs to get up."""
    called = tuple(on_call_now(session, at))
    item_id = job.data.get("item")
    if item_id is None:
        return Page("test", None, None, None, called)
    item = session.get(ReviewItem, item_id)
    if item is None or not is_open(item.state):
        return None
    return Page(
        "crisis", item.id, Urgency(item.urgency).code, item.opened_at.isoformat(timespec="seconds"), called
    )


def deliveries(session: Session) -> Sequence[PageDelivery]:
    """The last tries, the newest first."""
    return session.scalars(select(PageDelivery).order_by(PageDelivery.id.desc()).limit(MOST_SHOWN)).all()


def failing(session: Session) -> PageDelivery | None:
    """The last try where it failed: until one succeeds, nobody can rely on the receiver."""
    last = session.scalars(select(PageDelivery).order_by(PageDelivery.id.desc()).limit(1)).first()
    return last if last is not None and last.outcome != "delivered" else None
