"""The yardstick: the same two pages as plain Flask and SQLAlchemy Core would make them.

No sign-in, no permissions, no forms, no translations, no headers, no log. What stands around the list is taken
from Haven's own page once, as it would stand in a template; the list itself is read and rendered for every
request, into the same bytes. `benchmarks/pages.py` compares them.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, abort, render_template, request
from sqlalchemy import Boolean, DateTime, bindparam, create_engine, text

PAGE = 20
ZONE = ZoneInfo("Europe/London")
"""Where the invented people live."""
MOMENT = DateTime(timezone=True)
LABELS = {
    "past_self_harm": "mentions self-harm",
    "urge_now": "mentions urges to self-harm",
    "suicidal_thoughts": "mentions thoughts of suicide",
    "graphic_injury": "mentions blood or wounds",
    "scars_body": "mentions scars",
    "eating": "mentions eating, weight or body image",
    "substances": "mentions alcohol or drugs",
    "abuse_detail": "mentions abuse or violence",
    "bereavement": "mentions a death",
}

THREAD = text("SELECT id, slug FROM threads WHERE id = :thread")
POSTS = text(
    "SELECT post.id, post.state, post.collapsed, post.created_at, revision.id AS revision_id, revision.html,"
    " revision.note, member.pseudonym, quoted.id AS quoted_id, quoted.collapsed AS quoted_collapsed,"
    " quoted.shown_revision_id AS quoted_revision, words.plain AS quoted_plain, other.pseudonym AS quoted_name"
    " FROM posts AS post"
    " JOIN members AS member ON member.id = post.author_id"
    " JOIN revisions AS revision ON revision.id = post.current_revision_id"
    " LEFT JOIN posts AS quoted ON quoted.id = post.quotes_id AND quoted.state = 'shown'"
    " LEFT JOIN revisions AS words ON words.id = quoted.shown_revision_id"
    " LEFT JOIN members AS other ON other.id = quoted.author_id"
    " WHERE post.thread_id = :thread AND post.position BETWEEN :first AND :last"
    " AND post.first_shown_at IS NOT NULL ORDER BY post.position"
).columns(created_at=MOMENT, collapsed=Boolean(), quoted_collapsed=Boolean())
GROUP = text("SELECT id, slug FROM groups WHERE slug = :slug")
THREADS = text(
    "SELECT thread.id, thread.slug, thread.title, thread.pinned, thread.locked_at, thread.post_count,"
    " thread.last_post_at, member.pseudonym, post.state, post.collapsed, post.shown_revision_id"
    " FROM threads AS thread"
    " JOIN members AS member ON member.id = thread.author_id"
    " JOIN posts AS post ON post.thread_id = thread.id AND post.position = 1"
    " WHERE thread.group_id = :group AND thread.listed_at IS NOT NULL AND thread.post_count > 0"
    " ORDER BY thread.pinned DESC, thread.last_post_at DESC, thread.id DESC LIMIT 20"
).columns(last_post_at=MOMENT, collapsed=Boolean(), pinned=Boolean())
ON = text(
    "SELECT revision_id, code FROM content_labels WHERE revision_id IN :revisions AND negated_at IS NULL ORDER BY id"
).bindparams(bindparam("revisions", expanding=True))


def create_app(url: str, around: Path) -> Flask:
    """`around` holds what stands before and after each list, made by `pages.py`."""
    app = Flask("bare", root_path=str(Path(__file__).parent))
    engine = create_engine(url)
    frames = {path.stem: path.read_text(encoding="utf-8") for path in around.glob("*.html")}
    app.add_template_filter(local_time)
    app.add_template_filter(aware)

    @app.get("/t/<int:thread_id>/<slug>")
    def thread(thread_id: int, slug: str) -> str:
        page = request.args.get("page", 1, type=int)
        first = (page - 1) * PAGE + 1
        with engine.connect() as connection:
            found = connection.execute(THREAD, {"thread": thread_id}).first()
            if found is None:
                abort(404)
            window = {"thread": thread_id, "first": first, "last": first + PAGE - 1}
            posts = connection.execute(POSTS, window).all()
            shown = [post.revision_id for post in posts] + [post.quoted_revision for post in posts]
            labels = labels_on(connection, shown)
        return render_template(
            "thread.html",
            thread=found,
            slug=slug,
            page=page,
            posts=posts,
            labels=labels,
            excerpt=excerpt,
            before=frames[f"thread-{page}-before"],
            after=frames[f"thread-{page}-after"],
        )

    @app.get("/g/<slug>")
    def group(slug: str) -> str:
        with engine.connect() as connection:
            found = connection.execute(GROUP, {"slug": slug}).first()
            if found is None:
                abort(404)
            threads = connection.execute(THREADS, {"group": found.id}).all()
            labels = labels_on(connection, [row.shown_revision_id for row in threads if row.collapsed])
        return render_template(
            "group.html",
            threads=threads,
            labels=labels,
            replies=replies,
            before=frames["group-before"],
            after=frames["group-after"],
        )

    return app


def labels_on(connection: Any, revisions: list[int | None]) -> dict[int, list[str]]:
    wanted = [revision for revision in revisions if revision]
    found: dict[int, dict[str, None]] = {}
    for revision, code in connection.execute(ON, {"revisions": wanted}) if wanted else ():
        found.setdefault(revision, {})[code] = None
    return {revision: [LABELS[code] for code in codes] for revision, codes in found.items()}


def excerpt(plain: str) -> str:
    words = " ".join(plain.split())
    return words if len(words) <= 300 else words[:300].rsplit(" ", 1)[0] + " …"


def replies(count: int) -> str:
    if count <= 1:
        return "One reply" if count else "No reply yet"
    return "A few replies" if count <= 5 else "Several replies"


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def local_time(moment: datetime) -> str:
    local = aware(moment).astimezone(ZONE)
    return f"{local.day} {local:%B %Y, %H:%M}"


def from_environment() -> Flask:
    """For the process that serves it."""
    return create_app(os.environ["BARE_DATABASE"], Path(os.environ["BARE_AROUND"]))
