"""The detectors and the policy that this service runs with."""

from __future__ import annotations

from forum.actions.judging import Judges
from forum.config import Settings
from moderation import sampling
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.contact import ContactDetector
from moderation.detectors.holder import ModelHolder
from moderation.detectors.phrases import PhraseDetector
from moderation.policy import FIRST_POLICY, Policy, load_policy


def build_policy(settings: Settings) -> Policy:
    """The policy in force: a named file, else the one that ships."""
    return load_policy(settings.policy_file or FIRST_POLICY)


def build_holder(settings: Settings, policy: Policy) -> ModelHolder:
    """The classifier, to be started by whoever will ask it. A model that the policy was not made for is refused."""
    return ModelHolder(settings.model_dir, check=policy.check_bound)


def build_detectors(
    holder: ModelHolder, policy: Policy, *, budget_seconds: float | None
) -> tuple[Detector, ...]:
    """All detectors, with the policy's thresholds. `budget_seconds` is for one request; None waits (commands)."""
    classifier = ClassifierDetector(holder, budget_seconds, thresholds=policy.thresholds)
    return (classifier, PhraseDetector(), ContactDetector())


def patient_judges(holder: ModelHolder, policy: Policy) -> Judges:
    """Judges without a time budget, the model loaded first: for commands, where nobody waits on a page.

    They draw nothing: what a command writes is an invented community, or is not kept.
    """
    holder.start()
    holder.wait(None)
    return Judges(build_detectors(holder, policy, budget_seconds=None), policy, sampling.never)
