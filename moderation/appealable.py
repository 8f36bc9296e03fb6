"""Whether a decision can be appealed now, and if not, why. Many at once, so that a list costs no more than one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from moderation.models import Appeal, Decision
from moderation.subject import SubjectKind
from moderation.workflow import ABOUT_WORDS, DecisionAction

OVER_ITS_AUTHOR = frozenset(
    {
        DecisionAction.SHOW_WITH_LABEL,
        DecisionAction.MASK,
        DecisionAction.ASK_EDIT,
        DecisionAction.KEEP_HELD,
        DecisionAction.REMOVE,
        DecisionAction.LOCK_THREAD,
        DecisionAction.RESTRICT,
    }
)
"""What is decided over somebody's head. To show a post as it is, to care or to ask a colleague takes nothing away."""

REPLACES = ABOUT_WORDS - {DecisionAction.ESCALATE}
"""A later one of these stands in the place of an earlier one, unless it was taken back."""


class Closed(StrEnum):
    """Why a decision cannot be appealed, or not any more."""

    NOT_THIS_KIND = "not_this_kind"
    NOT_TOLD = "not_told"
    """It may still be taken back before anybody hears of it."""
    TOO_LATE = "too_late"
    TAKEN_BACK = "taken_back"
    NEWER = "newer"
    CHANGED = "changed"
    """Its author wrote something new or took the words back, so it holds nothing up any more."""
    ANOTHER_WAITS = "another_waits"
    APPEALED = "appealed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one decision: open to an appeal until `until`, unless `closed` says why not."""

    closed: Closed | None
    until: datetime | None
    appeal_id: int | None = None
    """The appeal that was made already."""


def standing_of(
    session: Session, decisions: Sequence[Decision], *, at: datetime, days: int
) -> dict[int, Standing]:
    """For each decision by id. What happened to the subject by its author's hand is for the site to add."""
    if not decisions:
        return {}
    same = session.execute(
        select(Decision.id, Decision.subject_kind, Decision.subject_id, Decision.action, Decision.undoes_id)
        .where(_about(Decision, decisions))
        .order_by(Decision.id)
    ).all()
    undone = {row.undoes_id for row in same if row.undoes_id is not None}
    newest: dict[tuple[SubjectKind, int], int] = {}
    for row in same:
        if row.id not in undone and row.action in REPLACES:
            newest[row.subject_kind, row.subject_id] = row.id
    made: dict[int, int] = {}
    waits: set[tuple[SubjectKind, int]] = set()
    for appeal in session.execute(
        select(Appeal.id, Appeal.decision_id, Appeal.outcome, Appeal.subject_kind, Appeal.subject_id).where(
            _about(Appeal, decisions)
        )
    ):
        made[appeal.decision_id] = appeal.id
        if appeal.outcome is None:
            waits.add((appeal.subject_kind, appeal.subject_id))
    found = {}
    for decision in decisions:
        subject = (decision.subject_kind, decision.subject_id)
        told = decision.author_told_at
        until = told + timedelta(days=days) if told is not None else None
        closed: Closed | None = None
        if decision.id in made:
            closed = Closed.APPEALED
        elif decision.action not in OVER_ITS_AUTHOR:
            closed = Closed.NOT_THIS_KIND
        elif until is None:
            closed = Closed.NOT_TOLD
        elif decision.id in undone:
            closed = Closed.TAKEN_BACK
        elif decision.action in REPLACES and newest.get(subject, decision.id) > decision.id:
            closed = Closed.NEWER
        elif at > until or decision.before is None:
            closed = Closed.TOO_LATE
        elif subject in waits:
            closed = Closed.ANOTHER_WAITS
        found[decision.id] = Standing(closed, until, made.get(decision.id))
    return found


def _about(table: type[Decision] | type[Appeal], decisions: Sequence[Decision]) -> ColumnElement[bool]:
    """Rows about the same subjects as these decisions."""
    ids: dict[SubjectKind, set[int]] = {}
    for decision in decisions:
        ids.setdefault(decision.subject_kind, set()).add(decision.subject_id)
    return or_(*(and_(table.subject_kind == kind, table.subject_id.in_(one)) for kind, one in ids.items()))
