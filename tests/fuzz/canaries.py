"""Words that not everybody may read, and who may: the visibility promise once more, written by hand for this world.

Each word stands in one place of the database. A page that shows it to somebody else has let it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.models import (
    REVIEW_STAFF,
    Facilitation,
    Member,
    Membership,
    MembershipState,
    Post,
    PostState,
    Role,
)
from moderation.models import Claim, ReviewItem
from moderation.subject import SubjectKind


class Place(StrEnum):
    """Where a canary word stands."""

    POST = "post"
    """Words of a post's newest revision, its title or its note."""
    EARLIER = "earlier"
    """Words that an edit replaced."""
    REPORT = "report"
    NOTE = "note"
    """What staff wrote for colleagues."""
    COMPLAINT = "complaint"
    ACCOUNT = "account"
    """A private sign-in name, or the kind of a browser."""


@dataclass(frozen=True, slots=True)
class Canary:
    """`word` stands in `place`; `owner_id` wrote it; `post_id` says with which post it goes."""

    word: str
    place: Place
    owner_id: int
    post_id: int = 0


def let_out(
    session: Session,
    body: str,
    canaries: dict[str, Canary],
    person: Member | None,
    *,
    asked: bool,
    at: datetime,
) -> Iterator[str]:
    """Each canary word in `body` that this person may not read now. `asked`: folded words were asked for."""
    for word, canary in canaries.items():
        if word in body and not _may_read(session, canary, person, asked=asked, at=at):
            yield f"{canary.place.value} of post {canary.post_id} of member {canary.owner_id} ({word})"


def _may_read(session: Session, canary: Canary, person: Member | None, *, asked: bool, at: datetime) -> bool:
    if person is None:
        return False
    if person.id == canary.owner_id:
        return True
    match canary.place:
        case Place.ACCOUNT:
            return canary.word.startswith("signin") and person.role is Role.ADMIN
        case Place.COMPLAINT:
            return person.role in (Role.LEAD, Role.ADMIN)
        case Place.REPORT | Place.NOTE:
            return person.role in REVIEW_STAFF
    post = session.get_one(Post, canary.post_id)
    if _opened(session, person, post, at):
        return True
    if canary.place is Place.EARLIER or post.state is not PostState.SHOWN:
        return False
    return (person.role in REVIEW_STAFF or _belongs(session, person, post.group_id)) and (
        asked or not post.collapsed
    )


def _opened(session: Session, person: Member, post: Post, at: datetime) -> bool:
    """Inside their own live claim."""
    claim = session.scalars(
        select(Claim)
        .join(ReviewItem, ReviewItem.id == Claim.item_id)
        .where(
            ReviewItem.subject_kind == SubjectKind.POST,
            ReviewItem.subject_id == post.id,
            Claim.moderator_ref == person.id,
            Claim.released_at.is_(None),
            Claim.expires_at > at,
        )
    ).first()
    return claim is not None and person.role in REVIEW_STAFF


def _belongs(session: Session, person: Member, group_id: int) -> bool:
    place = select(Membership.id).where(
        Membership.member_id == person.id,
        Membership.group_id == group_id,
        Membership.state != MembershipState.LEFT,
    )
    holding = select(Facilitation.id).where(
        Facilitation.member_id == person.id,
        Facilitation.group_id == group_id,
        Facilitation.ended_at.is_(None),
    )
    return session.scalar(place) is not None or session.scalar(holding) is not None
