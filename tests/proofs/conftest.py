"""The site under load: its two processes on an empty database, and everybody signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from forum.models import Member, Role
from forum.web.parts import KEY, Parts
from tests.proofs.running import Place, Site
from tests.support.client import CheckingClient
from tests.support.making import a_group, a_member, a_thread

WRITERS, NEWCOMERS, MODERATORS, THREADS = 6, 1, 3, 4


@pytest.fixture
def site(app: Flask, client: CheckingClient, tmp_path: Path) -> Iterator[Site]:
    """Served and at work until the test ends."""
    made: Parts = app.extensions[KEY]
    with made.database.transaction() as session:
        members = [a_member(session) for _ in range(WRITERS)]
        members += [a_member(session, approved_posts=0) for _ in range(NEWCOMERS)]
        reader = a_member(session)
        group = a_group(session, members=(*members, reader))
        threads = [a_thread(session, group, members[0]) for _ in range(THREADS)]
        staff = [a_member(session, role=Role.MODERATOR) for _ in range(MODERATORS)]
        staff.append(a_member(session, role=Role.LEAD))
    site = Site(
        parts=made,
        place=Place(made.settings.url, made.settings.keys, tmp_path / "instance"),
        people={one.id: (one.role, _cookie(client, one)) for one in (*members, *staff, reader)},
        group_slug=group.slug,
        thread_ids=[thread.id for thread in threads],
    )
    try:
        site.place.start()
        yield site
    finally:
        site.place.stop()


def _cookie(client: CheckingClient, member: Member) -> str:
    """A session as signing in makes it."""
    client.sign_in(member)
    return client.cookie()
