"""The detectors and the policy that this service runs with."""

from __future__ import annotations

from forum.config import Settings
from moderation.detectors import Detector
from moderation.detectors.classifier import ClassifierDetector, ModelHolder
from moderation.detectors.contact import ContactDetector
from moderation.detectors.phrases import PhraseDetector
from moderation.policy import Policy, load_policy


def build_policy(settings: Settings) -> Policy:
    """The policy in force: a named file, else the newest that ships."""
    return load_policy(settings.policy_file)


def build_detectors(settings: Settings, policy: Policy) -> tuple[Detector, ...]:
    """All detectors. The model loads in the background: until it is ready, posts are held."""
    holder = ModelHolder(settings.model_dir, check=policy.check_bound)
    holder.start()
    return (ClassifierDetector(holder, policy.values.request_budget_seconds), PhraseDetector(), ContactDetector())
