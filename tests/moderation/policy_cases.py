"""Findings and circumstances for the policy's tests: every signal there is, at every strength."""

from __future__ import annotations

from hypothesis import strategies as st

from moderation.detectors.classifier import TAXONOMY_LABEL
from moderation.policy import Policy, load_policy
from moderation.policy_parts import SIGNALS
from moderation.signals import Missing, NoVerdict, Signal, Strength
from moderation.subject import Circumstances, Part

POLICY: Policy = load_policy()


def a_signal(
    name: str,
    strength: Strength,
    *,
    label: str | None = None,
    quoted: bool = False,
    score: float | None = None,
) -> Signal:
    label = label or TAXONOMY_LABEL.get(name, "personal_info" if name == "contact" else "crisis_now")
    return Signal(
        detector="a detector",
        name=name,
        label=label,
        strength=strength,
        part=Part.BODY,
        score=score,
        quoted=quoted,
    )


labels = st.sampled_from(sorted(POLICY.taxonomy.labels))
signals = st.builds(
    Signal,
    detector=st.just("a detector"),
    name=st.sampled_from([*SIGNALS, "a signal of another release"]),
    label=labels,
    strength=st.sampled_from(Strength),
    part=st.sampled_from(Part),
    score=st.none() | st.floats(0, 1),
    quoted=st.booleans(),
)
missing = st.builds(NoVerdict, detector=st.just("a detector"), why=st.sampled_from(Missing))
findings = st.lists(signals | missing, max_size=6)
circumstances = st.builds(
    Circumstances,
    newcomer=st.booleans(),
    hold_everything=st.booleans(),
    held_by_person=st.booleans(),
    held_overnight=st.booleans(),
    author_labels=st.lists(labels, max_size=2).map(tuple),
    inherited_labels=st.lists(labels, max_size=2).map(tuple),
)
