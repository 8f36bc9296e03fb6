"""`flask seed load`: a large invented community that real use could have made, and that repeats."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update

from forum import clock, text
from forum.config import Environment, Settings
from forum.db import Database, migrate
from forum.loading.fill import fill
from forum.loading.plan import BadSize, Size
from forum.models import Group, Member, Membership, Post, PostState, Revision, Role, Thread
from moderation.keys import Keyring
from moderation.models import AssessmentRow, AuditEvent, Decision, PersonKey, ReviewItem
from moderation.policy import load_policy
from moderation.workflow import ItemState
from tests.support.client import CheckingClient

SMALL = ("--members", "30", "--groups", "2", "--threads", "12", "--posts", "400", "--long-thread", "130")


def load(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["seed", "load", "--days", "2", *words])


@pytest.fixture
def loaded(app: Flask, database: Database) -> Database:
    made = load(app, *SMALL)
    assert made.exit_code == 0, made.output
    return database


def test_what_was_made_could_have_been_written(loaded: Database) -> None:
    with loaded.reading() as session:
        assert session.scalar(select(func.count(Post.id))) == 400
        for thread in session.scalars(select(Thread)):
            posts = session.scalars(
                select(Post).where(Post.thread_id == thread.id).order_by(Post.position)
            ).all()
            assert [post.position for post in posts] == list(range(1, len(posts) + 1))
            assert thread.next_position == len(posts) + 1
            assert thread.post_count == sum(post.state is PostState.SHOWN for post in posts)
            assert (thread.listed_at is not None) == (posts[0].first_shown_at is not None)
            shown = [post.first_shown_at for post in posts if post.first_shown_at]
            assert thread.last_post_at == (max(shown) if shown else thread.created_at)
            assert all(one.created_at <= other.created_at for one, other in itertools.pairwise(posts))
        assert session.scalar(select(func.max(Thread.next_position))) == 131
        for group in session.scalars(select(Group)):
            inside = select(Membership.member_id).where(Membership.group_id == group.id)
            members = set(session.scalars(inside))
            assert len(members) <= group.capacity
            assert set(session.scalars(select(Post.author_id).where(Post.group_id == group.id))) <= members


def test_every_post_was_rendered_and_judged_and_says_by_what(loaded: Database) -> None:
    with loaded.reading() as session:
        rows = session.execute(
            select(Revision, AssessmentRow, Post)
            .join(AssessmentRow, AssessmentRow.revision_id == Revision.id)
            .join(Post, Post.current_revision_id == Revision.id)
        ).all()
        assert len(rows) == 400
        rendered = {revision.source: text.render(revision.source) for revision, _row, _post in rows}
        for revision, row, _post in rows:
            assert (revision.html, revision.plain) == (
                rendered[revision.source].html,
                rendered[revision.source].plain,
            )
            assert row.model_id == "seed"
            assert len(row.commitment) == 64
        held = {row.display == "hold" for _revision, row, post in rows if post.state is PostState.HELD}
        assert held == {True}
        hashes = set(session.scalars(select(Member.password_hash)))
        assert len(hashes) == 1


def test_the_record_holds_and_the_pages_have_something_to_show(
    app: Flask, loaded: Database, client: CheckingClient
) -> None:
    checked = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert checked.exit_code == 0, checked.output
    with loaded.transaction() as session:
        session.execute(
            update(Member).where(Member.role != Role.MEMBER).values(totp_confirmed_at=clock.now())
        )
        verbs = set(session.scalars(select(AuditEvent.verb)))
        assert {"assessments.digested", "item.opened", "decision.made", "post.held"} <= verbs
        assert session.scalar(select(func.count(Decision.id)))
        assert session.scalar(select(func.count(ReviewItem.id)).where(ReviewItem.state != ItemState.DECIDED))
        people = {
            role: session.scalars(select(Member).where(Member.role == role).order_by(Member.id)).first()
            for role in (Role.MODERATOR, Role.AUDITOR)
        }
        long = session.scalars(select(Thread).where(Thread.next_position == 131)).one()
        group = session.get_one(Group, long.group_id)
        member = session.scalars(
            select(Member).join(Membership).where(Membership.group_id == group.id).order_by(Member.id)
        ).first()
    for role, page in ((Role.MODERATOR, "/review"), (Role.AUDITOR, "/audit")):
        person = people[role]
        assert person is not None
        client.sign_in(person)
        assert client.get(page).path == page
    assert member is not None
    client.sign_in(member)
    client.get(f"/g/{group.slug}")
    last = client.get(f"/t/{long.id}/{long.slug}?page=7")
    answered = last.submit(last.form("Post reply").fill(text="Thank you all for this long thread."))
    assert "Your post is up." in answered.text
    with loaded.reading() as session:
        assert session.scalar(select(func.count(Post.id))) == 401


def test_the_same_seed_makes_the_same_community(tmp_path: Path, settings: Settings) -> None:
    now = clock.now()
    size = Size(members=20, groups=2, threads=8, posts=120, long_thread=30, days=2, seed=7)
    seen = []
    for number in (1, 2):
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        migrate(url)
        database = Database(url, keyring=Keyring.open(settings.keys))
        fill(
            database,
            size,
            policy=load_policy(),
            password_hash="-",
            now=now,
            progress=lambda _done: None,
        )
        with database.reading() as session:
            posts = session.execute(
                select(
                    Post.id, Post.thread_id, Post.author_id, Post.state, Post.created_at, Revision.source
                ).join(Revision, Revision.id == Post.current_revision_id)
            ).all()
            keys = session.execute(select(PersonKey.member_ref, PersonKey.secret)).all()
            decisions = session.execute(select(Decision.subject_id, Decision.action, Decision.decided_at))
            seen.append(([tuple(row) for row in posts], [tuple(row) for row in keys], decisions.all()))
        database.dispose()
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (Size(members=100, groups=2, threads=5, posts=50), "do not fit"),
        (Size(members=3, groups=2, threads=5, posts=50), "at least 4 members"),
        (Size(members=10, groups=2, threads=51, posts=50), "at least one post"),
        (Size(members=10, groups=2, threads=5, posts=50, long_thread=48), "at least one post"),
    ],
)
def test_sizes_that_do_not_go_together_are_refused(size: Size, says: str) -> None:
    with pytest.raises(BadSize, match=says):
        size.check(24)


def test_a_database_with_people_in_it_is_left_alone(app: Flask, loaded: Database) -> None:
    again = load(app, *SMALL)
    assert again.exit_code == 1
    assert "holds accounts already" in again.output


class TestProduction:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(
            update={
                "env": Environment.PRODUCTION,
                "secret_key": "x" * 40,
                "organisation": "A charity",
                "contact": "desk@example.org",
                "base_url": "https://forum.example.org",
            }
        )

    def test_real_people_do_not_meet_invented_ones(self, app: Flask, database: Database) -> None:
        refused = load(app, *SMALL)
        assert refused.exit_code == 1
        assert "HAVEN_ENV is production" in refused.output
        with database.reading() as session:
            assert session.scalar(select(func.count(Member.id))) == 0
