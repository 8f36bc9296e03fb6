"""The wired parts, as views reach them. `forum.app` builds them once; nothing else does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from forum.config import Settings
from forum.db import Database
from moderation.detectors import Detector
from moderation.detectors.holder import ModelHolder
from moderation.keys import Keyring
from moderation.policy import Policy
from moderation.sampling import Draw

KEY = "haven"


@dataclass(frozen=True, slots=True)
class Parts:
    """One of each part that a page or command needs."""

    settings: Settings
    database: Database
    keyring: Keyring
    policy: Policy
    detectors: Sequence[Detector]
    draw: Draw
    """Which plainly shown posts a person looks at all the same: chance, but in tests."""
    holder: ModelHolder
    """The classifier behind the detectors, for those who start it or ask how it is."""


def parts() -> Parts:
    """The parts of the current app."""
    found = current_app.extensions[KEY]
    assert isinstance(found, Parts)
    return found


def settings() -> Settings:
    return parts().settings


def database() -> Database:
    return parts().database


def keyring() -> Keyring:
    return parts().keyring


def policy() -> Policy:
    return parts().policy


def detectors() -> Sequence[Detector]:
    return parts().detectors
