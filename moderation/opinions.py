"""What software had said about what a person decides on, and whether the two agree."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.models import AssessmentRow, ReviewItem
from moderation.policy import LABELS_CHOSEN, Policy
from moderation.workflow import DecisionAction

AGREES = {
    DecisionAction.SHOW: ("show",),
    DecisionAction.SHOW_WITH_LABEL: ("collapse",),
    DecisionAction.MASK: ("collapse", "hold"),
    DecisionAction.ASK_EDIT: ("hold",),
    DecisionAction.KEEP_HELD: ("hold",),
    DecisionAction.REMOVE: ("hold",),
}
"""What software must have answered for a person's action to agree with it."""

NO_OPINION = ("newcomer", "hold_everything", "held_by_person", "held_overnight", *LABELS_CHOSEN)
"""Reasons for a look that say nothing about the words."""


def about_words(reasons: Sequence[str]) -> list[str]:
    """Of reasons that ask for a look, those that software has for what it read."""
    return [why for why in reasons if why not in NO_OPINION and not why.startswith("missing.")]


def opinion_on(session: Session, item: ReviewItem) -> AssessmentRow | None:
    """Software's newest judgement of the revision that is decided on."""
    revision = AssessmentRow.revision_id
    return session.scalars(
        select(AssessmentRow)
        .where(
            AssessmentRow.subject_kind == item.subject_kind,
            AssessmentRow.subject_id == item.subject_id,
            revision.is_(None) if item.revision_id is None else revision == item.revision_id,
        )
        .order_by(AssessmentRow.id.desc())
        .limit(1)
    ).first()


def agreement(action: DecisionAction, judged: AssessmentRow | None, policy: Policy) -> bool | None:
    """None where software had no view on the words, or the action says nothing about them."""
    if judged is None or action not in AGREES:
        return None
    if not about_words(policy.asking(judged.reasons)) and judged.display != "show":
        return None
    return judged.display in AGREES[action]


def scores_of(judged: AssessmentRow | None) -> dict[str, int]:
    """The highest score for each label, in thousandths."""
    scores: dict[str, int] = {}
    for finding in judged.findings if judged is not None else ():
        if (score := finding.get("score")) is not None:
            label = finding["label"]
            scores[label] = max(int(score), scores.get(label, 0))
    return scores
