"""Who is there: staff, members, and the hours in which somebody is at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from forum import names, passphrases, rules
from forum.actions import accounts, desk_hours, on_call
from forum.demo.scene import Scene
from forum.models import Member, PseudonymState, Role
from moderation.hours import Hours, Shift

PASS_PHRASE = "paper boats in gentle rain"  # noqa: S105 - printed for everybody; production refuses demo accounts


def plan(scene: Scene, content: Mapping[str, Any]) -> None:
    """Accounts a month ago, the desk a day later."""
    hashed = passphrases.hashed(PASS_PHRASE)
    for entry in (*content["staff"], *content["members"]):
        scene.ago(24 * 30, partial(_person, scene, entry, hashed))
    scene.ago(24 * 29, partial(_desk, scene, content["desk"]))


def _person(scene: Scene, entry: Mapping[str, Any], hashed: str, at: datetime) -> None:
    member = Member(
        pseudonym=entry["name"],
        pseudonym_key=names.pseudonym_key(entry["name"]),
        pseudonym_state=PseudonymState.SHOWN,
        sign_in_name=entry["sign_in"],
        password_hash=hashed,
        role=Role(entry.get("role", "member")),
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


def _desk(scene: Scene, entry: Mapping[str, Any], at: datetime) -> None:
    """The same shifts every day, and somebody on call until further notice."""
    admin = scene.actor("demo-admin")
    shifts = tuple(Shift(opens, closes) for opens, closes in entry["every_day"])
    hours = Hours(entry["timezone"], (shifts,) * 7)
    desk_hours.set_hours(scene.session, hours, was=None, actor=admin, at=at)
    for name in entry["on_call"]:
        on_call.put(scene.session, scene.people[name].id, starts_at=at, ends_at=None, actor=admin, at=at)
