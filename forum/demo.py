"""An invented community for trying the site. Every row goes through the same actions as real use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock, names, passphrases, rules
from forum.actions import (
    accounts,
    desk_hours,
    facilitators,
    groups,
    judging,
    managing_groups,
    on_call,
    posting,
)
from forum.actions.judging import Judges
from forum.models import Group, GroupKind, Member, Post, PseudonymState, Role, Thread
from forum.queries.viewer import Viewer
from moderation import reports
from moderation.assess import Assessment
from moderation.audit import Actor
from moderation.hours import Hours, Shift
from moderation.policy import Policy
from moderation.subject import Circumstances, Subject, SubjectKind

CONTENT = Path(__file__).parent / "data" / "demo.toml"
PASS_PHRASE = "paper boats in gentle rain"  # noqa: S105 - printed for everybody; production refuses demo accounts
SHOWN = (
    ("a member", "demo-member"),
    ("a newcomer", "demo-newcomer"),
    ("a facilitator", "demo-facilitator"),
    ("a moderator", "demo-moderator"),
    ("the lead", "demo-lead"),
    ("the clinician", "demo-clinician"),
    ("the auditor", "demo-auditor"),
    ("the admin", "demo-admin"),
)
WHY = "takes_on"


@dataclass(slots=True)
class _Scene:
    """What is being filled, and who and what is already there."""

    session: Session
    judges: Judges
    now: datetime
    people: dict[str, Member] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def actor(self, sign_in: str) -> Actor:
        member = self.people[sign_in]
        return Actor(member.id, member.role.value)


def is_empty(session: Session) -> bool:
    """Whether there is no account yet."""
    return session.scalar(select(Member.id).limit(1)) is None


def sign_in_help() -> str:
    """Who can sign in to the demo, and how."""
    width = max(len(name) for _, name in SHOWN)
    lines = [f"  {name:<{width}}  ({role})" for role, name in SHOWN]
    return "\n".join([f"Sign in with any of these names and the pass-phrase: {PASS_PHRASE}", *lines])


def fill(session: Session, judges: Judges) -> None:
    """Put the community into an empty database."""
    content = tomllib.loads(CONTENT.read_text(encoding="utf-8"))
    scene = _Scene(session, judges, clock.now())
    hashed = passphrases.hashed(PASS_PHRASE)
    for entry in content["staff"]:
        _person(scene, entry, Role(entry["role"]), hashed)
    for entry in content["members"]:
        _person(scene, entry, Role.MEMBER, hashed)
    _desk(scene, content["desk"])
    for entry in content["groups"]:
        _group(scene, entry)
    for entry in content["threads"]:
        _thread(scene, entry)
    for entry in content["reports"]:
        _report(scene, entry)


def _person(scene: _Scene, entry: Mapping[str, Any], role: Role, hashed: str) -> None:
    at = scene.ago(24 * 30)
    member = Member(
        pseudonym=entry["name"],
        pseudonym_key=names.pseudonym_key(entry["name"]),
        pseudonym_state=PseudonymState.SHOWN,
        sign_in_name=entry["sign_in"],
        password_hash=hashed,
        role=role,
        country="GB",
        timezone="Europe/London",
        joined_at=at,
        age_stated_at=at,
        rules_version=rules.current().version,
        rules_accepted_at=at,
        approved_posts=entry.get("approved", 1),
    )
    accounts.add(scene.session, member)
    scene.people[entry["sign_in"]] = member


def _desk(scene: _Scene, entry: Mapping[str, Any]) -> None:
    """The same shifts every day, and somebody on call until further notice."""
    admin, at = scene.actor("demo-admin"), scene.ago(24 * 29)
    shifts = tuple(Shift(opens, closes) for opens, closes in entry["every_day"])
    hours = Hours(entry["timezone"], (shifts,) * 7)
    desk_hours.set_hours(scene.session, hours, was=None, actor=admin, at=at)
    for name in entry["on_call"]:
        on_call.put(scene.session, scene.people[name].id, starts_at=at, ends_at=None, actor=admin, at=at)


def _group(scene: _Scene, entry: Mapping[str, Any]) -> None:
    admin = scene.actor("demo-admin")
    at = scene.ago(24 * 28)
    group = managing_groups.create(
        scene.session,
        actor=admin,
        name=entry["name"],
        purpose=entry["purpose"],
        kind=GroupKind(entry["kind"]),
        policy=scene.judges.policy,
        at=at,
    )
    scene.groups[entry["name"]] = group
    for name in entry["facilitators"]:
        facilitators.add(
            scene.session,
            actor=admin,
            group_id=group.id,
            member_id=scene.people[name].id,
            reason=WHY,
            at=at,
        )
    for name in entry["members"]:
        groups.join(
            scene.session,
            actor=scene.actor(name),
            group_id=group.id,
            policy=scene.judges.policy,
            at=scene.ago(24 * 20),
        )


def _thread(scene: _Scene, entry: Mapping[str, Any]) -> None:
    group = scene.groups[entry["group"]]
    at = scene.ago(entry["ago"])
    draft = _draft(entry)
    written = posting.start_thread(
        scene.session,
        author=_viewer(scene, entry["author"]),
        group_id=group.id,
        draft=draft,
        assessment=_judged(scene, entry["author"], draft, ()),
        policy=scene.judges.policy,
        at=at,
    )
    thread = scene.session.get_one(Thread, written.post.thread_id)
    scene.threads[entry["title"]] = thread
    for reply in entry.get("replies", ()):
        draft = _draft(reply)
        inherited = tuple(entry.get("labels", ()))
        posting.reply(
            scene.session,
            author=_viewer(scene, reply["author"]),
            thread_id=thread.id,
            draft=draft,
            assessment=_judged(scene, reply["author"], draft, inherited),
            policy=scene.judges.policy,
            inherited=inherited,
            reply_to_id=None,
            quotes_id=_post_id(scene, thread, reply["quotes"]) if "quotes" in reply else None,
            at=scene.ago(reply["ago"]),
        )


def _draft(entry: Mapping[str, Any]) -> posting.Draft:
    return posting.draft(
        source=entry["text"],
        title=entry.get("title"),
        note=entry.get("note"),
        chosen=tuple(entry.get("labels", ())),
        submission=f"demo-{sha256(entry['text'].encode()).hexdigest()[:32]}",
    )


def _judged(scene: _Scene, author: str, draft: posting.Draft, inherited: tuple[str, ...]) -> Assessment:
    member = scene.people[author]
    first = scene.judges.policy.values.hold_first_posts
    around = Circumstances(
        newcomer=member.role is Role.MEMBER and member.approved_posts < first,
        author_labels=draft.labels,
        inherited_labels=inherited,
    )
    pieces = judging.post_pieces(draft.rendered, title=draft.title, note=draft.note)
    return judging.judge(scene.judges, pieces, around)


def _viewer(scene: _Scene, name: str) -> Viewer:
    member = scene.people[name]
    everywhere = frozenset(group.id for group in scene.groups.values())
    return Viewer(
        id=member.id,
        role=member.role,
        pseudonym=member.pseudonym,
        country=member.country,
        timezone=member.timezone,
        session_id=0,
        last_used_at=scene.now,
        second_factor_set=False,
        second_factor_passed=False,
        change_pass_phrase=False,
        rules_version=member.rules_version,
        approved_posts=member.approved_posts,
        group_ids=everywhere,
        resting_group_ids=frozenset(),
        facilitates=frozenset(),
        unread_notices=0,
        help_panel_id=None,
        help_panel_level=None,
        restricted_until=None,
    )


def _post_id(scene: _Scene, thread: Thread, position: int) -> int:
    return scene.session.scalars(
        select(Post.id).where(Post.thread_id == thread.id, Post.position == position)
    ).one()


def _report(scene: _Scene, entry: Mapping[str, Any]) -> None:
    thread = scene.threads[entry["thread"]]
    post = scene.session.get_one(Post, _post_id(scene, thread, entry["position"]))
    reporter = scene.people[entry["reporter"]]
    policy: Policy = scene.judges.policy
    reports.make(
        scene.session,
        Subject(SubjectKind.POST, post.id, post.shown_revision_id),
        reporter_ref=reporter.id,
        author_ref=post.author_id,
        group_ref=post.group_id,
        reason=list(policy.report_reasons.values())[entry["reason_index"]],
        details=entry["details"],
        policy=policy.version,
        actor=Actor(reporter.id, reporter.role.value),
        at=scene.ago(entry["ago"]),
    )
