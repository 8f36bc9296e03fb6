"""From a model's card to the `[thresholds]` of a policy version. Run once for each new model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moderation.classifier.answer import LABELS
from moderation.policy_file import PolicyError


def thresholds_from_card(card: Mapping[str, Any]) -> str:
    """The TOML section for this card: its model, engine and normaliser, and each label's bounds."""
    try:
        lines = ["[thresholds]"]
        lines += [f'{key} = "{card[name]}"' for key, name in _NAMES.items()]
        for label in LABELS:
            band = card["thresholds"][label]
            lines += ["", f"[thresholds.{label}]"]
            lines += [f"t_low = {float(band['t_low']):.4f}", f"t_high = {float(band['t_high']):.4f}"]
    except (KeyError, TypeError, ValueError) as problem:
        raise PolicyError(f"policy: the model's card has no usable thresholds: {problem!r}") from None
    return "\n".join(lines) + "\n"


def with_thresholds(policy_toml: str, section: str) -> str:
    """A policy's text with its `[thresholds]` and their sub-tables replaced; `version` is raised by hand."""
    body = r"(?:(?![\[#])[^\n]*\n)*"  # up to the next table or the comment above it
    pattern = re.compile(rf"^\[thresholds\]\n{body}(?:\[thresholds\.\w+\]\n{body})*", re.MULTILINE)
    changed, count = pattern.subn(lambda _: section + "\n", policy_toml)
    if count != 1:
        raise PolicyError("policy: there must be one [thresholds] section to replace")
    return changed


_NAMES = {"model": "model_id", "engine": "engine", "normaliser": "normaliser"}
