"""Appeals: made in the author's own words, settled by another person, and a success puts back what was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.actions import care, notices, reversing
from forum.actions.paging import page_staff
from forum.actions.reversing import MovedOn
from forum.actions.rulings import Target
from forum.models import Member, MemberState, PostState, Role
from forum.permissions import Action, require
from forum.queries.appeal_team import eligible
from forum.queries.appeals import closed_by_author, is_about
from moderation import appeals, decisions, queue, reports
from moderation.answers import Urgency
from moderation.appealable import REPLACES, Closed, standing_of
from moderation.assess import Assessment
from moderation.audit import SOFTWARE, Actor
from moderation.claims import NoSuchItem, NotYours
from moderation.decisions import Change
from moderation.models import Appeal, Decision, ReviewItem
from moderation.policy import Policy
from moderation.reversals import standing
from moderation.taxonomy import DecisionReason
from moderation.verdicts import LONGEST_ANSWER, Incomplete, Lack, Verdict, lacks
from moderation.workflow import ANSWERS, DecisionAction


class NoSuchDecision(Exception):
    """There is no such decision about this person."""


class NotOpenToAppeal(Exception):
    """This decision cannot be appealed now; `why` says so."""

    def __init__(self, why: Closed) -> None:
        super().__init__(why.value)
        self.why = why


def make(
    session: Session,
    decision_id: int,
    *,
    words: str,
    said: Assessment,
    actor: Actor,
    policy: Policy,
    at: datetime,
) -> tuple[Appeal, bool]:
    """The appeal and whether it is new: sending the form twice makes one.

    `said` is what software noticed in the author's words: it holds nothing, but somebody in danger is not left
    to wait in line, and gets the offer of help.

    Raises `NoSuchDecision` or `NotOpenToAppeal`. The subject is locked first, as deciding and undoing do, so that
    an appeal and an undo of the same decision never both happen.
    """
    require(Action.APPEAL, Role(actor.role))
    assert actor.ref is not None
    decision = session.get(Decision, decision_id)
    if decision is None or not is_about(session, decision, actor.ref):
        raise NoSuchDecision(decision_id)
    reversing.target_of(session, decision.subject_kind, decision.subject_id)
    session.refresh(decision)
    earlier = appeals.of_decision(session, decision.id)
    if earlier is not None:
        return earlier, False
    standing = standing_of(session, [decision], at=at, days=policy.values.appeal_days)[decision.id]
    closed = standing.closed
    if closed is None and closed_by_author(session, decision):
        closed = Closed.CHANGED
    if closed is not None:
        raise NotOpenToAppeal(closed)
    appeal = appeals.file(
        session,
        decision,
        words=words,
        policy=policy.version,
        urgency=Urgency.AMBER,
        actor=actor,
        at=at,
    )
    others = eligible(session, appeals.had_a_hand(session, decision) | {actor.ref})
    appeals.record_made(session, appeal, decision, eligible=others, actor=actor, at=at)
    if not others:
        _tell_admins(session, appeal, at)
    _look_after(session, appeal, said, policy, at)
    return appeal, True


def answer(
    session: Session,
    item_id: int,
    *,
    version: int,
    action: DecisionAction,
    reason: DecisionReason,
    words: str | None,
    note: str | None,
    actor: Actor,
    policy: Policy,
    at: datetime,
) -> Appeal:
    """Settle the appeal on an item: leave the decision, or put back what was. The author is told at once, and why.

    Raises what deciding raises; `NotForYou` for everybody who had a hand in the decision, however they got here.
    """
    require(Action.DECIDE, Role(actor.role))
    assert actor.ref is not None
    found = session.get(ReviewItem, item_id)
    if found is None:
        raise NoSuchItem(item_id)
    target = reversing.target_of(session, found.subject_kind, found.subject_id)
    item, held = decisions.begin(
        session, item_id, version=version, action=action, moderator_ref=actor.ref, at=at
    )
    if target.revision is not None and target.revision.id != item.revision_id:
        raise decisions.StaleForm(item.id)
    appeal = appeals.of_item(session, item)
    if appeal is None:
        raise NotYours(item.id)
    verdict = Verdict(action, reason, note=note)
    if missing := lacks(verdict, ANSWERS, ()) | _answer_lacks(action, words):
        raise Incomplete(missing)
    decision = session.get_one(Decision, appeal.decision_id)
    before = reversing.snapshot(session, target)
    by = decisions.write(session, item, held, verdict, actor=actor, policy=policy, before=before, at=at)
    state = target.state
    change, restored = Change(state, state), False
    if action is DecisionAction.APPEAL_OVERTURNED:
        by.undoes_id = decision.id
        session.flush()
        change, restored = _restore(session, decision, target, actor=actor, policy=policy, at=at)
    by.after = reversing.snapshot(session, target)
    by.effects_due_at = by.effects_at = at
    decisions.finish(session, item, held, by, verdict, change, actor=actor, at=at)
    appeals.settle(session, item, appeal, by, answer=words, restored=restored, actor=actor, at=at)
    notice = notices.tell(
        session, appeal.appellant_ref, "appeal_decided", once=f"appeal-{appeal.id}", at=at, appeal=appeal.id
    )
    appeal.told_at = at
    decisions.told(session, item, by, notice.id, actor=actor, at=at)
    if restored and decision.action in REPLACES:
        _tell_reporters(session, item, decision, by, actor=actor, at=at)
    return appeal


def _answer_lacks(action: DecisionAction, words: str | None) -> dict[str, Lack]:
    """Somebody who is told "no" is owed a person's own words; a "yes" speaks for itself."""
    if action is DecisionAction.APPEAL_UPHELD and not words:
        return {"answer": Lack.ANSWER_NEEDED}
    return {"answer": Lack.ANSWER_TOO_LONG} if len(words or "") > LONGEST_ANSWER else {}


def _restore(
    session: Session, decision: Decision, target: Target, *, actor: Actor, policy: Policy, at: datetime
) -> tuple[Change, bool]:
    """Put back what was before the decision, and say whether it stands so now.

    What a colleague decided about the words since, beside the appeal, stands: it can be appealed by itself. And
    what the author changed since is theirs.
    """
    others = _other_rulings(session, decision) if decision.action in REPLACES else []
    if any(other > decision.id for other in others):
        return Change(target.state, target.state), False
    kept_by_software = (
        not others and decision.before is not None and decision.before["state"] == PostState.HELD
    )
    restored = decision.action not in REPLACES or (
        reversing.moved_on(session, decision, target) is not MovedOn.AUTHOR
    )
    change = reversing.put_back(
        session, decision, actor=actor, policy=policy, at=at, show_if_held=kept_by_software
    )
    return change, restored


def _other_rulings(session: Session, decision: Decision) -> Sequence[int]:
    """Decisions about the same words that nobody took back, but for this one."""
    return session.scalars(
        select(Decision.id).where(
            Decision.subject_kind == decision.subject_kind,
            Decision.subject_id == decision.subject_id,
            Decision.revision_id.is_(None)
            if decision.revision_id is None
            else Decision.revision_id == decision.revision_id,
            Decision.id != decision.id,
            Decision.action.in_([action.value for action in REPLACES]),
            standing(),
        )
    ).all()


def _look_after(session: Session, appeal: Appeal, said: Assessment, policy: Policy, at: datetime) -> None:
    """Words that sound like danger now make the item a crisis, which anybody at the desk may take."""
    quiet = timedelta(hours=policy.values.help_panel_quiet_hours)
    care.offer_help(session, appeal.appellant_ref, said.answer.support, quiet=quiet, at=at)
    if said.answer.urgency is not Urgency.CRISIS:
        return
    item = session.get_one(ReviewItem, appeal.item_id)
    queue.open_item(
        session,
        queue.subject_of(item),
        author_ref=item.author_ref,
        group_ref=item.group_ref,
        urgency=Urgency.CRISIS,
        source=appeals.WORDS,
        codes=policy.asking(said.answer.reasons),
        assessment_id=None,
        policy=policy.version,
        actor=SOFTWARE,
        at=at,
    )
    page_staff(session, item, at=at)


def _tell_reporters(
    session: Session, item: ReviewItem, decision: Decision, by: Decision, *, actor: Actor, at: datetime
) -> None:
    for report in reports.correct(session, item, decision, by=by, actor=actor, at=at):
        notices.tell(
            session,
            report.reporter_ref,
            "report_corrected",
            once=f"report-{report.id}-{by.id}",
            at=at,
            report=report.id,
        )


def _tell_admins(session: Session, appeal: Appeal, at: datetime) -> None:
    """Nobody on the team may settle it: only somebody who can bring in another person can help."""
    people = session.scalars(
        select(Member.id)
        .where(Member.role == Role.ADMIN, Member.state == MemberState.ACTIVE)
        .order_by(Member.id)
    )
    for member_id in people:
        notices.tell(
            session, member_id, "appeal_stuck", once=f"appeal-stuck-{appeal.id}", at=at, appeal=appeal.id
        )
