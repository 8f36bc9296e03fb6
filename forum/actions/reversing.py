"""Putting a subject back as it stood before a decision: what undoing and a successful appeal have in common.

Only what the decision itself changed is put back. What the author or somebody else did since stays.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import publishing, rulings
from forum.actions.publishing import Standing
from forum.actions.rulings import Target
from forum.models import Member, MemberState, Post, PostState, PseudonymState, Revision, Thread
from moderation import audit, labels
from moderation.audit import Actor
from moderation.db import FOR_CHANGE
from moderation.decisions import Change
from moderation.models import AssessmentRow, Decision, LabelSource, Restriction
from moderation.policy import Policy
from moderation.subject import Subject, SubjectKind
from moderation.verbs import Verb
from moderation.workflow import DecisionAction


class MovedOn(StrEnum):
    """Why a subject is no longer as a decision left it."""

    AUTHOR = "author"
    """Its author wrote something new, or took it back."""
    STAFF = "staff"
    """A facilitator or a colleague changed something since."""


class NothingKept(Exception):
    """The decision was made before it was kept how things stood."""


def target_of(session: Session, kind: SubjectKind, subject_id: int) -> Target:
    """A post with the newest revision, or a person: locked, before the item, by everything that changes it."""
    if kind is SubjectKind.PROFILE:
        return Target(session.get_one(Member, subject_id, with_for_update=FOR_CHANGE, populate_existing=True))
    post = session.get_one(Post, subject_id, with_for_update=FOR_CHANGE, populate_existing=True)
    revision = session.get_one(Revision, post.current_revision_id)
    return Target(session.get_one(Member, post.author_id), post, revision)


def snapshot(session: Session, target: Target) -> dict[str, Any]:
    """How a subject stands now, as states, ids, codes and times: never a word that somebody wrote."""
    if target.post is None or target.revision is None:
        return {
            "state": target.state,
            "judged": _newest_judgement(session, target.member.id),
        }
    stands = asdict(publishing.standing(session, target.post))
    thread = session.get_one(Thread, target.post.thread_id)
    return {
        **{name: _plain(value) for name, value in stands.items()},
        "labels": [[code, source.value] for code, source in _labels(session, target.revision)],
        "locked_at": _plain(thread.locked_at),
        "lock_reason": thread.lock_reason,
    }


def moved_on(session: Session, decision: Decision, target: Target) -> MovedOn | None:
    """What happened to the subject since the decision, so that putting it back would undo somebody else's wish."""
    if decision.before is None or decision.after is None:
        raise NothingKept
    was, left = decision.before, decision.after
    if target.post is None:
        closed = target.member.state is MemberState.CLOSED
        renamed = _newest_judgement(session, target.member.id) != was["judged"]
        return MovedOn.AUTHOR if closed or renamed else None
    post = target.post
    withdrawn = post.state is PostState.WITHDRAWN and left["state"] != PostState.WITHDRAWN
    if withdrawn or post.current_revision_id != decision.revision_id:
        return MovedOn.AUTHOR
    now = (post.state.value, post.shown_revision_id, post.collapsed)
    if now != (left["state"], left["shown_revision_id"], left["collapsed"]):
        return MovedOn.STAFF
    return None


def put_back(
    session: Session,
    decision: Decision,
    *,
    actor: Actor,
    policy: Policy,
    at: datetime,
    show_if_held: bool = False,
) -> Change:
    """Let the subject stand as it did before `decision`, in words, labels, lock, pause or name.

    Words that their author took back or wrote anew since stay as they are (`moved_on` tells). `show_if_held`: a
    post that nobody could read before the decision either is shown, with the labels that stood before.
    Raises `NothingKept` for a decision of before there was an undo.
    """
    target = target_of(session, decision.subject_kind, decision.subject_id)
    gone = moved_on(session, decision, target) is MovedOn.AUTHOR
    was_state, had = target.state, _codes(session, target)
    action = DecisionAction(decision.action)
    if action is DecisionAction.LOCK_THREAD:
        _unlock(session, target, decision, actor, at)
    elif action is DecisionAction.RESTRICT:
        _lift(session, decision, actor, at)
    elif action not in rulings.BESIDE and not gone:
        if target.post is None:
            _put_name_back(target.member, decision, show_if_held)
        else:
            _put_post_back(session, target, decision, policy, show_if_held, at)
    session.flush()
    return Change(was_state, target.state, had, _codes(session, target))


def _put_post_back(
    session: Session, target: Target, decision: Decision, policy: Policy, show_if_held: bool, at: datetime
) -> None:
    assert target.post is not None and target.revision is not None
    assert decision.before is not None and decision.after is not None
    post, revision = target.post, target.revision
    before, after = _label_pairs(decision.before), _label_pairs(decision.after)
    labels.put_back(session, revision.id, at, on=before - after, off=after - before)
    if decision.action == DecisionAction.MASK and revision.masked:
        others = rulings.masked_in(session, revision, but=decision.id)
        if others:
            publishing.mask(session, revision, others)
        else:
            publishing.unmask(session, revision)
    was, left = _standing(decision.before), _standing(decision.after)
    if show_if_held and was.state not in (PostState.SHOWN, PostState.WITHDRAWN):
        codes = {code for code, _source in _labels(session, revision)}
        folded = any(rulings.for_readers(policy.taxonomy, code) for code in codes)
        was = replace(was, state=PostState.SHOWN, shown_revision_id=revision.id, collapsed=folded)
    publishing.put_back(session, post, was, left=left, at=at)


def _put_name_back(member: Member, decision: Decision, show_if_held: bool) -> None:
    assert decision.before is not None
    member.pseudonym_state = (
        PseudonymState.SHOWN if show_if_held else PseudonymState(decision.before["state"])
    )


def _unlock(session: Session, target: Target, decision: Decision, actor: Actor, at: datetime) -> None:
    """Open the thread again where it was this decision that closed it."""
    assert target.post is not None and decision.before is not None and decision.after is not None
    thread = session.get_one(
        Thread, target.post.thread_id, with_for_update=FOR_CHANGE, populate_existing=True
    )
    if decision.before["locked_at"] is not None or _plain(thread.locked_at) != decision.after["locked_at"]:
        return
    thread.locked_at, thread.lock_reason = None, None
    _record(session, Verb.THREAD_UNLOCKED, decision, target, actor, at)


def _lift(session: Session, decision: Decision, actor: Actor, at: datetime) -> None:
    """End the pause that the decision made, unless it is over."""
    pause = session.scalars(
        select(Restriction).where(Restriction.decision_id == decision.id).with_for_update()
    ).one()
    if pause.lifted_at is not None or pause.ends_at <= at:
        return
    pause.lifted_at = at
    _record(session, Verb.RESTRICTION_LIFTED, decision, None, actor, at, restriction=pause.id)


def _record(
    session: Session,
    verb: Verb,
    decision: Decision,
    target: Target | None,
    actor: Actor,
    at: datetime,
    **fields: Any,
) -> None:
    audit.append(
        session,
        verb,
        actor=actor,
        at=at,
        subject=Subject(decision.subject_kind, decision.subject_id, decision.revision_id),
        group=target.post.group_id if target is not None and target.post is not None else None,
        reason=decision.reason_code,
        policy=decision.policy_version,
        **fields,
    )


def _standing(kept: dict[str, Any]) -> Standing:
    return Standing(
        state=PostState(kept["state"]),
        shown_revision_id=kept["shown_revision_id"],
        collapsed=kept["collapsed"],
        first_shown_at=_moment(kept["first_shown_at"]),
        listed_at=_moment(kept["listed_at"]),
        last_post_at=datetime.fromisoformat(kept["last_post_at"]),
    )


def _newest_judgement(session: Session, member_id: int) -> int | None:
    """Names have no revisions: a new one is known by its judgement."""
    return session.scalars(
        select(AssessmentRow.id)
        .where(AssessmentRow.subject_kind == SubjectKind.PROFILE, AssessmentRow.subject_id == member_id)
        .order_by(AssessmentRow.id.desc())
        .limit(1)
    ).first()


def _labels(session: Session, revision: Revision) -> tuple[tuple[str, LabelSource], ...]:
    return labels.codes_on(session, [revision.id]).get(revision.id, ())


def _codes(session: Session, target: Target) -> tuple[str, ...]:
    found = _labels(session, target.revision) if target.revision is not None else ()
    return tuple(dict.fromkeys(code for code, _source in found))


def _label_pairs(kept: dict[str, Any]) -> set[tuple[str, LabelSource]]:
    return {(code, LabelSource(source)) for code, source in kept["labels"]}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
