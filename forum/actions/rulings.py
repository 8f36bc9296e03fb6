"""What each fixed action does to a post, to a pseudonym, to a thread or for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import publishing
from forum.models import Member, Post, PostState, PseudonymState, Revision, Thread
from moderation import labels
from moderation.db import FOR_CHANGE
from moderation.decisions import Change
from moderation.models import CareContact, Decision, LabelSource, Restriction
from moderation.reversals import standing
from moderation.subject import Span
from moderation.taxonomy import Taxonomy
from moderation.verdicts import Verdict
from moderation.workflow import ABOUT_DECISIONS, SHOWS, DecisionAction

BESIDE = frozenset({DecisionAction.RESTRICT, DecisionAction.ESCALATE, DecisionAction.CHECK_IN})
"""These leave the subject as it is."""

FOR_POSTS = tuple(action for action in DecisionAction if action not in ABOUT_DECISIONS)
FOR_PROFILES = (
    DecisionAction.SHOW,
    DecisionAction.ASK_EDIT,
    DecisionAction.KEEP_HELD,
    DecisionAction.REMOVE,
    DecisionAction.RESTRICT,
    DecisionAction.ESCALATE,
    DecisionAction.CHECK_IN,
)
FOR_TAKEN_BACK = (
    DecisionAction.KEEP_HELD,
    DecisionAction.LOCK_THREAD,
    DecisionAction.RESTRICT,
    DecisionAction.ESCALATE,
    DecisionAction.CHECK_IN,
)
"""What the author took back is not shown again by anybody; the rest can still be decided."""

STAFF_SAYS = (LabelSource.CLASSIFIER, LabelSource.FACILITATOR, LabelSource.MODERATOR)
"""What a moderator may take off. The author's own and inherited labels stay: they are only added to."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an item is about, locked for change: a post with the revision judged, or somebody's pseudonym."""

    member: Member
    post: Post | None = None
    revision: Revision | None = None

    @property
    def state(self) -> str:
        return self.post.state.value if self.post is not None else self.member.pseudonym_state.value


def possible(post_state: PostState | None) -> tuple[DecisionAction, ...]:
    """The actions that fit a subject as it is now, mildest first; None stands for a pseudonym."""
    if post_state is None:
        return FOR_PROFILES
    return FOR_TAKEN_BACK if post_state is PostState.WITHDRAWN else FOR_POSTS


def carry_out(
    session: Session, target: Target, decision: Decision, *, taxonomy: Taxonomy, at: datetime
) -> Change:
    """Do to the subject what was decided. Restrictions, care and escalation are made by their own functions."""
    was, had, action = target.state, _labels(session, target), DecisionAction(decision.action)
    if target.post is None or target.revision is None:
        if action not in BESIDE:
            _rename_state(target.member, action)
    elif action is DecisionAction.LOCK_THREAD:
        _lock(session.get_one(Thread, target.post.thread_id, with_for_update=FOR_CHANGE), decision, at)
    elif action not in BESIDE and target.post.state is not PostState.WITHDRAWN:
        _rule_on_post(session, target.post, target.revision, decision, taxonomy, at)
    session.flush()
    return Change(was, target.state, had, _labels(session, target))


def protect(
    session: Session, target: Target, decision: Decision, *, taxonomy: Taxonomy, at: datetime
) -> Change:
    """Of what was decided, do only what can hide something or hold it. What shows something waits."""
    if decision.action not in SHOWS:
        return carry_out(session, target, decision, taxonomy=taxonomy, at=at)
    was, had = target.state, _labels(session, target)
    post, revision = target.post, target.revision
    if post is not None and revision is not None and post.state is PostState.SHOWN:
        if decision.action == DecisionAction.MASK:
            publishing.mask(session, revision, masked_in(session, revision))
        _label(session, post, revision, decision, taxonomy, at)
        folds = any(for_readers(taxonomy, code) for code in decision.labels)
        publishing.show(session, post, revision, collapsed=post.collapsed or folds, at=at)
        session.flush()
    return Change(was, target.state, had, _labels(session, target))


def restrict(
    session: Session, verdict: Verdict, decision: Decision, member_id: int, at: datetime
) -> Restriction:
    """Pause somebody's posting. Reading and help stay open."""
    assert verdict.days is not None
    made = Restriction(
        member_ref=member_id,
        decision_id=decision.id,
        reason_code=verdict.reason.code,
        starts_at=at,
        ends_at=at + timedelta(days=verdict.days),
    )
    session.add(made)
    session.flush()
    return made


def check_in(session: Session, item_id: int, member_id: int, actor_ref: int, at: datetime) -> CareContact:
    """Reach out to somebody. It stands in a table of its own and is never counted against anyone."""
    made = CareContact(
        member_ref=member_id, item_id=item_id, actor_ref=actor_ref, kind="check_in", made_at=at
    )
    session.add(made)
    session.flush()
    return made


def _rule_on_post(
    session: Session, post: Post, revision: Revision, decision: Decision, taxonomy: Taxonomy, at: datetime
) -> None:
    match DecisionAction(decision.action):
        case DecisionAction.SHOW | DecisionAction.SHOW_WITH_LABEL | DecisionAction.MASK:
            if decision.action == DecisionAction.MASK:
                publishing.mask(session, revision, masked_in(session, revision))
            _unlabel(session, revision, decision, at)
            _label(session, post, revision, decision, taxonomy, at)
            there = _codes(session, revision)
            collapsed = any(for_readers(taxonomy, code) for code in there)
            publishing.show(session, post, revision, collapsed=collapsed, at=at)
        case DecisionAction.ASK_EDIT:
            publishing.ask_to_edit(session, post)
        case DecisionAction.KEEP_HELD:
            publishing.hold(session, post)
        case DecisionAction.REMOVE:
            publishing.remove(session, post)


def masked_in(session: Session, revision: Revision, *, but: int | None = None) -> list[Span]:
    """Everything that is masked in a revision, the decision at hand included: a mask is not lifted by another.

    `but` is a decision that is being taken back.
    """
    decided = session.scalars(
        select(Decision.masked_spans).where(
            Decision.revision_id == revision.id,
            Decision.action == DecisionAction.MASK.value,
            Decision.id != (but or 0),
            standing(),
        )
    )
    return [Span(start, end) for spans in decided for start, end in spans]


def _chosen(decision: Decision) -> tuple[str, ...]:
    """To show a post as it is, is to show it without a label."""
    return () if decision.action == DecisionAction.SHOW else tuple(decision.labels)


def _unlabel(session: Session, revision: Revision, decision: Decision, at: datetime) -> None:
    """Take off what was not chosen. The author's own labels and the inherited ones stay."""
    off = set(_codes(session, revision)) - set(_chosen(decision))
    labels.negate(session, revision.id, off, at, sources=STAFF_SAYS)


def _label(
    session: Session, post: Post, revision: Revision, decision: Decision, taxonomy: Taxonomy, at: datetime
) -> None:
    """Put on what was chosen and does not stand there yet."""
    there = _codes(session, revision)
    labels.apply(
        session,
        post.id,
        revision.id,
        [code for code in _chosen(decision) if code not in there],
        LabelSource.MODERATOR,
        at,
        list_version=taxonomy.content_labels_version,
        decision_id=decision.id,
    )


def for_readers(taxonomy: Taxonomy, code: str) -> bool:
    """Whether a label folds the post away for readers; those that only staff see do not."""
    label = taxonomy.get(code)
    return label is None or label.reader_may_see


def _rename_state(member: Member, action: DecisionAction) -> None:
    match action:
        case DecisionAction.SHOW:
            member.pseudonym_state = PseudonymState.SHOWN
        case DecisionAction.REMOVE:
            member.pseudonym_state = PseudonymState.REMOVED
        case _:
            member.pseudonym_state = PseudonymState.HELD


def _lock(thread: Thread, decision: Decision, at: datetime) -> None:
    if thread.locked_at is None:
        thread.locked_at, thread.lock_reason = at, decision.reason_code


def _labels(session: Session, target: Target) -> tuple[str, ...]:
    return _codes(session, target.revision) if target.revision is not None else ()


def _codes(session: Session, revision: Revision) -> tuple[str, ...]:
    there = labels.codes_on(session, [revision.id]).get(revision.id, ())
    return tuple(dict.fromkeys(code for code, _source in there))
