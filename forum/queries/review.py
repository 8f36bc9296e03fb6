"""The queue as the desk shows it: what waits, why, since when and with whom. Never the words of a post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from forum.models import Group, Member
from moderation import clocks
from moderation.answers import Urgency
from moderation.hours import Hours
from moderation.models import Claim, ReviewItem, ReviewReason
from moderation.policy import Policy
from moderation.sampling import SAMPLE
from moderation.subject import SubjectKind
from moderation.workflow import ItemState

PAGE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATES = ("open", "claimed", "mine", "for_lead", "drawn", "appeals")
PEOPLE_SAID = frozenset({"report", "facilitator", "escalation", "undo"})
"""Sources of reasons that nobody is shown about their own words."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; None leaves it wide."""

    urgency: Urgency | None = None
    state: str | None = None
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins. The order is taken at one moment, so that the list does not move while paging."""

    as_of: datetime
    level: int
    opened_at: datetime
    item_id: int


@dataclass(frozen=True, slots=True)
class Row:
    """One item in the list."""

    id: int
    kind: SubjectKind
    urgency: Urgency
    aged: bool
    """It has waited so long that it stands one level higher."""
    for_lead: bool
    appealed: bool
    about_viewer: bool
    opened_at: datetime
    waited: timedelta
    """By the clock of its urgency: only a crisis waits while nobody is at the desk."""
    in_all: timedelta
    """The same by the clock on the wall."""
    target: timedelta
    group: str | None
    holder: str | None
    """The pseudonym of the colleague who holds it now."""
    mine: bool
    held_until: datetime | None
    reasons: tuple[tuple[str, str], ...]
    """Source and code of each reason, in arrival order."""

    @property
    def overdue(self) -> bool:
        return self.waited >= self.target

    @property
    def drawn(self) -> bool:
        """Chosen at random among what nothing flagged."""
        return any(source == SAMPLE for source, _code in self.reasons)


@dataclass(frozen=True, slots=True)
class Level:
    """How many items of one urgency wait, and how many are past their target."""

    urgency: Urgency
    waiting: int
    overdue: int


def claimed_post_ids(session: Session, member_id: int, now: datetime) -> frozenset[int]:
    """Posts whose words this person has opened inside a claim that is still theirs (promise 5)."""
    return frozenset(
        session.scalars(
            select(ReviewItem.subject_id)
            .join(Claim, Claim.item_id == ReviewItem.id)
            .where(
                Claim.moderator_ref == member_id,
                Claim.released_at.is_(None),
                Claim.expires_at > now,
                Claim.opened_text_at.is_not(None),
                ReviewItem.subject_kind == SubjectKind.POST,
            )
        )
    )


def levels(session: Session, policy: Policy, hours: Hours, now: datetime) -> list[Level]:
    """How the four levels stand, the most urgent first."""
    late = or_(
        *(
            and_(
                ReviewItem.urgency == int(level),
                ReviewItem.opened_at <= clocks.opened_by(hours, level, now, policy.values.targets[level]),
            )
            for level in Urgency
        )
    )
    rows = session.execute(
        select(ReviewItem.urgency, func.count(), func.sum(case((late, 1), else_=0)))
        .where(ReviewItem.state != ItemState.DECIDED)
        .group_by(ReviewItem.urgency)
    )
    found = {urgency: (waiting, overdue) for urgency, waiting, overdue in rows}
    return [Level(level, *found.get(int(level), (0, 0))) for level in reversed(Urgency)]


def groups_with_items(session: Session) -> Sequence[tuple[int, str]]:
    """Groups that something waits in, for the filter."""
    waiting = select(ReviewItem.group_ref).where(ReviewItem.state != ItemState.DECIDED)
    rows = session.execute(select(Group.id, Group.name).where(Group.id.in_(waiting)).order_by(Group.name))
    return [(group_id, name) for group_id, name in rows]


def queue(
    session: Session,
    viewer_id: int,
    policy: Policy,
    hours: Hours,
    now: datetime,
    filters: Filters,
    after: Place | None,
) -> tuple[list[Row], Place | None]:
    """One page of the queue, and where the next begins, or None at the end."""
    as_of = after.as_of if after is not None else now
    level = _level(policy, hours, as_of)
    holder = aliased(Member)
    live = and_(Claim.item_id == ReviewItem.id, Claim.released_at.is_(None), Claim.expires_at > now)
    query = (
        select(ReviewItem, level, Group.name, Claim.moderator_ref, Claim.expires_at, holder.pseudonym)
        .outerjoin(Claim, live)
        .outerjoin(holder, holder.id == Claim.moderator_ref)
        .outerjoin(Group, Group.id == ReviewItem.group_ref)
        .where(*_conditions(filters, viewer_id))
        .order_by(level.desc(), ReviewItem.opened_at, ReviewItem.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(_behind(level, after))
    found = session.execute(query).all()
    reasons = reasons_of(session, [row[0] for row in found[:PAGE]], viewer_id)
    rows = [
        Row(
            id=item.id,
            kind=item.subject_kind,
            urgency=Urgency(item.urgency),
            aged=stands > item.urgency,
            for_lead=item.for_lead,
            appealed=item.state is ItemState.APPEALED,
            about_viewer=item.author_ref == viewer_id,
            opened_at=item.opened_at,
            waited=clocks.waited(hours, Urgency(item.urgency), item.opened_at, now),
            in_all=max(now - item.opened_at, timedelta()),
            target=policy.values.targets[Urgency(item.urgency)],
            group=group,
            holder=name,
            mine=holder_ref == viewer_id,
            held_until=until,
            reasons=reasons.get(item.id, ()),
        )
        for item, stands, group, holder_ref, until, name in found[:PAGE]
    ]
    if len(found) <= PAGE:
        return rows, None
    last, stands = found[PAGE - 1][0], found[PAGE - 1][1]
    return rows, Place(as_of, stands, last.opened_at, last.id)


def _level(policy: Policy, hours: Hours, as_of: datetime) -> ColumnElement[int]:
    """`Policy.aged` for the database: where an item stands after waiting (R32)."""
    whens = []
    for urgency in Urgency:
        patience = policy.values.targets[urgency] * policy.values.ageing_after_targets
        higher = policy.aged(urgency, patience)
        if higher > urgency:
            waited = ReviewItem.opened_at <= clocks.opened_by(hours, urgency, as_of, patience)
            whens.append((and_(ReviewItem.urgency == int(urgency), waited), int(higher)))
    return case(*whens, else_=ReviewItem.urgency) if whens else ReviewItem.urgency.expression


def _behind(level: ColumnElement[int], place: Place) -> ColumnElement[bool]:
    later = or_(
        ReviewItem.opened_at > place.opened_at,
        and_(ReviewItem.opened_at == place.opened_at, ReviewItem.id > place.item_id),
    )
    return or_(level < place.level, and_(level == place.level, later))


def _conditions(filters: Filters, viewer_id: int) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [ReviewItem.state != ItemState.DECIDED]
    if filters.urgency is not None:
        wanted.append(ReviewItem.urgency == int(filters.urgency))
    if filters.group_id is not None:
        wanted.append(ReviewItem.group_ref == filters.group_id)
    match filters.state:
        case "open":
            wanted.append(Claim.id.is_(None))
        case "claimed":
            wanted.append(Claim.id.is_not(None))
        case "mine":
            wanted.append(Claim.moderator_ref == viewer_id)
        case "for_lead":
            wanted.append(ReviewItem.for_lead.is_(True))
        case "appeals":
            wanted.append(ReviewItem.state == ItemState.APPEALED)
        case "drawn":
            by_chance = exists().where(ReviewReason.item_id == ReviewItem.id, ReviewReason.source == SAMPLE)
            wanted.append(by_chance)
    return wanted


def reasons_of(
    session: Session, items: Sequence[ReviewItem], viewer_id: int
) -> Mapping[int, tuple[tuple[str, str], ...]]:
    """Why each item is here: source and code. About their own words staff see only what software said."""
    found: dict[int, dict[tuple[str, str], None]] = {}
    own = {item.id for item in items if item.author_ref == viewer_id}
    if items:
        rows = session.execute(
            select(ReviewReason.item_id, ReviewReason.source, ReviewReason.code)
            .where(ReviewReason.item_id.in_([item.id for item in items]))
            .order_by(ReviewReason.id)
        )
        for item_id, source, code in rows:
            if item_id not in own or source not in PEOPLE_SAID:
                found.setdefault(item_id, {})[(source, code)] = None
    return {item_id: tuple(reasons) for item_id, reasons in found.items()}


def write_place(place: Place) -> str:
    """A place as a short text for the address of the next page."""
    moments = ((moment - EPOCH) // timedelta(microseconds=1) for moment in (place.as_of, place.opened_at))
    return ".".join(str(part) for part in (*moments, place.level, place.item_id))


def read_place(text: str | None) -> Place | None:
    """The place that a text names; None, which is the first page, for an absent or broken one."""
    parts = (text or "").split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        return None
    as_of, opened, level, item_id = map(int, parts)
    try:
        return Place(_moment(as_of), level, _moment(opened), item_id)
    except OverflowError:
        return None


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
