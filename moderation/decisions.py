"""Decisions: one for each version of an item, on the revision that was judged, with what it takes to read it.

`begin` locks the item and says who may decide now; `write` makes the row; the site does what was decided;
`finish` moves the item and records everything in one event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation import appeals, audit, desk
from moderation.answers import Urgency
from moderation.audit import Actor
from moderation.claims import AlreadyDecided, ClaimedByAnother, NoSuchItem, NotYours, newest_claim, seconds
from moderation.models import Claim, Decision, ReviewItem, ReviewReason
from moderation.opinions import agreement, opinion_on, scores_of
from moderation.policy import Policy
from moderation.queue import locked_item, record, subject_of
from moderation.verbs import Verb
from moderation.verdicts import Illegality, Verdict
from moderation.workflow import ANSWERS, SHOWS, STEP_OF, DecisionAction, Step, after, fits, is_open

STILL_COUNTS = (None, "lapsed")
"""How the newest claim may have ended for its holder to decide: not at all, or only by its time."""


class StaleForm(Exception):
    """The item changed after the form was served: a new revision, a new urgency, or an act beside it."""

    def __init__(self, item_id: int) -> None:
        super().__init__(item_id)
        self.item_id = item_id


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision did to its subject."""

    was_state: str
    now_state: str
    was_labels: tuple[str, ...] = ()
    now_labels: tuple[str, ...] = ()


def begin(
    session: Session, item_id: int, *, version: int, action: DecisionAction, moderator_ref: int, at: datetime
) -> tuple[ReviewItem, Claim]:
    """The locked item and the claim to decide under.

    A claim that has lapsed still counts while nobody claimed since and nothing else changed.
    """
    item = locked_item(session, item_id)
    if item is None:
        raise NoSuchItem(item_id)
    if not is_open(item.state):
        raise AlreadyDecided(item.id)
    newest = newest_claim(session, item)
    if newest is None:
        raise NotYours(item.id)
    if newest.moderator_ref != moderator_ref:
        if newest.released_at is None and newest.expires_at > at:
            raise ClaimedByAnother(item.id, newest.moderator_ref, newest.expires_at)
        raise NotYours(item.id)
    if item.version != version:
        raise StaleForm(item.id)
    appeal = appeals.of_item(session, item)
    other_work = appeal is not None and appeals.other_work(session, appeal)
    if newest.release_reason not in STILL_COUNTS or not fits(item.state, action, other_work=other_work):
        raise NotYours(item.id)
    if appeal is not None and action in ANSWERS:
        appeals.check_another_person(session, appeal, moderator_ref)
    return item, newest


def write(
    session: Session,
    item: ReviewItem,
    claim: Claim,
    verdict: Verdict,
    *,
    actor: Actor,
    policy: Policy,
    before: Mapping[str, Any],
    at: datetime,
    wait: timedelta = timedelta(),
) -> Decision:
    """The decision's row. That (item, version) is unique is the second guard behind the item's lock.

    `before` is how the subject stands now; how the item stands is added to it. `wait` is how long it can be
    taken back before anybody is told.
    """
    judged = opinion_on(session, item)
    decision = Decision(
        item_id=item.id,
        item_version=item.version,
        subject_kind=item.subject_kind,
        subject_id=item.subject_id,
        revision_id=item.revision_id,
        actor_ref=actor.ref,
        actor_role=actor.role,
        action=verdict.action.value,
        reason_code=verdict.reason.code,
        policy_version=policy.version,
        labels=list(verdict.labels),
        masked_spans=[[span.start, span.end] for span in verdict.spans],
        note=verdict.note,
        suggested_display=judged.display if judged is not None else None,
        agreed_with_software=agreement(verdict.action, judged, policy),
        seconds_waiting=seconds(item.opened_at, at),
        seconds_waiting_staffed=desk.staffed_seconds(session, item.opened_at, at),
        seconds_viewing=None if claim.opened_text_at is None else seconds(claim.opened_text_at, at),
        decided_at=at,
        before={**before, "item": _standing(item, claim)},
        effects_due_at=at + wait,
    )
    try:
        with session.begin_nested():
            session.add(decision)
            session.flush()
    except IntegrityError:
        raise StaleForm(item.id) from None
    return decision


def finish(
    session: Session,
    item: ReviewItem,
    claim: Claim,
    decision: Decision,
    verdict: Verdict,
    change: Change,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Move the item, end the claim where the step ends it, and record the decision."""
    judged = opinion_on(session, item)
    decision.illegality = _illegality(verdict.illegality, verdict.action, item, change, at)
    _move(session, item, claim, verdict, at)
    session.flush()
    audit.append(
        session,
        Verb.DECISION_MADE,
        actor=actor,
        at=at,
        subject=subject_of(item),
        group=item.group_ref,
        reason=decision.reason_code,
        policy=decision.policy_version,
        commitment=judged.commitment if judged is not None else None,
        item=item.id,
        item_version=item.version,
        decision=decision.id,
        revision=decision.revision_id,
        action=decision.action,
        was_state=change.was_state,
        now_state=change.now_state,
        was_labels=list(change.was_labels),
        now_labels=list(change.now_labels),
        masked=len(verdict.spans) if verdict.action is DecisionAction.MASK else 0,
        triggers=_triggers(session, item),
        model=judged.model_id if judged is not None else None,
        scores=scores_of(judged),
        suggested_display=decision.suggested_display,
        agreed_with_software=decision.agreed_with_software,
        seconds_waiting=decision.seconds_waiting,
        seconds_waiting_staffed=decision.seconds_waiting_staffed,
        seconds_viewing=decision.seconds_viewing,
        illegality=_without_facts(decision.illegality),
        note_left=decision.note is not None,
        effects_due_at=decision.effects_due_at,
    )
    if STEP_OF[verdict.action] is Step.ASK_SECOND:
        record(
            session,
            item,
            Verb.ITEM_ESCALATED,
            actor=actor,
            at=at,
            reason=decision.reason_code,
            policy=decision.policy_version,
            urgency=Urgency(item.urgency).code,
        )


def told(
    session: Session, item: ReviewItem, decision: Decision, notice_id: int, *, actor: Actor, at: datetime
) -> None:
    """Record that the author was told of the decision."""
    decision.author_told_at = at
    audit.append(
        session,
        Verb.AUTHOR_TOLD,
        actor=actor,
        at=at,
        subject=subject_of(item),
        group=item.group_ref,
        reason=decision.reason_code,
        policy=decision.policy_version,
        decision=decision.id,
        notice=notice_id,
    )


def _standing(item: ReviewItem, claim: Claim) -> dict[str, Any]:
    """The item and the claim on it, as they stand before the decision."""
    return {
        "state": item.state.value,
        "urgency": item.urgency,
        "for_lead": item.for_lead,
        "claim": claim.id,
        "released_at": claim.released_at.isoformat() if claim.released_at is not None else None,
        "release_reason": claim.release_reason,
    }


def _move(session: Session, item: ReviewItem, claim: Claim, verdict: Verdict, at: datetime) -> None:
    item.version += 1
    step = STEP_OF[verdict.action]
    if step is None:
        return
    item.state = after(item.state, step)
    if claim.released_at is None:
        claim.released_at = at
        claim.release_reason = "escalated" if step is Step.ASK_SECOND else "decided"
    if step in (Step.DECIDE, Step.ANSWER):
        item.decided_at = None if is_open(item.state) else at
        appeals.other_work_done(session, item)
        return
    item.for_lead = True
    item.urgency = max(item.urgency, int(Urgency.RED))
    session.add(
        ReviewReason(
            item_id=item.id,
            source="escalation",
            code=verdict.reason.code,
            revision_id=item.revision_id,
            urgency=item.urgency,
            added_at=at,
        )
    )


def _triggers(session: Session, item: ReviewItem) -> list[str]:
    sources = select(ReviewReason.source).where(ReviewReason.item_id == item.id).distinct()
    return sorted(session.scalars(sources))


def _illegality(
    answer: Illegality | None, action: DecisionAction, item: ReviewItem, change: Change, at: datetime
) -> dict[str, Any] | None:
    """R58: what was considered, when it was found, and since when nobody can read it."""
    if answer is None:
        return None
    readable = change.now_state == "shown" or action in SHOWS
    removed = None if readable else at if change.was_state == "shown" else item.opened_at
    return {
        "view": answer.view.value,
        "offence": answer.offence.value if answer.offence else None,
        "intention": answer.intention.value if answer.intention else None,
        "facts": answer.facts,
        "found_at": item.opened_at.isoformat(),
        "removed_at": removed.isoformat() if removed else None,
    }


def _without_facts(illegality: dict[str, Any] | None) -> dict[str, Any] | None:
    return illegality and {name: value for name, value in illegality.items() if name != "facts"}
