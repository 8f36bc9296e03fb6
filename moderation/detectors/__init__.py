"""Detectors: text in, signals out. Each one only notices; what follows is the policy's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from moderation.classifier.answer import Language, ModelIdentity
from moderation.signals import NoVerdict, Signal
from moderation.subject import Piece


class Detector(Protocol):
    """Anything that can look at a piece of text."""

    @property
    def name(self) -> str: ...

    def notice(self, piece: Piece) -> Sequence[Signal | NoVerdict]: ...


@runtime_checkable
class ModelRun(Detector, Protocol):
    """A model's work on one request: its time budget runs, and it remembers what it learned."""

    @property
    def identity(self) -> ModelIdentity | None: ...

    @property
    def language(self) -> Language: ...


@runtime_checkable
class ModelDetector(Detector, Protocol):
    """A detector whose time budget is for the whole request rather than for each piece."""

    def start(self) -> ModelRun:
        """The same detector for one request, its clock running from now."""
        ...
