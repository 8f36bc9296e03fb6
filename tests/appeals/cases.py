"""What the tests of appeals start from: a decision over somebody's words, and steps said in a line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import appealing
from forum.models import Member
from moderation.assess import assess
from moderation.detectors.fixed import fixed_detector
from moderation.models import Appeal, Decision, ReviewItem
from moderation.subject import Circumstances, Part, Piece
from moderation.workflow import DecisionAction
from tests.review.desk import RULES, Desk, actor_of, claim, decide

UPHELD, OVERTURNED = DecisionAction.APPEAL_UPHELD, DecisionAction.APPEAL_OVERTURNED
THEIR_WORDS = "canary-appeal: I meant it as a way out, not as a way in."
OUR_WORDS = "canary-answer: We read it twice, and we see why you wrote it."


def decided(
    session: Session,
    desk: Desk,
    action: DecisionAction = DecisionAction.REMOVE,
    reason: str = "graphic",
    *,
    who: Member | None = None,
    **more: Any,
) -> Decision:
    """A decision by the desk's moderator on the desk's item."""
    person = who or desk.moderator
    version = claim(session, desk.item, person)
    return decide(session, desk.item, person, action, reason, version=version, **more)


def appeal(
    session: Session, decision: Decision, who: Member, words: str = THEIR_WORDS, *, at: datetime | None = None
) -> Appeal:
    pieces = (Piece(Part.BODY, words),)
    made, _new = appealing.make(
        session,
        decision.id,
        words=words,
        said=assess(pieces, Circumstances(), detectors=(fixed_detector(),), policy=RULES),
        actor=actor_of(who),
        policy=RULES,
        at=at or clock.now(),
    )
    return made


def answer(
    session: Session,
    made: Appeal,
    who: Member,
    action: DecisionAction = OVERTURNED,
    *,
    reason: str | None = None,
    words: str | None = OUR_WORDS,
    version: int | None = None,
    at: datetime | None = None,
) -> Appeal:
    code = reason or ("appeal_too_strict" if action is OVERTURNED else "appeal_rule_fits")
    item = item_of(session, made)
    return appealing.answer(
        session,
        made.item_id,
        version=item.version if version is None else version,
        action=action,
        reason=RULES.decision_reasons[code],
        words=words,
        note=None,
        actor=actor_of(who),
        policy=RULES,
        at=at or clock.now(),
    )


def settle(session: Session, made: Appeal, who: Member, action: DecisionAction = OVERTURNED) -> Appeal:
    """Claim and answer in one breath."""
    claim(session, item_of(session, made), who)
    return answer(session, made, who, action)


def item_of(session: Session, made: Appeal) -> ReviewItem:
    return session.scalars(
        select(ReviewItem).where(ReviewItem.id == made.item_id).execution_options(populate_existing=True)
    ).one()
