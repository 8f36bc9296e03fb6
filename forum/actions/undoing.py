"""Taking a decision back: before it has told anybody, without a trace for its author; later, with one notice.

Taking back what was taken back is simply deciding anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from forum.actions import notices, paging, reversing
from forum.actions.reversing import MovedOn, NothingKept
from forum.actions.rulings import Target
from forum.models import Role
from forum.permissions import Action, require
from moderation import appeals, decisions, reports, undoing
from moderation.answers import Urgency
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.decisions import Change
from moderation.models import Decision, ReviewItem
from moderation.policy import Policy
from moderation.queue import locked_item
from moderation.reversals import is_newest, taken_back_by
from moderation.taxonomy import DecisionReason
from moderation.undoing import TakenBackMeanwhile
from moderation.workflow import ABOUT_DECISIONS, ABOUT_WORDS, DecisionAction


class WhyNot(StrEnum):
    """Why a decision cannot be taken back."""

    NOT_YOURS = "not_yours"
    OWN_WORDS = "own_words"
    TAKEN_BACK = "taken_back"
    IN_EFFECT = "in_effect"
    """Asked as if nobody had been told, a moment too late: it can be taken back, and they will be told again."""
    NEWER = "newer"
    AUTHOR = "author"
    STAFF = "staff"
    APPEALED = "appealed"
    TOLD = "told"
    """A check-in was read or may have been. Kind words are not taken back."""
    MOVED_ON = "moved_on"
    """A lead has it by now, or something new came in."""
    TOO_OLD = "too_old"
    NOT_THIS_KIND = "not_this_kind"


class CannotUndo(Exception):
    """The decision stays; nothing was changed. `item_id` is where it stands."""

    def __init__(self, why: WhyNot, item_id: int) -> None:
        super().__init__(why.value)
        self.why = why
        self.item_id = item_id


class NoSuchDecision(Exception):
    """There is no such decision."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came of it: the item it was about, whether nobody had to be told, and whether the item asks again."""

    undo: Decision
    item_id: int
    in_time: bool
    reopened: bool


def undo(
    session: Session,
    decision_id: int,
    *,
    reason: DecisionReason,
    only_in_time: bool,
    actor: Actor,
    policy: Policy,
    at: datetime,
) -> TakenBack:
    """Put back what the decision did, open its item again, and tell once whoever had been told of it.

    `only_in_time` says that whoever asks believes that nobody was told. Pressed twice by the same person, it is
    done once. Raises `CannotUndo` or `NoSuchDecision`.
    """
    found = session.get(Decision, decision_id)
    if found is None:
        raise NoSuchDecision(decision_id)
    care = found.action == DecisionAction.CHECK_IN
    require(Action.CHECK_IN if care else Action.DECIDE, Role(actor.role))
    target = reversing.target_of(session, found.subject_kind, found.subject_id)
    item = locked_item(session, found.item_id)
    decision = session.get_one(Decision, decision_id, with_for_update=FOR_CHANGE, populate_existing=True)
    assert item is not None
    earlier = taken_back_by(session, decision)
    if earlier is not None and earlier.actor_ref == actor.ref:
        return TakenBack(earlier, item.id, earlier.author_told_at is None, found.action in ABOUT_WORDS)
    in_time = decision.effects_at is None
    why = _why_not(session, decision, item, target, actor, earlier)
    if why is None and only_in_time and not in_time:
        why = WhyNot.IN_EFFECT
    if why is not None:
        raise CannotUndo(why, item.id)
    try:
        made = undoing.write(session, item, decision, reason=reason, actor=actor, policy=policy, at=at)
    except TakenBackMeanwhile:
        raise CannotUndo(WhyNot.TAKEN_BACK, item.id) from None
    change = reversing.put_back(session, decision, actor=actor, policy=policy, at=at)
    asks = undoing.reopen(session, item, decision, made, at=at)
    told = reports.reopen(session, decision, item=item, by_item=asks)
    undoing.record(session, item, decision, made, change, reopened=len(told), actor=actor, at=at)
    if asks.urgency == Urgency.CRISIS:  # another item may carry it now, to which nobody was called yet
        paging.page_staff(session, asks, at=at)
    if in_time:
        decision.effects_due_at = None
        session.flush()
    else:
        _tell(session, item, target, decision, made, change, actor=actor, at=at)
        for report in told:
            once = f"report-{report.id}-{made.id}"
            notices.tell(session, report.reporter_ref, "report_reopened", once=once, at=at, report=report.id)
    return TakenBack(made, asks.id, in_time, decision.action in ABOUT_WORDS)


def _why_not(
    session: Session,
    decision: Decision,
    item: ReviewItem,
    target: Target,
    actor: Actor,
    earlier: Decision | None,
) -> WhyNot | None:
    if decision.action in ABOUT_DECISIONS:
        return WhyNot.NOT_THIS_KIND
    if decision.actor_ref != actor.ref and actor.role != Role.LEAD:
        return WhyNot.NOT_YOURS
    if item.author_ref == actor.ref:
        return WhyNot.OWN_WORDS
    if earlier is not None:
        return WhyNot.TAKEN_BACK
    if appeals.of_decision(session, decision.id) is not None:
        return WhyNot.APPEALED
    if not is_newest(session, decision):
        return WhyNot.NEWER
    if decision.action == DecisionAction.CHECK_IN:
        return None if decision.effects_at is None else WhyNot.TOLD
    if decision.action == DecisionAction.ESCALATE and undoing.has_begun_again(item, decision):
        return WhyNot.MOVED_ON
    return _moved_on(session, decision, target)


def _moved_on(session: Session, decision: Decision, target: Target) -> WhyNot | None:
    """Only where the decision was about the words does it matter what became of them."""
    try:
        moved = reversing.moved_on(session, decision, target)
    except NothingKept:
        return WhyNot.TOO_OLD
    if moved is None or decision.action in (DecisionAction.LOCK_THREAD, DecisionAction.RESTRICT):
        return None
    return WhyNot.AUTHOR if moved is MovedOn.AUTHOR else WhyNot.STAFF


def _tell(
    session: Session,
    item: ReviewItem,
    target: Target,
    decision: Decision,
    made: Decision,
    change: Change,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """One notice to the author, who had heard of the decision."""
    if decision.author_told_at is None:
        return
    notice = notices.tell(
        session,
        target.member.id,
        "decision_undone",
        once=f"decision-{made.id}",
        at=at,
        decision=made.id,
        undone=decision.action,
        now=change.now_state,
        subject=item.subject_kind.value,
    )
    decisions.told(session, item, made, notice.id, actor=actor, at=at)
