"""Decisions that were taken back: which still stand, and which is the newest of its kind on a subject."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from moderation.models import Decision
from moderation.workflow import ABOUT_DECISIONS, ABOUT_WORDS, DecisionAction


def standing() -> ColumnElement[bool]:
    """For the database: a decision about something that nobody has taken back."""
    taking_back = aliased(Decision)
    return and_(
        Decision.action.not_in([action.value for action in ABOUT_DECISIONS]),
        ~exists().where(taking_back.undoes_id == Decision.id).correlate(Decision),
    )


def taken_back_by(session: Session, decision: Decision) -> Decision | None:
    """The decision that takes this one back, if there is one."""
    return session.scalars(select(Decision).where(Decision.undoes_id == decision.id)).first()


def is_newest(session: Session, decision: Decision) -> bool:
    """Whether nothing of its kind was decided about the subject since, or all of that was taken back.

    What is done beside the words (a pause, a lock, a check-in) neither hinders nor hides a decision about them.
    """
    newer = select(Decision.id).where(
        Decision.subject_kind == decision.subject_kind,
        Decision.subject_id == decision.subject_id,
        Decision.id > decision.id,
        Decision.action.in_([action.value for action in like(DecisionAction(decision.action))]),
        standing(),
    )
    return session.scalar(newer.limit(1)) is None


def like(action: DecisionAction) -> frozenset[DecisionAction]:
    """The actions that change the same thing as this one."""
    return ABOUT_WORDS if action in ABOUT_WORDS else frozenset({action})
