"""The desk: claim, hand back, open, decide. Each step is recorded, and a decision tells everyone it must."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import effects, reversing, rulings
from forum.actions.paging import call_leads
from forum.actions.paging import page_staff as page_staff
from forum.actions.rulings import Target
from forum.models import Member, MemberState, Post, PostState, Role
from forum.permissions import Action, require, role_may
from moderation import audit, claims, decisions
from moderation.audit import Actor
from moderation.decisions import StaleForm
from moderation.eligibility import Reviewer
from moderation.models import Claim, Decision, ReviewItem
from moderation.policy import Policy
from moderation.queue import subject_of
from moderation.subject import SubjectKind
from moderation.verbs import Verb
from moderation.verdicts import Incomplete, Verdict, lacks
from moderation.workflow import DecisionAction


def claim(session: Session, item_id: int, *, actor: Actor, policy: Policy, at: datetime) -> Claim:
    """Take an item for the policy's claim minutes."""
    require(Action.CLAIM, Role(actor.role))
    return claims.claim(
        session,
        item_id,
        reviewer=_reviewer(_ref(actor), Role(actor.role)),
        team=_team(session),
        minutes=policy.values.claim_minutes,
        actor=actor,
        at=at,
    )


def hand_back(session: Session, item_id: int, *, actor: Actor, at: datetime) -> None:
    """Let somebody else take the item."""
    require(Action.CLAIM, Role(actor.role))
    claims.hand_back(session, item_id, moderator_ref=_ref(actor), actor=actor, at=at)


def open_text(session: Session, item_id: int, *, actor: Actor, at: datetime) -> None:
    """Open the words of an item inside one's own live claim. What the group cannot see is recorded."""
    require(Action.CLAIM, Role(actor.role))
    item = session.get(ReviewItem, item_id)
    if item is None:
        raise claims.NoSuchItem(item_id)
    claims.open_text(
        session, item_id, moderator_ref=_ref(actor), held=_is_hidden(session, item), actor=actor, at=at
    )


def decide(
    session: Session,
    item_id: int,
    *,
    version: int,
    verdict: Verdict,
    actor: Actor,
    policy: Policy,
    at: datetime,
    wait: timedelta = timedelta(),
) -> Decision:
    """Decide on exactly what was on the screen (`version`), do it, tell the author and the reporters.

    For as long as `wait` it can be taken back before it shows anything or tells anybody; what hides or holds
    something is done at once.

    Raises `Incomplete` with what is missing, `AlreadyDecided`, `ClaimedByAnother`, `NotYours` or `StaleForm`;
    then nothing has changed.
    """
    care = verdict.action is DecisionAction.CHECK_IN
    require(Action.CHECK_IN if care else Action.DECIDE, Role(actor.role))
    target = _lock_target(session, item_id)
    item, held = decisions.begin(
        session, item_id, version=version, action=verdict.action, moderator_ref=_ref(actor), at=at
    )
    if target.revision is not None and target.revision.id != item.revision_id:
        raise StaleForm(item.id)
    for_readers = [code for code, label in policy.taxonomy.labels.items() if label.reader_may_see]
    state = target.post.state if target.post is not None else None
    if missing := lacks(verdict, rulings.possible(state), for_readers):
        raise Incomplete(missing)
    before = reversing.snapshot(session, target)
    decision = decisions.write(
        session, item, held, verdict, actor=actor, policy=policy, before=before, at=at, wait=wait
    )
    rule = rulings.protect if wait else rulings.carry_out
    change = rule(session, target, decision, taxonomy=policy.taxonomy, at=at)
    decision.after = reversing.snapshot(session, target)
    decisions.finish(session, item, held, decision, verdict, change, actor=actor, at=at)
    _beside(session, item, target, verdict, decision, actor=actor, at=at)
    if wait:
        effects.promise(session, decision)
    else:
        decision.effects_at = at
        effects.tell(session, item, target, decision, at=at)
    return decision


def _beside(
    session: Session,
    item: ReviewItem,
    target: Target,
    verdict: Verdict,
    decision: Decision,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """What a decision does at once beside its subject, each with its event."""
    write = partial(
        audit.append,
        session,
        actor=actor,
        at=at,
        subject=subject_of(item),
        group=item.group_ref,
        reason=decision.reason_code,
        policy=decision.policy_version,
    )
    match verdict.action:
        case DecisionAction.RESTRICT:
            pause = rulings.restrict(session, verdict, decision, target.member.id, at)
            write(
                Verb.RESTRICTION_MADE,
                restriction=pause.id,
                decision=decision.id,
                ends_at=pause.ends_at,
                days=verdict.days,
            )
        case DecisionAction.LOCK_THREAD:
            write(Verb.THREAD_LOCKED, decision=decision.id)
        case DecisionAction.ESCALATE:
            call_leads(session, item, at=at, but=_ref(actor))


def _lock_target(session: Session, item_id: int) -> Target:
    """The post (or the member) before the item: everything that changes a post locks in this order."""
    item = session.get(ReviewItem, item_id)
    if item is None:
        raise claims.NoSuchItem(item_id)
    return reversing.target_of(session, item.subject_kind, item.subject_id)


def _is_hidden(session: Session, item: ReviewItem) -> bool:
    """Whether the group cannot read these words now."""
    if item.subject_kind is SubjectKind.PROFILE:
        return session.get_one(Member, item.subject_id).pseudonym_state.value != "shown"
    post = session.get_one(Post, item.subject_id)
    return post.state is not PostState.SHOWN or post.shown_revision_id != item.revision_id


def _team(session: Session) -> Sequence[Reviewer]:
    """Everybody whose account may decide."""
    people = session.execute(
        select(Member.id, Member.role).where(
            Member.role.in_([Role.MODERATOR, Role.LEAD]), Member.state == MemberState.ACTIVE
        )
    )
    return [_reviewer(member_id, role) for member_id, role in people]


def _reviewer(ref: int, role: Role) -> Reviewer:
    return Reviewer(ref, decides=role_may(Action.DECIDE, role), leads=role is Role.LEAD)


def _ref(actor: Actor) -> int:
    assert actor.ref is not None
    return actor.ref
