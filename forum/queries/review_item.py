"""One item with all that a decision needs. Its words are only read inside one's own claim, once opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from forum.models import Group, Member, Post, PostState, PseudonymState, Revision, Thread
from forum.queries.names import shown_name
from forum.queries.review import reasons_of
from forum.queries.review_appeal import AppealOnDesk, appeal_on
from forum.queries.review_past import NOTHING, Past, past_of
from moderation import clocks, desk, labels
from moderation.answers import Urgency
from moderation.models import AssessmentRow, Claim, LabelSource, Report, ReviewItem, StaffedHours
from moderation.opinions import opinion_on
from moderation.policy import Policy
from moderation.sampling import SAMPLE
from moderation.subject import Part, SubjectKind
from moderation.workflow import ItemState, is_open

EITHER_SIDE = 2


@dataclass(frozen=True, slots=True)
class Holding:
    """The newest claim on an item."""

    holder: str
    mine: bool
    live: bool
    """False: it ended by its time alone, and a decision is taken if nobody claims first."""
    until: datetime
    opened: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One report. Who made it is on no page; the words they added come with the post's."""

    reason_code: str
    made_at: datetime
    other_revision: bool
    details: str | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What software said of the revision: codes, scores and places, no words."""

    display: str
    reasons: tuple[str, ...]
    model_id: str | None
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A shown post beside the one in question. A folded one keeps its words on the thread page."""

    id: int
    position: int
    author: str
    html: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """The exact words to judge, part by part, as plain text; and what stands around them."""

    parts: tuple[tuple[Part, str], ...]
    masked: bool
    before: tuple[Near, ...] = ()
    after: tuple[Near, ...] = ()

    def of(self, part: Part) -> str:
        return dict(self.parts).get(part, "")

    @property
    def beside_body(self) -> str:
        """Title and the author's note: readers see them too, but no mask reaches them."""
        return "\n".join(filter(None, (self.of(Part.TITLE), self.of(Part.NOTE))))


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as its page shows it to one person."""

    id: int
    kind: SubjectKind
    subject_id: int
    state: ItemState
    version: int
    urgency: Urgency
    for_lead: bool
    opened_at: datetime
    waited: timedelta
    """By the clock of its urgency: only a crisis waits while nobody is at the desk."""
    in_all: timedelta
    """The same by the clock on the wall."""
    target: timedelta
    group: str | None
    author: str | None
    about_viewer: bool
    post_state: PostState | None
    pseudonym_state: PseudonymState
    thread_id: int | None
    thread_slug: str | None
    position: int | None
    revision_number: int | None
    holding: Holding | None
    reasons: tuple[tuple[str, str], ...]
    reports: tuple[Told, ...]
    opinion: Opinion | None
    labels: tuple[tuple[str, LabelSource], ...]
    past: Past
    words: Words | None
    appeal: AppealOnDesk | None

    @property
    def open(self) -> bool:
        return is_open(self.state)

    @property
    def overdue(self) -> bool:
        return self.open and self.waited >= self.target

    @property
    def drawn(self) -> bool:
        """Chosen at random among what nothing flagged."""
        return any(source == SAMPLE for source, _code in self.reasons)

    @property
    def mine(self) -> bool:
        """It is this person's to decide: their claim lives, or ended by its time alone."""
        return self.open and self.holding is not None and self.holding.mine


def find_item(
    session: Session, viewer_id: int, item_id: int, policy: Policy, now: datetime
) -> ItemView | None:
    """The item, or None where there is none.

    Whoever wrote the words sees nothing of what members and colleagues said about them, staff or not.
    """
    holder, author = aliased(Member), aliased(Member)
    any_claim = aliased(Claim)
    newest = select(func.max(any_claim.id)).where(any_claim.item_id == ReviewItem.id).scalar_subquery()
    found: Any = session.execute(
        select(
            ReviewItem,
            Group.name,
            Post,
            Thread.slug,
            author,
            Claim,
            holder.pseudonym,
            Revision.number,
            StaffedHours,
        )
        .outerjoin(Group, Group.id == ReviewItem.group_ref)
        .outerjoin(Post, (ReviewItem.subject_kind == SubjectKind.POST) & (Post.id == ReviewItem.subject_id))
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(Revision, Revision.id == ReviewItem.revision_id)
        .join(author, author.id == ReviewItem.author_ref)
        .outerjoin(Claim, Claim.id == newest)
        .outerjoin(holder, holder.id == Claim.moderator_ref)
        .outerjoin(StaffedHours, desk.is_newest())
        .where(ReviewItem.id == item_id)
    ).first()
    if found is None:
        return None
    item, group, post, slug, writer, claim, holder_name, number, kept = found
    holding = _holding(claim, holder_name, viewer_id, now)
    opened = is_open(item.state) and holding is not None and holding.mine and holding.live and holding.opened
    own = item.author_ref == viewer_id
    judged = opinion_on(session, item)
    urgency, hours = Urgency(item.urgency), desk.hours_of(kept)
    return ItemView(
        id=item.id,
        kind=item.subject_kind,
        subject_id=item.subject_id,
        state=item.state,
        version=item.version,
        urgency=urgency,
        for_lead=item.for_lead,
        opened_at=item.opened_at,
        waited=clocks.waited(hours, urgency, item.opened_at, item.decided_at or now),
        in_all=max((item.decided_at or now) - item.opened_at, timedelta()),
        target=policy.values.targets[urgency],
        group=group,
        author=shown_name(writer.pseudonym, writer.pseudonym_state, writer.state)
        if post is not None
        else None,
        about_viewer=own,
        post_state=post.state if post is not None else None,
        pseudonym_state=writer.pseudonym_state,
        thread_id=post.thread_id if post is not None else None,
        thread_slug=slug,
        position=post.position if post is not None else None,
        revision_number=number,
        holding=holding,
        reasons=reasons_of(session, [item], viewer_id).get(item.id, ()),
        reports=() if own else _reports(session, item, opened),
        opinion=_opinion(judged),
        labels=labels.codes_on(session, [item.revision_id] if item.revision_id else []).get(
            item.revision_id, ()
        ),
        past=NOTHING if own else past_of(session, item, policy, now, opened=opened),
        words=_words(session, item, post, writer) if opened else None,
        appeal=None if own else appeal_on(session, item, viewer_id, opened=opened),
    )


def _holding(claim: Claim | None, holder: str | None, viewer_id: int, now: datetime) -> Holding | None:
    if claim is None or claim.release_reason not in (None, "lapsed"):
        return None
    return Holding(
        holder=holder or "",
        mine=claim.moderator_ref == viewer_id,
        live=claim.released_at is None and claim.expires_at > now,
        until=claim.expires_at,
        opened=claim.opened_text_at is not None,
    )


def _reports(session: Session, item: ReviewItem, opened: bool) -> tuple[Told, ...]:
    rows = session.scalars(select(Report).where(Report.item_id == item.id).order_by(Report.id))
    return tuple(
        Told(
            reason_code=report.reason_code,
            made_at=report.made_at,
            other_revision=report.revision_id != item.revision_id,
            details=report.details if opened else None,
        )
        for report in rows
    )


def _opinion(judged: AssessmentRow | None) -> Opinion | None:
    if judged is None:
        return None
    return Opinion(judged.display, tuple(judged.reasons), judged.model_id, tuple(judged.findings))


def _words(session: Session, item: ReviewItem, post: Post | None, writer: Member) -> Words:
    if post is None:
        return Words(((Part.PSEUDONYM, writer.pseudonym),), masked=False)
    revision = session.get_one(Revision, item.revision_id)
    parts = ((Part.TITLE, revision.title), (Part.BODY, revision.plain), (Part.NOTE, revision.note))
    before, after = _around(session, post)
    return Words(tuple((part, text) for part, text in parts if text), revision.masked, before, after)


def _around(session: Session, post: Post) -> tuple[tuple[Near, ...], tuple[Near, ...]]:
    """Shown posts on either side, by their stored place in the thread."""
    shown = (
        select(
            Post.id,
            Post.position,
            Post.collapsed,
            Revision.html,
            Member.pseudonym,
            Member.pseudonym_state,
            Member.state,
        )
        .join(Revision, Revision.id == Post.shown_revision_id)
        .join(Member, Member.id == Post.author_id)
        .where(Post.thread_id == post.thread_id, Post.state == PostState.SHOWN)
        .limit(EITHER_SIDE)
    )
    before = shown.where(Post.position < post.position).order_by(Post.position.desc())
    after = shown.where(Post.position > post.position).order_by(Post.position)
    return _near(session.execute(before).all()[::-1]), _near(session.execute(after).all())


def _near(rows: Sequence[Any]) -> tuple[Near, ...]:
    return tuple(
        Near(
            row.id,
            row.position,
            shown_name(row.pseudonym, row.pseudonym_state, row.state),
            None if row.collapsed else row.html,
        )
        for row in rows
    )
