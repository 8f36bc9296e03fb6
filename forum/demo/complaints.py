"""What members hold against how the service is run, and what they were answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from forum.actions import complaining, judging
from forum.demo.scene import Scene
from moderation.models import ComplaintKind, ComplaintOutcome
from moderation.subject import Circumstances, Part, Piece


def plan(scene: Scene, content: Mapping[str, Any]) -> None:
    """Each complaint, and its answer where somebody has answered it."""
    for entry in content["complaints"]:
        submission = f"demo-{sha256(entry['words'].encode()).hexdigest()[:32]}"
        scene.ago(entry["ago"], partial(_complain, scene, entry, submission))
        if "answer" in entry:
            scene.ago(entry["answer"]["ago"], partial(_answer, scene, submission, entry["answer"]))


def _complain(scene: Scene, entry: Mapping[str, Any], submission: str, at: datetime) -> None:
    said = judging.judge(scene.judges, (Piece(Part.BODY, entry["words"]),), Circumstances())
    scene.complaints[submission], _new = complaining.complain(
        scene.session,
        kind=ComplaintKind(entry["kind"]),
        words=entry["words"],
        submission=submission,
        support=said.answer.support,
        actor=scene.actor(entry["by"]),
        policy=scene.policy,
        at=at,
    )


def _answer(scene: Scene, submission: str, entry: Mapping[str, Any], at: datetime) -> None:
    complaining.answer(
        scene.session,
        scene.complaints[submission].id,
        outcome=ComplaintOutcome(entry["outcome"]),
        words=entry["words"],
        actor=scene.actor(entry["by"]),
        at=at,
    )
