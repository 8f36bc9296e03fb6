"""An invented community for trying the site. Every row goes through the same actions as real use, oldest first."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions.judging import Judges
from forum.demo import complaints, decisions, groups, people, threads
from forum.demo.people import PASS_PHRASE
from forum.demo.scene import Scene
from forum.models import Member

__all__ = ["CONTENT", "PASS_PHRASE", "SHOWN", "fill", "is_empty", "sign_in_help"]

CONTENT = Path(__file__).parent.parent / "data" / "demo.toml"
SHOWN = (
    ("a member", "demo-member"),
    ("a newcomer", "demo-newcomer"),
    ("a member who rests from a group", "demo-otter"),
    ("a facilitator", "demo-facilitator"),
    ("a moderator", "demo-moderator"),
    ("the lead", "demo-lead"),
    ("the clinician", "demo-clinician"),
    ("the auditor", "demo-auditor"),
    ("the admin", "demo-admin"),
)


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
    scene = Scene(session, judges, clock.now())
    for part in (people, groups, threads, decisions, complaints):
        part.plan(scene, content)
    scene.play()
