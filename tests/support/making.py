"""Rows to start from, made plainly: only what a test is about needs to be said.

These write the tables directly. A test about an action calls the action.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from forum import clock
from forum.models import (
    Facilitation,
    Group,
    Intake,
    Member,
    Membership,
    MembershipState,
    Post,
    PostState,
    PseudonymState,
    Revision,
    Role,
    Thread,
)

ESTABLISHED = 10
"""Approved posts of a member who is no newcomer."""
_numbers = itertools.count(1)


def a_member(
    session: Session,
    name: str | None = None,
    *,
    role: Role = Role.MEMBER,
    approved_posts: int = ESTABLISHED,
    country: str = "GB",
) -> Member:
    """An account that has accepted the rules. Its pass-phrase matches nothing: sign in with the client."""
    number = next(_numbers)
    pseudonym = name or f"{role.value.title()} {number}"
    moment = clock.now() - timedelta(days=60)
    member = Member(
        pseudonym=pseudonym,
        pseudonym_key=f"{pseudonym.casefold()}-{number}"[-40:],
        pseudonym_state=PseudonymState.SHOWN,
        sign_in_name=f"{pseudonym.casefold().replace(' ', '-')}-{number}",
        password_hash="none",
        role=role,
        country=country,
        timezone="Europe/London",
        joined_at=moment,
        age_stated_at=moment,
        rules_version=1,
        rules_accepted_at=moment,
        approved_posts=approved_posts,
    )
    if role is not Role.MEMBER:
        member.totp_secret, member.totp_confirmed_at = "sealed", moment
    session.add(member)
    session.flush()
    return member


def a_group(
    session: Session,
    name: str | None = None,
    *,
    capacity: int = 24,
    facilitator: Member | None = None,
    facilitated: bool = True,
    members: tuple[Member, ...] = (),
    intake: Intake = Intake.OPEN,
) -> Group:
    """An open group with an active facilitator, unless `facilitated` says otherwise, and these members."""
    number = next(_numbers)
    group = Group(
        slug=f"group-{number}",
        name=name or f"Group {number}",
        purpose="A place to talk about hard days.",
        capacity=capacity,
        intake=intake,
        created_at=clock.now() - timedelta(days=90),
    )
    session.add(group)
    session.flush()
    if facilitated:
        holder = facilitator or a_member(session, role=Role.FACILITATOR)
        session.add(Facilitation(group_id=group.id, member_id=holder.id, since=group.created_at))
    for member in members:
        a_place(session, group, member)
    session.flush()
    return group


def a_place(
    session: Session, group: Group, member: Member, *, state: MembershipState = MembershipState.ACTIVE
) -> Membership:
    """A member's place in a group."""
    place = Membership(
        group_id=group.id, member_id=member.id, state=state, joined_at=clock.now() - timedelta(days=30)
    )
    session.add(place)
    session.flush()
    return place


def a_thread(
    session: Session,
    group: Group,
    author: Member,
    *,
    title: str = "A hard week",
    words: str = "I would like to talk about my week.",
    state: PostState = PostState.SHOWN,
    collapsed: bool = False,
    at: datetime | None = None,
) -> Thread:
    """A thread with its first post, shown unless `state` says otherwise."""
    moment = at or clock.now() - timedelta(hours=1)
    thread = Thread(
        group_id=group.id,
        author_id=author.id,
        title=title if state is PostState.SHOWN else "",  # as posting leaves it while the first post waits
        slug=title.casefold().replace(" ", "-")[:80] if state is PostState.SHOWN else "thread",
        created_at=moment,
        last_post_at=moment,
    )
    session.add(thread)
    session.flush()
    a_post(session, thread, author, words=words, title=title, state=state, collapsed=collapsed, at=moment)
    return thread


def a_post(
    session: Session,
    thread: Thread,
    author: Member,
    *,
    words: str = "Thank you for writing.",
    title: str | None = None,
    note: str | None = None,
    state: PostState = PostState.SHOWN,
    collapsed: bool = False,
    at: datetime | None = None,
) -> Post:
    """One contribution with one revision. The thread's counts follow when it is shown."""
    moment = at or clock.now()
    post = Post(
        thread_id=thread.id,
        group_id=thread.group_id,
        author_id=author.id,
        position=thread.next_position,
        state=PostState.HELD,
        collapsed=collapsed,
        submission=f"made-{next(_numbers)}",
        created_at=moment,
    )
    session.add(post)
    session.flush()
    revision = Revision(
        post_id=post.id,
        number=1,
        title=title,
        source=words,
        note=note,
        plain=words,
        html=f"<p>{words}</p>",
        render_version=1,
        submission=f"made-{next(_numbers)}",
        written_at=moment,
    )
    session.add(revision)
    session.flush()
    post.current_revision_id = revision.id
    thread.next_position += 1
    if state in {PostState.SHOWN, PostState.REMOVED, PostState.WITHDRAWN}:
        post.shown_revision_id, post.first_shown_at = revision.id, moment
    if state is PostState.SHOWN:
        thread.listed_at = thread.listed_at or moment
        thread.last_post_at = moment
        thread.post_count += 1
    post.state = state
    session.flush()
    return post
