"""A filled database to measure on, and who reads what in it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks.servers import ROOT
from forum import clock
from forum.actions import sessions
from forum.app import create_app
from forum.config import Environment, Settings
from forum.db import Database, migrate
from forum.models import Group, Member, Membership, Post, Role, Thread
from forum.queries.threads import page_of
from forum.web.parts import KEY
from moderation.detectors.fixed import fixed_detector
from moderation.models import AuditEvent

LONG = 5_000
SIZES = {
    2_000: ("--members", "100", "--groups", "5", "--threads", "150"),
    20_000: ("--members", "500", "--groups", "24", "--threads", "1000"),
    200_000: ("--members", "2000", "--groups", "120", "--threads", "8000"),
}


@dataclass(frozen=True, slots=True)
class Community:
    """One filled database, opened in this process too: for sign-ins, and to count statements."""

    posts: int
    url: str
    instance: Path
    app: Flask
    group: str
    thread: str
    """The address of the long thread."""
    last_page: int
    member: str
    """The cookie of somebody who reads the thread and has written on neither of its measured pages."""
    moderator: str
    auditor: str
    verb: str
    """What an auditor looks for: the most frequent verb."""
    reply_to: int
    """Another thread of the same group, for writing in."""

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions[KEY].database
        return found


def fill(posts: int, url: str, instance: Path) -> None:
    """Migrate and fill an empty database with the command that everybody has."""
    surroundings = {
        **os.environ,
        "HAVEN_ENV": "demo",
        "HAVEN_INSTANCE": str(instance),
        "HAVEN_DATABASE_URL": url,
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    long = min(LONG, posts // 4)
    for command in (
        ["db", "upgrade"],
        ["seed", "load", "--posts", str(posts), "--long-thread", str(long), *SIZES[posts]],
    ):
        subprocess.run([*flask, *command], cwd=ROOT, env=surroundings, check=True, stdout=subprocess.DEVNULL)


def opened(posts: int, url: str, instance: Path) -> Community:
    """Find the pages and sign people in."""
    settings = Settings(
        env=Environment.DEMO,
        instance=instance,
        database_url=url,
        rate_limits=False,
        embedded_worker=False,
        log_level="ERROR",
    )
    migrate(settings.url)
    app = create_app(settings, detectors=(fixed_detector(),))
    database: Database = app.extensions[KEY].database
    with database.reading() as session:
        thread = session.scalars(select(Thread).order_by(Thread.next_position.desc()).limit(1)).one()
        last = page_of(thread.next_position - 1)
        ends = (1, 20, (last - 1) * 20 + 1, last * 20)
        wrote = select(Post.author_id).where(
            Post.thread_id == thread.id,
            Post.position.between(ends[0], ends[1]) | Post.position.between(ends[2], ends[3]),
        )
        member = session.scalars(
            select(Member.id)
            .join(Membership, Membership.member_id == Member.id)
            .where(Membership.group_id == thread.group_id, Member.id.not_in(wrote))
            .order_by(Member.id)
            .limit(1)
        ).one()
        group = session.get_one(Group, thread.group_id).slug
        staff = {
            role: session.scalars(select(Member.id).where(Member.role == role).order_by(Member.id)).first()
            or 0
            for role in (Role.MODERATOR, Role.AUDITOR)
        }
        verb = session.execute(
            select(AuditEvent.verb).group_by(AuditEvent.verb).order_by(func.count().desc()).limit(1)
        ).scalar_one()
        other = session.scalars(
            select(Thread.id)
            .where(Thread.group_id == thread.group_id, Thread.id != thread.id, Thread.listed_at.is_not(None))
            .order_by(Thread.id)
            .limit(1)
        ).one()
    return Community(
        posts=posts,
        url=settings.url,
        instance=instance,
        app=app,
        group=f"/g/{group}",
        thread=f"/t/{thread.id}/{thread.slug}",
        last_page=last,
        member=signed_in(app, member),
        moderator=signed_in(app, staff[Role.MODERATOR]),
        auditor=signed_in(app, staff[Role.AUDITOR]),
        verb=verb,
        reply_to=other,
    )


def signed_in(app: Flask, member_id: int) -> str:
    """The cookie of a session as signing in makes it."""
    database: Database = app.extensions[KEY].database
    with database.transaction() as session:
        token = sessions.start(session, member_id, device="Measuring", at=clock.now())
    interface = app.session_interface
    serializer = interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    held = {"_user_id": token, "_fresh": True, "csrf_token": secrets.token_hex(20)}
    return f"haven={serializer.dumps(held)}"
