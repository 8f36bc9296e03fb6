"""What members report: bound to the revision they saw, many on one item, one for each person and subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation import audit, queue
from moderation.audit import Actor
from moderation.models import Decision, Report, ReviewItem
from moderation.subject import Subject
from moderation.taxonomy import ReportReason
from moderation.verbs import Verb
from moderation.workflow import DecisionAction


class Outcome(StrEnum):
    """What a reporter learns. It says nothing about the other person."""

    NO_ACTION = "no_action"
    LABELLED = "labelled"
    ACTED = "acted"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"
    """What they were told of was decided otherwise since: all is as it was before."""


OUTCOME_OF: dict[DecisionAction, Outcome] = {
    DecisionAction.SHOW: Outcome.NO_ACTION,
    DecisionAction.SHOW_WITH_LABEL: Outcome.LABELLED,
    DecisionAction.MASK: Outcome.ACTED,
    DecisionAction.ASK_EDIT: Outcome.ACTED,
    DecisionAction.KEEP_HELD: Outcome.ACTED,
    DecisionAction.REMOVE: Outcome.ACTED,
}
"""Only a decision that ends the item answers the reporters; what is done beside it stays private."""


def make(
    session: Session,
    subject: Subject,
    *,
    reporter_ref: int,
    author_ref: int,
    group_ref: int | None,
    reason: ReportReason,
    details: str | None,
    policy: int,
    actor: Actor,
    at: datetime,
) -> tuple[Report, bool]:
    """The report and whether it is new: a second one by the same person about the same thing does nothing."""
    earlier = of_person(session, reporter_ref, subject)
    if earlier is not None:
        return earlier, False
    try:
        with session.begin_nested():  # pressed twice at once: the second takes its whole step back
            return _write(
                session,
                subject,
                reporter_ref=reporter_ref,
                author_ref=author_ref,
                group_ref=group_ref,
                reason=reason,
                details=details,
                policy=policy,
                actor=actor,
                at=at,
            ), True
    except IntegrityError:
        earlier = of_person(session, reporter_ref, subject)
        if earlier is None:
            raise
        return earlier, False


def of_person(session: Session, reporter_ref: int, subject: Subject) -> Report | None:
    """The report that this person has made about this subject, if any."""
    return session.scalars(
        select(Report).where(
            Report.reporter_ref == reporter_ref,
            Report.subject_kind == subject.kind,
            Report.subject_id == subject.id,
        )
    ).first()


def answer(
    session: Session, item: ReviewItem, decision: Decision, *, withdrawn: bool, actor: Actor, at: datetime
) -> Sequence[Report]:
    """Write the outcome on every report of the item that waits for one; the caller tells the people.

    `withdrawn`: the author had taken the words back before anybody decided.
    """
    outcome = OUTCOME_OF.get(DecisionAction(decision.action))
    if outcome is None:
        return ()
    if withdrawn:
        outcome = Outcome.WITHDRAWN
    waiting = session.scalars(
        select(Report).where(Report.item_id == item.id, Report.outcome.is_(None)).order_by(Report.id)
    ).all()
    for report in waiting:
        _tell(session, item, report, outcome, by=decision, actor=actor, at=at)
    session.flush()
    return waiting


def correct(
    session: Session, item: ReviewItem, decision: Decision, *, by: Decision, actor: Actor, at: datetime
) -> Sequence[Report]:
    """`decision` was taken back by `by`: whoever was told that something was done learns that it was not to stay."""
    told = session.scalars(
        select(Report)
        .where(
            Report.decision_id == decision.id,
            Report.outcome.in_([Outcome.ACTED.value, Outcome.LABELLED.value]),
            Report.outcome_told_at.is_not(None),
        )
        .order_by(Report.id)
    ).all()
    for report in told:
        _tell(session, item, report, Outcome.TAKEN_BACK, by=by, actor=actor, at=at)
    session.flush()
    return told


def _tell(
    session: Session,
    item: ReviewItem,
    report: Report,
    outcome: Outcome,
    *,
    by: Decision,
    actor: Actor,
    at: datetime,
) -> None:
    """What the reporter is told, by which decision, and its place in the record."""
    report.outcome, report.outcome_told_at, report.decision_id = outcome.value, at, by.id
    audit.append(
        session,
        Verb.REPORT_ANSWERED,
        actor=actor,
        at=at,
        subject=queue.subject_of(item),
        group=item.group_ref,
        reason=report.reason_code,
        policy=by.policy_version,
        report=report.id,
        decision=by.id,
        outcome=outcome.value,
    )


def reopen(
    session: Session, decision: Decision, *, item: ReviewItem, by_item: ReviewItem
) -> Sequence[Report]:
    """`decision` on `item` was taken back: its reports wait again, for whoever decides on `by_item`.

    Returns those whose reporters had been told.
    """
    told = session.scalars(select(Report).where(Report.decision_id == decision.id).order_by(Report.id)).all()
    waiting = session.scalars(select(Report).where(Report.item_id == item.id, Report.outcome.is_(None))).all()
    for report in told:
        report.outcome = report.outcome_told_at = report.decision_id = None
    for report in (*told, *waiting):
        report.item_id = by_item.id
    session.flush()
    return told


def _write(
    session: Session,
    subject: Subject,
    *,
    reporter_ref: int,
    author_ref: int,
    group_ref: int | None,
    reason: ReportReason,
    details: str | None,
    policy: int,
    actor: Actor,
    at: datetime,
) -> Report:
    item = queue.open_item(
        session,
        subject,
        author_ref=author_ref,
        group_ref=group_ref,
        urgency=reason.urgency,
        source="report",
        codes=(reason.code,),
        assessment_id=None,
        policy=policy,
        actor=actor,
        at=at,
    )
    report = Report(
        item_id=item.id,
        reporter_ref=reporter_ref,
        subject_kind=subject.kind,
        subject_id=subject.id,
        revision_id=subject.revision_id,
        reason_code=reason.code,
        policy_version=policy,
        details=details,
        made_at=at,
    )
    session.add(report)
    session.flush()
    queue.record(
        session,
        item,
        Verb.REPORT_MADE,
        actor=actor,
        at=at,
        reason=reason.code,
        policy=policy,
        report=report.id,
        revision=subject.revision_id,
    )
    return report
