"""What moderators decided, and the appeals that followed: one waits for another person, the others are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from forum.actions import appealing, effects, judging, reviewing
from forum.demo.scene import Scene
from forum.demo.threads import report
from forum.models import Member, Post, Revision
from moderation.audit import Actor
from moderation.models import ReviewItem
from moderation.queue import open_item_of
from moderation.subject import Circumstances, Part, Piece, Span, Subject, SubjectKind
from moderation.verdicts import Verdict
from moderation.workflow import DecisionAction

READING = timedelta(minutes=3)
WAIT = timedelta(seconds=10)
"""For as long as this a decision can be taken back, as on the site."""


def plan(scene: Scene, content: Mapping[str, Any]) -> None:
    """A report, a decision, an appeal, and an answer where there is one yet."""
    for entry in content["decisions"]:
        about = {name: entry[name] for name in ("thread", "position")}
        appeal = entry["appeal"]
        scene.ago(entry["report"]["ago"], partial(report, scene, {**about, **entry["report"]}))
        scene.ago(entry["ago"], partial(_decide, scene, entry))
        scene.ago(appeal["ago"], partial(_appeal, scene, {**about, **appeal}))
        if "answer" in appeal:
            scene.ago(appeal["answer"]["ago"], partial(_answer, scene, {**about, **appeal["answer"]}))


def _decide(scene: Scene, entry: Mapping[str, Any], at: datetime) -> None:
    """Take the item, read, decide; ten seconds later it takes effect and people are told."""
    post, by = _post(scene, entry), scene.actor(entry["by"])
    item = _taken(scene, post, by, at)
    verdict = Verdict(
        DecisionAction(entry["action"]),
        scene.policy.decision_reasons[entry["reason"]],
        spans=_spans(scene, post, entry.get("words", ())),
    )
    decision = reviewing.decide(
        scene.session,
        item.id,
        version=item.version,
        verdict=verdict,
        actor=by,
        policy=scene.policy,
        at=at + READING,
        wait=WAIT,
    )
    effects.take(scene.session, decision.id, policy=scene.policy, at=at + READING + WAIT)
    scene.decisions[post.id] = decision


def _appeal(scene: Scene, entry: Mapping[str, Any], at: datetime) -> None:
    """The post's author asks for another person."""
    post = _post(scene, entry)
    author = scene.session.get_one(Member, post.author_id)
    appealing.make(
        scene.session,
        scene.decisions[post.id].id,
        words=entry["words"],
        said=judging.judge(scene.judges, (Piece(Part.BODY, entry["words"]),), Circumstances()),
        actor=Actor(author.id, author.role.value),
        policy=scene.policy,
        at=at,
    )


def _answer(scene: Scene, entry: Mapping[str, Any], at: datetime) -> None:
    by = scene.actor(entry["by"])
    item = _taken(scene, _post(scene, entry), by, at)
    appealing.answer(
        scene.session,
        item.id,
        version=item.version,
        action=DecisionAction(entry["action"]),
        reason=scene.policy.decision_reasons[entry["reason"]],
        words=entry["words"],
        note=None,
        actor=by,
        policy=scene.policy,
        at=at + READING,
    )


def _taken(scene: Scene, post: Post, by: Actor, at: datetime) -> ReviewItem:
    """The open item about a post, claimed and its words opened."""
    item = open_item_of(scene.session, Subject(SubjectKind.POST, post.id, post.current_revision_id))
    assert item is not None
    reviewing.claim(scene.session, item.id, actor=by, policy=scene.policy, at=at)
    reviewing.open_text(scene.session, item.id, actor=by, at=at)
    return item


def _post(scene: Scene, entry: Mapping[str, Any]) -> Post:
    return scene.post(entry["thread"], entry["position"])


def _spans(scene: Scene, post: Post, words: Sequence[str]) -> tuple[Span, ...]:
    """Where these words stand in the post."""
    plain = scene.session.get_one(Revision, post.current_revision_id).plain
    return tuple(Span(plain.index(one), plain.index(one) + len(one)) for one in words)
