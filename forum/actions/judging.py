"""From words to a judgement on record: the pieces that detectors read, the row, the audit, the queue, the help.

`judge` runs before the transaction opens, because scoring takes time; `record` runs inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from forum.actions import care, paging
from forum.text import Rendered
from moderation import audit, queue, sampling
from moderation.answers import Answer, Display, Support, Urgency
from moderation.assess import Assessment, Finding, assess
from moderation.commitments import commit
from moderation.detectors import Detector
from moderation.models import AssessmentRow, ReviewItem
from moderation.opinions import about_words
from moderation.policy import LABELS_CHOSEN, Policy
from moderation.sampling import Draw
from moderation.signals import NoVerdict
from moderation.subject import Circumstances, Part, Piece, Subject, SubjectKind
from moderation.verbs import Verb


@dataclass(frozen=True, slots=True)
class Judges:
    """The detectors and the policy, as pages and the worker hand them over."""

    detectors: Sequence[Detector]
    policy: Policy
    draw: Draw
    """Chooses which plainly shown posts a person looks at all the same."""


def post_pieces(rendered: Rendered, *, title: str | None, note: str | None) -> tuple[Piece, ...]:
    """Everything of a post that others would read."""
    pieces = [Piece(Part.BODY, rendered.plain, rendered.quoted)]
    if title:
        pieces.insert(0, Piece(Part.TITLE, title))
    if note:
        pieces.append(Piece(Part.NOTE, note))
    return tuple(pieces)


def judge(judges: Judges, pieces: Sequence[Piece], circumstances: Circumstances) -> Assessment:
    """Every detector, then the policy, then chance. Never raises for what a detector does: no verdict holds."""
    found = assess(pieces, circumstances, detectors=judges.detectors, policy=judges.policy)
    return replace(found, lot=sampling.lot_of(found.answer, judges.policy, judges.draw))


def record(
    session: Session,
    subject: Subject,
    assessment: Assessment,
    *,
    policy: Policy,
    author_id: int,
    group_id: int | None,
    words: str,
    at: datetime,
) -> AssessmentRow:
    """Keep the judgement, write its event where it hides something, queue it where a person should look.

    `words` are committed to under the author's key and not stored here. The author is offered help when the
    policy says so, whether the post is shown or held.
    """
    row = row_of(
        subject, assessment, author_id=author_id, commitment=commit(session, author_id, words), at=at
    )
    session.add(row)
    session.flush()
    follow_up(session, subject, assessment, row, policy=policy, group_id=group_id, at=at)
    return row


def follow_up(
    session: Session,
    subject: Subject,
    assessment: Assessment,
    row: AssessmentRow,
    *,
    policy: Policy,
    group_id: int | None,
    at: datetime,
) -> None:
    """What a judgement brings about once its row is kept: the event, the queue, the offer of help."""
    answer = assessment.answer
    verb = _verb(subject, answer, policy)
    if verb is not None:
        audit.append(
            session,
            verb,
            actor=audit.SOFTWARE,
            at=at,
            subject=subject,
            group=group_id,
            reason=answer.reasons[0] if answer.reasons else None,
            policy=assessment.policy_version,
            commitment=row.commitment,
            **_fields(subject, assessment, row),
        )
    if answer.review:
        _queue(session, subject, assessment, row, policy.asking(answer.reasons), group_id, at)
    elif assessment.lot is not None and assessment.lot.drawn and subject.kind is SubjectKind.POST:
        sampling.take(session, subject, row, group=group_id, at=at)
    if answer.support > Support.NONE:
        quiet = timedelta(hours=policy.values.help_panel_quiet_hours)
        care.offer_help(session, row.author_ref, answer.support, quiet=quiet, at=at)


def row_of(
    subject: Subject, assessment: Assessment, *, author_id: int, commitment: str, at: datetime
) -> AssessmentRow:
    """The judgement as a row, not stored yet."""
    answer, identity = assessment.answer, assessment.identity
    return AssessmentRow(
        subject_kind=subject.kind,
        subject_id=subject.id,
        revision_id=subject.revision_id,
        author_ref=author_id,
        commitment=commitment,
        policy_version=assessment.policy_version,
        model_id=identity.model_id if identity else None,
        engine=identity.engine if identity else None,
        normaliser=identity.normaliser if identity else None,
        language=assessment.language,
        findings=[finding_data(finding) for finding in assessment.findings],
        display=answer.display.code,
        urgency=answer.urgency.code,
        support=answer.support.code,
        reasons=list(answer.reasons),
        milliseconds=assessment.milliseconds,
        sample_chance=assessment.lot.chance if assessment.lot and subject.kind is SubjectKind.POST else None,
        assessed_at=at,
    )


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored: codes, scores in thousandths and offsets, never words."""
    if isinstance(finding, NoVerdict):
        return {"detector": finding.detector, "missing": finding.why.value}
    return {
        "detector": finding.detector,
        "name": finding.name,
        "label": finding.label,
        "strength": finding.strength.value,
        "part": finding.part.value,
        "score": None if finding.score is None else round(finding.score * 1000),
        "rule": finding.rule,
        "quoted": finding.quoted,
        "spans": [[span.start, span.end] for span in finding.spans],
    }


def _verb(subject: Subject, answer: Answer, policy: Policy) -> Verb | None:
    """What software hid is an event; what the author chose to put behind a label is not."""
    if subject.kind is SubjectKind.PROFILE:
        return (
            Verb.PROFILE_HELD if answer.display is not Display.SHOW else None
        )  # a name cannot be folded away
    if answer.display is Display.HOLD:
        return Verb.POST_HELD
    by_software = any(
        policy.rows[reason].display is Display.COLLAPSE
        for reason in answer.reasons
        if reason not in LABELS_CHOSEN
    )
    return Verb.POST_COLLAPSED if by_software else None


def _fields(subject: Subject, assessment: Assessment, row: AssessmentRow) -> dict[str, Any]:
    answer = assessment.answer
    signals = [finding for finding in row.findings if "missing" not in finding]
    return {
        "display": row.display,
        "urgency": row.urgency,
        "support": row.support,
        "revision": subject.revision_id,
        "signals": [
            [
                found["detector"],
                found["name"],
                found["label"],
                found["strength"],
                found["score"],
                found["rule"],
            ]
            for found in signals
        ],
        "missing": [[found["detector"], found["missing"]] for found in row.findings if "missing" in found],
        "reasons": row.reasons,
        "labels": list(answer.content_labels),
        "model": row.model_id,
        "engine": row.engine,
        "normaliser": row.normaliser,
        "assessment": row.id,
    }


def _queue(
    session: Session,
    subject: Subject,
    assessment: Assessment,
    row: AssessmentRow,
    reasons: Sequence[str],
    group_id: int | None,
    at: datetime,
) -> ReviewItem:
    answer = assessment.answer
    item = queue.open_item(
        session,
        subject,
        author_ref=row.author_ref,
        group_ref=group_id,
        urgency=answer.urgency,
        source=_source(reasons),
        codes=reasons,
        assessment_id=row.id,
        policy=assessment.policy_version,
        actor=audit.SOFTWARE,
        at=at,
    )
    if answer.urgency is Urgency.CRISIS:
        paging.page_staff(session, item, at=at)
    return item


def _source(reasons: Sequence[str]) -> str:
    """Where an item mainly comes from: what software noticed first, then a missing verdict, then being new."""
    if about_words(reasons):
        return "software"
    if any(reason.startswith("missing.") for reason in reasons):
        return "no_verdict"
    return "newcomer" if "newcomer" in reasons else "software"
