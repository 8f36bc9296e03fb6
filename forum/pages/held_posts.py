"""What the author of a held post is told: why, how long it usually takes, and whether anybody is there now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum import signposts
from forum.db import Session
from forum.models import PostState
from forum.queries import posts
from forum.queries.threads import PostView
from forum.queries.waiting import Wait, usual_wait, waiting_posts
from forum.resources import Kind
from forum.signposts import Signpost
from forum.web.identity import viewer
from forum.web.parts import policy
from forum.web.times import reader_zone
from moderation import desk
from moderation.answers import Display, Urgency

MOST_SERVICES = 2


@dataclass(frozen=True, slots=True)
class Held:
    """A post that its author alone can read."""

    why: tuple[str, ...]
    overnight: bool
    wait: Wait | None
    """None: nobody is about to look; a decision is made, or made and not yet told."""
    crisis: bool
    kept: bool
    """A person has read it and keeps it back."""


def held_posts(session: Session, found: Sequence[PostView], now: datetime) -> dict[int, Held]:
    """The reader's own held posts on a page, by revision. Asks nothing where there are none."""
    own = {post.id: post for post in found if post.own and post.state is PostState.HELD and post.revision_id}
    if not own:
        return {}
    waiting = waiting_posts(session, list(own))
    revisions = [post.revision_id for post in own.values() if post.revision_id]
    known, kept = posts.reasons_of(session, revisions), posts.kept_by_person(session, revisions)
    waits = {
        urgency: usual_wait(session, urgency, policy(), now, held=True)
        for urgency in {one.urgency for one in waiting.values()}
    }
    return {
        post.revision_id: Held(
            why=policy().told(_that_hold(known.get(post.revision_id, ((), "", now))[0])),
            overnight=post_id in waiting and waiting[post_id].overnight,
            wait=waits[waiting[post_id].urgency] if post_id in waiting else None,
            crisis=post_id in waiting and waiting[post_id].urgency is Urgency.CRISIS,
            kept=post.revision_id in kept,
        )
        for post_id, post in own.items()
        if post.revision_id
    }


def the_desk(session: Session, now: datetime) -> dict[str, object]:
    """For the sentence on when somebody reads: the desk, and while nobody is there, help that is open now."""
    stands = desk.look(session, now)
    return {"desk": stands, "now": now, "open_now": [] if stands.staffed else open_now(now)}


def open_now(now: datetime) -> list[Signpost]:
    """A few services for the reader's country that answer at this moment. Emergency numbers stand below every page."""
    found = signposts.choose(viewer().country, now, reader_zone())
    fit = [one for one in found if one.open_now and one.resource.kind is not Kind.EMERGENCY]
    return fit[:MOST_SERVICES]


def _that_hold(reasons: Sequence[str]) -> list[str]:
    """Why a post waits: the reasons that hold it. What would only fold or show it says nothing true of a held one."""
    rows = policy().rows
    return [reason for reason in reasons if reason in rows and rows[reason].display is Display.HOLD]
