"""From a model's card to the `[thresholds]` of a policy version. Once for each new model:

    python -m moderation.thresholds moderation/policies/v1.toml

puts the thresholds of the model that ships into that file. A version that has ruled is copied first.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moderation.classifier.answer import LABELS
from moderation.classifier.files import CARD, FOLDER
from moderation.policy import load_policy
from moderation.policy_file import PolicyError

_NAMES = {"model": "model_id", "engine": "engine", "normaliser": "normaliser"}


def thresholds_from_card(card: Mapping[str, Any]) -> str:
    """The TOML section for this card: its model, engine and normaliser, and each label's bounds."""
    try:
        lines = ["[thresholds]"]
        lines += [f'{key} = "{card[name]}"' for key, name in _NAMES.items()]
        for label in LABELS:
            band = card["thresholds"][label]
            lines += ["", f"[thresholds.{label}]"]
            lines += [f"t_low = {float(band['t_low'])!r}", f"t_high = {float(band['t_high'])!r}"]
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


def main(policy_file: Path) -> None:
    """Rewrite one policy file, if what comes out is a policy."""
    card = json.loads((FOLDER / CARD).read_text(encoding="utf-8"))
    text = with_thresholds(policy_file.read_text(encoding="utf-8"), thresholds_from_card(card))
    load_policy(text)
    policy_file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
