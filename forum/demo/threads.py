"""What is written, judged by the same software as anybody's words; and what a member reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from forum.actions import judging, posting, reporting
from forum.demo.scene import Scene
from forum.models import Role, Thread
from forum.queries.reports import post_to_report
from moderation.assess import Assessment
from moderation.subject import Circumstances


def plan(scene: Scene, content: Mapping[str, Any]) -> None:
    """Threads, their replies, and reports on them."""
    for entry in content["threads"]:
        scene.ago(entry["ago"], partial(_thread, scene, entry))
        for reply in entry.get("replies", ()):
            scene.ago(reply["ago"], partial(_reply, scene, entry, reply))
    for entry in content["reports"]:
        scene.ago(entry["ago"], partial(report, scene, entry))


def _thread(scene: Scene, entry: Mapping[str, Any], at: datetime) -> None:
    draft = _draft(entry)
    written = posting.start_thread(
        scene.session,
        author=scene.viewer(entry["author"]),
        group_id=scene.groups[entry["group"]].id,
        draft=draft,
        assessment=_judged(scene, entry["author"], draft, ()),
        policy=scene.policy,
        at=at,
    )
    scene.threads[entry["title"]] = scene.session.get_one(Thread, written.post.thread_id)


def _reply(scene: Scene, thread: Mapping[str, Any], entry: Mapping[str, Any], at: datetime) -> None:
    draft = _draft(entry)
    inherited = tuple(thread.get("labels", ()))
    posting.reply(
        scene.session,
        author=scene.viewer(entry["author"]),
        thread_id=scene.threads[thread["title"]].id,
        draft=draft,
        assessment=_judged(scene, entry["author"], draft, inherited),
        policy=scene.policy,
        inherited=inherited,
        reply_to_id=None,
        quotes_id=scene.post(thread["title"], entry["quotes"]).id if "quotes" in entry else None,
        at=at,
    )


def _draft(entry: Mapping[str, Any]) -> posting.Draft:
    return posting.draft(
        source=entry["text"],
        title=entry.get("title"),
        note=entry.get("note"),
        chosen=tuple(entry.get("labels", ())),
        submission=f"demo-{sha256(entry['text'].encode()).hexdigest()[:32]}",
    )


def _judged(scene: Scene, author: str, draft: posting.Draft, inherited: tuple[str, ...]) -> Assessment:
    member = scene.people[author]
    first = scene.policy.values.hold_first_posts
    around = Circumstances(
        newcomer=member.role is Role.MEMBER and member.approved_posts < first,
        author_labels=draft.labels,
        inherited_labels=inherited,
    )
    pieces = judging.post_pieces(draft.rendered, title=draft.title, note=draft.note)
    return judging.judge(scene.judges, pieces, around)


def report(scene: Scene, entry: Mapping[str, Any], at: datetime) -> None:
    """A member reports a post. Where no model is ready it is held, and nobody reports what they cannot read."""
    post = scene.post(entry["thread"], entry["position"])
    target = post_to_report(scene.session, scene.viewer(entry["reporter"]), post.id)
    if target is None:
        return
    reporting.report(
        scene.session,
        target,
        reason=scene.policy.report_reasons[entry["because"]],
        details=entry["details"],
        actor=scene.actor(entry["reporter"]),
        policy=scene.policy,
        at=at,
    )
