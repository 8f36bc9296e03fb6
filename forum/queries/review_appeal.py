"""The appeal that an item carries, as the desk shows it: what it is about, who may not settle it, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import Member
from forum.queries.appeal_team import eligible
from moderation import appeals
from moderation.answers import Urgency
from moderation.models import Decision, ReviewItem


@dataclass(frozen=True, slots=True)
class AppealOnDesk:
    """One open appeal, for one person at the desk."""

    id: int
    made_at: datetime
    decision_id: int
    action: str
    reason_code: str
    decided_by: str
    decided_at: datetime
    on_other_words: bool
    """The author has written a newer version since that decision."""
    barred: tuple[str, ...]
    """Everybody with a part in the decision."""
    viewer_barred: bool
    nobody: bool
    """Nobody is left who may settle it."""
    other_work: bool
    words: str | None
    """What the author wrote, once the item is opened, and never to those it is about, but in a crisis."""

    def may_be_answered_by(self, *, decides: bool, about_viewer: bool) -> bool:
        return decides and not about_viewer and not self.viewer_barred


def appeal_on(session: Session, item: ReviewItem, viewer_id: int, *, opened: bool) -> AppealOnDesk | None:
    """The open appeal of an item, or None."""
    appeal = appeals.of_item(session, item)
    if appeal is None:
        return None
    decision = session.get_one(Decision, appeal.decision_id)
    barred = appeals.had_a_hand(session, decision)
    names = _names(session, barred)
    readable = opened and (viewer_id not in barred or item.urgency == Urgency.CRISIS)
    return AppealOnDesk(
        id=appeal.id,
        made_at=appeal.made_at,
        decision_id=decision.id,
        action=decision.action,
        reason_code=decision.reason_code,
        decided_by=dict(names).get(decision.actor_ref, ""),
        decided_at=decision.decided_at,
        on_other_words=decision.revision_id != item.revision_id,
        barred=tuple(name for _ref, name in names),
        viewer_barred=viewer_id in barred,
        nobody=not eligible(session, barred | {appeal.appellant_ref}),
        other_work=appeals.other_work(session, appeal),
        words=appeal.words if readable else None,
    )


def _names(session: Session, refs: frozenset[int]) -> Sequence[tuple[int, str]]:
    rows = session.execute(
        select(Member.id, Member.pseudonym).where(Member.id.in_(refs)).order_by(Member.pseudonym)
    )
    return [(ref, name) for ref, name in rows]
