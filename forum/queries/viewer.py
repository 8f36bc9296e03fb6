"""Who is reading: everything that a page needs to know about the person, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, cast, func, literal, select, type_coerce
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
from moderation.db import UtcDateTime, constant
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


_member, _session, _notice = Member.__table__.c, SignInSession.__table__.c, Notice.__table__.c
_panel, _pause = HelpPanel.__table__.c, Restriction.__table__.c
_place, _holding = Membership.__table__.c, Facilitation.__table__.c
_NOW = bindparam("now", type_=UtcDateTime)
_unread = (
    select(literal(1))
    .where(_notice.member_id == _member.id, _notice.read_at.is_(None))
    .limit(MANY_NOTICES)
    .correlate(Member.__table__)
)
_panel_id = (
    select(func.max(_panel.id))
    .where(
        _panel.member_id == _member.id,
        _panel.dismissed_at.is_(None),
        _panel.made_at > bindparam("panels_since", type_=UtcDateTime),
    )
    .correlate(Member.__table__)
    .scalar_subquery()
)
_places = select(
    func.aggregate_strings(cast(_place.group_id, String) + " " + type_coerce(_place.state, String), ",")
).where(_place.member_id == _member.id, _place.state != constant(MembershipState.LEFT))
_held_groups = select(func.aggregate_strings(cast(_holding.group_id, String), ",")).where(
    _holding.member_id == _member.id, _holding.ended_at.is_(None)
)
_restricted = select(func.max(_pause.ends_at)).where(
    _pause.member_ref == _member.id, _pause.lifted_at.is_(None), _pause.ends_at > _NOW
)
_VIEWER = (
    select(
        _member.id,
        _member.role,
        _member.pseudonym,
        _member.country,
        _member.timezone,
        _member.totp_confirmed_at,
        _member.change_pass_phrase,
        _member.rules_version,
        _member.approved_posts,
        _session.id.label("session_id"),
        _session.last_used_at,
        _session.second_factor_at,
        select(func.count()).select_from(_unread.subquery()).scalar_subquery().label("unread"),
        _panel_id.label("panel_id"),
        select(_panel.level).where(_panel.id == _panel_id).scalar_subquery().label("panel_level"),
        _restricted.correlate(Member.__table__).scalar_subquery().label("restricted_until"),
        _places.correlate(Member.__table__).scalar_subquery().label("places"),
        _held_groups.correlate(Member.__table__).scalar_subquery().label("held_groups"),
    )
    .join_from(Member.__table__, SignInSession.__table__, _session.member_id == _member.id)
    .where(
        _session.token_hash == bindparam("token_hash"),
        _session.revoked_at.is_(None),
        _session.expires_at > _NOW,
        _member.state == MemberState.ACTIVE,
    )
)


def viewer_by_token(session: Session, token_hash: str, now: datetime) -> Viewer | None:
    """The person behind a session token, or None when the session is unknown, ended or the account closed."""
    asked = {"token_hash": token_hash, "now": now, "panels_since": now - PANEL_WAITS}
    row = session.execute(_VIEWER, asked).first()
    if row is None:
        return None
    places = [place.split(" ") for place in (row.places or "").split(",") if place]
    return Viewer(
        id=row.id,
        role=row.role,
        pseudonym=row.pseudonym,
        country=row.country,
        timezone=row.timezone,
        session_id=row.session_id,
        last_used_at=row.last_used_at,
        second_factor_set=row.totp_confirmed_at is not None,
        second_factor_passed=row.second_factor_at is not None,
        change_pass_phrase=row.change_pass_phrase,
        rules_version=row.rules_version,
        approved_posts=row.approved_posts,
        group_ids=frozenset(int(group) for group, _state in places),
        resting_group_ids=frozenset(
            int(group) for group, state in places if state == MembershipState.RESTING.value
        ),
        facilitates=frozenset(int(group) for group in (row.held_groups or "").split(",") if group),
        unread_notices=row.unread,
        help_panel_id=row.panel_id,
        help_panel_level=row.panel_level,
        restricted_until=row.restricted_until,
    )
