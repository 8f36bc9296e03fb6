"""Groups with who holds them, who has a place, who rests, who waits in line, and who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from forum.actions import facilitators, groups, managing_groups, waiting
from forum.demo.scene import Scene
from forum.models import GroupKind

WHY = "takes_on"


def plan(scene: Scene, content: Mapping[str, Any]) -> None:
    """Groups four weeks ago, their members a week later; the rest when the entry says so."""
    for entry in content["groups"]:
        scene.ago(24 * 28, partial(_group, scene, entry))
        for name in entry["members"]:
            scene.ago(24 * 20, partial(_join, scene, entry["name"], name))
        for rest in entry.get("resting", ()):
            scene.ago(rest["ago"], partial(_rest, scene, entry["name"], rest))
        for turn in entry.get("waiting", ()):
            scene.ago(turn["ago"], partial(_wait, scene, entry["name"], turn["member"]))
        for end in entry.get("leaving", ()):
            scene.ago(end["ago"], partial(_leave, scene, entry["name"], end["member"]))


def _group(scene: Scene, entry: Mapping[str, Any], at: datetime) -> None:
    admin = scene.actor("demo-admin")
    group = managing_groups.create(
        scene.session,
        actor=admin,
        name=entry["name"],
        purpose=entry["purpose"],
        kind=GroupKind(entry["kind"]),
        policy=scene.policy,
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


def _join(scene: Scene, group: str, name: str, at: datetime) -> None:
    groups.join(
        scene.session,
        actor=scene.actor(name),
        group_id=scene.groups[group].id,
        policy=scene.policy,
        at=at,
    )


def _rest(scene: Scene, group: str, entry: Mapping[str, Any], at: datetime) -> None:
    groups.rest(
        scene.session,
        actor=scene.actor(entry["member"]),
        group_id=scene.groups[group].id,
        weeks=entry["weeks"],
        longest=scene.policy.values.resting_weeks,
        at=at,
    )


def _wait(scene: Scene, group: str, name: str, at: datetime) -> None:
    waiting.ask(
        scene.session,
        actor=scene.actor(name),
        group_id=scene.groups[group].id,
        policy=scene.policy,
        at=at,
    )


def _leave(scene: Scene, group: str, name: str, at: datetime) -> None:
    """Give the place up, which is then kept for whoever is next in line."""
    groups.leave(
        scene.session,
        actor=scene.actor(name),
        group_id=scene.groups[group].id,
        policy=scene.policy,
        at=at,
    )
