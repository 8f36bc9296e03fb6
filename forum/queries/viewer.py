"""Who is reading: everything that a page needs to know about the person, in two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from forum.models import (
    REVIEW_STAFF,
    Facilitation,
    HelpPanel,
    Member,
    Membership,
    MembershipState,
    MemberState,
    Notice,
    Role,
    SignInSession,
)
from moderation.models import Restriction

MANY_NOTICES = 99
PANEL_WAITS = timedelta(hours=24)
"""Help is offered on the next page, at once; a day later it would answer words that are long past."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person as pages see them. `group_ids` are groups where they hold a place, resting included."""

    id: int
    role: Role
    pseudonym: str
    country: str
    timezone: str
    session_id: int
    last_used_at: datetime
    second_factor_set: bool
    second_factor_passed: bool
    change_pass_phrase: bool
    rules_version: int | None
    approved_posts: int
    group_ids: frozenset[int]
    resting_group_ids: frozenset[int]
    facilitates: frozenset[int]
    unread_notices: int
    help_panel_id: int | None
    help_panel_level: str | None
    restricted_until: datetime | None

    @property
    def reviews(self) -> bool:
        """Moderators, leads and clinicians read every group."""
        return self.role in REVIEW_STAFF

    @property
    def reads(self) -> frozenset[int]:
        """Groups that this person reads by belonging to them."""
        return self.group_ids | self.facilitates


def viewer_by_token(session: Session, token_hash: str, now: datetime) -> Viewer | None:
    """The person behind a session token, or None when the session is unknown, ended or the account closed."""
    unread = (
        select(func.count())
        .select_from(
            select(literal(1))
            .where(Notice.member_id == Member.id, Notice.read_at.is_(None))
            .limit(MANY_NOTICES)
            .correlate(Member)
            .subquery()
        )
        .scalar_subquery()
    )
    panel_id = (
        select(func.max(HelpPanel.id))
        .where(
            HelpPanel.member_id == Member.id,
            HelpPanel.dismissed_at.is_(None),
            HelpPanel.made_at > now - PANEL_WAITS,
        )
        .correlate(Member)
        .scalar_subquery()
    )
    panel_level = select(HelpPanel.level).where(HelpPanel.id == panel_id).scalar_subquery()
    restricted = (
        select(func.max(Restriction.ends_at))
        .where(
            Restriction.member_ref == Member.id, Restriction.lifted_at.is_(None), Restriction.ends_at > now
        )
        .correlate(Member)
        .scalar_subquery()
    )
    row = session.execute(
        select(Member, SignInSession, unread, panel_id, panel_level, restricted)
        .join(SignInSession, SignInSession.member_id == Member.id)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
            Member.state == MemberState.ACTIVE,
        )
    ).first()
    if row is None:
        return None
    member, signed_in, unread_count, help_id, help_level, restricted_until = row
    places: Sequence[Any] = session.execute(
        union_all(
            select(Membership.group_id, type_coerce(Membership.state, String)).where(
                Membership.member_id == member.id, Membership.state != MembershipState.LEFT
            ),
            select(Facilitation.group_id, literal("facilitates")).where(
                Facilitation.member_id == member.id, Facilitation.ended_at.is_(None)
            ),
        )
    ).all()
    return Viewer(
        id=member.id,
        role=member.role,
        pseudonym=member.pseudonym,
        country=member.country,
        timezone=member.timezone,
        session_id=signed_in.id,
        last_used_at=signed_in.last_used_at,
        second_factor_set=member.totp_confirmed_at is not None,
        second_factor_passed=signed_in.second_factor_at is not None,
        change_pass_phrase=member.change_pass_phrase,
        rules_version=member.rules_version,
        approved_posts=member.approved_posts,
        group_ids=frozenset(group for group, state in places if state != "facilitates"),
        resting_group_ids=frozenset(group for group, state in places if state == "resting"),
        facilitates=frozenset(group for group, state in places if state == "facilitates"),
        unread_notices=unread_count,
        help_panel_id=help_id,
        help_panel_level=help_level,
        restricted_until=restricted_until,
    )
