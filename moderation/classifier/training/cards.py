"""Writing the model's card."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from moderation.classifier.answer import LABELS, Band
from moderation.classifier.calibration import Platt
from moderation.classifier.card import ENGINE, sha256
from moderation.classifier.files import CARD, HEADS
from moderation.classifier.ngrams import BUCKETS, LENGTHS
from moderation.classifier.training.backbone import ABOUT
from moderation.classifier.training.crossfit import FOLDS
from moderation.classifier.training.fitting import DENSE_C, SPELLING_C
from moderation.classifier.training.posts import Post, data_files
from moderation.classifier.training.thresholds import MOST_HELD, PRECISION, RECALL
from moderation.normalise import NORMALISER_VERSION

USE = (
    "Advises a moderated English-language peer-support forum for adults which posts a person should look at. "
    "It may collapse or hold a post or raise its urgency; people decide."
)
NOT_FOR = (
    "not a diagnosis",
    "not a risk score for a person",
    "not validated on young people",
    "not for any language but English",
    "not a reason to leave the queue unstaffed",
)
LIMITS = (
    (
        "Trained on invented posts written by one author, and tested on invented posts of the same author in other "
        "voices: the figures say how it does on such text, not how it will do on members' own words."
    ),
    (
        "Crisis and encouragement are the weakest labels; a kind reply in the second person is the commonest false "
        "alarm of encouragement."
    ),
    (
        "Precision on a set where four posts in ten are positives is not precision in use, where perhaps one in "
        "fifty is."
    ),
)


def the_card(
    build: Path,
    made: datetime,
    lines: Mapping[str, Platt],
    thresholds: Mapping[str, Band],
    own: list[Post],
    extra_files: list[Path],
    measured: dict[str, object],
) -> dict[str, object]:
    calibration = {label: asdict(lines[label]) for label in LABELS}
    levels = {label: asdict(thresholds[label]) for label in LABELS}
    settled = json.dumps([calibration, levels, NORMALISER_VERSION, ENGINE], sort_keys=True).encode()
    return {
        "model_id": f"haven-minilm-{made:%Y%m%d}-{sha256(build / HEADS)[:8]}",
        "made": f"{made:%Y-%m-%d}",
        "engine": ENGINE,
        "normaliser": NORMALISER_VERSION,
        "thresholds_id": hashlib.sha256(settled).hexdigest()[:12],
        "thresholds": levels,
        "calibration": calibration,
        "files": {path.name: sha256(path) for path in sorted(build.iterdir()) if path.name != CARD},
        "intended_use": USE,
        "not_for": NOT_FOR,
        "limits": LIMITS,
        "backbone": ABOUT,
        "heads": {
            "kind": "logistic regression, features and hashed character n-grams, logits averaged",
            "c": {"features": DENSE_C, "n-grams": SPELLING_C},
            "n-grams": {"lengths": LENGTHS, "buckets": BUCKETS},
        },
        "thresholds_from": {
            "folds_by_brief": FOLDS,
            "recall_for_t_low": RECALL,
            "precision_for_t_high": PRECISION,
            "most_benign_held_by_t_low": MOST_HELD,
        },
        "data": {
            "train": {path.name: sha256(path) for path in data_files("train")},
            "test": {path.name: sha256(path) for path in data_files("test")},
            "train_posts": len(own),
            "train_labels": dict(Counter(label for post in own for label in sorted(post.labels))),
            "train_kinds": dict(Counter(post.kind for post in own)),
            "extra_negatives": {f"{path.parent.name}/{path.name}": sha256(path) for path in extra_files},
        },
        "measured": measured,
    }
