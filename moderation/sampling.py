"""A random look at what nothing flagged, so that an outsider can say how much software misses.

Every plainly shown post has the same chance, whatever it says and whoever wrote it; being drawn hides nothing,
hurries nobody and is told to nobody but the desk. docs/data.md says how misses are estimated from the record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import SystemRandom

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import audit, queue
from moderation.answers import Answer, Display, Urgency
from moderation.assess import Lot
from moderation.models import AssessmentRow, ReviewItem, ReviewReason
from moderation.policy import Policy
from moderation.subject import Subject
from moderation.verbs import Verb

SAMPLE = "sample"
"""The source of an item that chance brought, and the one code of that source."""

MILLION = 1_000_000

Draw = Callable[[float], bool]
"""Whether something that has this chance is drawn."""


def by_chance(chance: float) -> bool:
    """The operating system's randomness: nobody can foresee or repeat what is drawn."""
    return SystemRandom().random() < chance


def never(_chance: float) -> bool:
    """For what must come out the same each time, such as the demo."""
    return False


def lot_of(answer: Answer, policy: Policy, draw: Draw) -> Lot | None:
    """None for what is not plainly shown: a person looks at that anyway, or its author put a label on it.

    The chance is a whole number of millionths, so that the record and the draw mean exactly the same.
    """
    if answer.display is not Display.SHOW or answer.review:
        return None
    chance = round(policy.values.sample_percent * MILLION / 100) / MILLION
    return Lot(chance, draw(chance))


def take(session: Session, subject: Subject, row: AssessmentRow, *, group: int | None, at: datetime) -> None:
    """Put a drawn post into the queue, as green, with an event that names the chance it had."""
    assert row.sample_chance is not None
    item = queue.open_item(
        session,
        subject,
        author_ref=row.author_ref,
        group_ref=group,
        urgency=Urgency.GREEN,
        source=SAMPLE,
        codes=(SAMPLE,),
        assessment_id=row.id,
        policy=row.policy_version,
        actor=audit.SOFTWARE,
        at=at,
    )
    audit.append(
        session,
        Verb.POST_SAMPLED,
        actor=audit.SOFTWARE,
        at=at,
        subject=subject,
        group=group,
        policy=row.policy_version,
        commitment=row.commitment,
        item=item.id,
        item_version=item.version,
        revision=subject.revision_id,
        assessment=row.id,
        chance=round(row.sample_chance * MILLION),
        model=row.model_id,
    )


def only_by_chance(session: Session, item: ReviewItem) -> bool:
    """Whether nobody and nothing but the draw brought the item: no report, no finding, no colleague."""
    sources = select(ReviewReason.source).where(ReviewReason.item_id == item.id).distinct()
    return set(session.scalars(sources)) == {SAMPLE}
