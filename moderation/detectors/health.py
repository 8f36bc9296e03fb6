"""How a detector is, for staff: whether it answers, and if not, since when and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from moderation.detectors import Detector


@dataclass(frozen=True, slots=True)
class Health:
    """How a model is now."""

    away: bool
    seconds: float = 0.0
    """For how long."""
    problem: str = ""
    """One sentence; empty when all is well."""


@runtime_checkable
class Watched(Detector, Protocol):
    """A detector that can be away for a time. The others are rules and are always there."""

    def health(self) -> Health: ...


def health_of(detectors: Iterable[Detector]) -> Health:
    """The worst of them: one that is away keeps every post waiting."""
    found = (detector.health() for detector in detectors if isinstance(detector, Watched))
    return max(found, key=lambda health: (health.away, health.seconds), default=Health(away=False))
