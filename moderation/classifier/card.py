"""The model's card: what it is, what it was trained on, how well it did, and what its files must hash to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.classifier.answer import LABELS, Band, ModelIdentity, ModelUnusable
from moderation.classifier.calibration import Platt
from moderation.classifier.files import CARD, GRAPH, HEADS
from moderation.normalise import NORMALISER_VERSION

ENGINE = "onnxruntime-int8"


@dataclass(frozen=True, slots=True)
class Card:
    """The part of the card that the running model needs; the rest is for people."""

    identity: ModelIdentity
    thresholds: Mapping[str, Band]
    calibration: Mapping[str, Platt]
    files: Mapping[str, str]


def read_card(folder: Path) -> Card:
    """The card, once every file beside it is exactly what the card says."""
    try:
        raw = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelUnusable(f"There is no model in the folder {folder.name}: {CARD} is missing.") from error
    except (OSError, ValueError) as error:
        raise ModelUnusable(
            f"The model's {CARD} cannot be read; restore the folder or build it again."
        ) from error
    try:
        card = _parsed(raw)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelUnusable(
            f"The model's {CARD} lacks what this release needs; build the model again."
        ) from error
    _check_files(folder, card.files)
    if card.identity.normaliser != NORMALISER_VERSION:
        raise ModelUnusable(
            f"The model's thresholds were made for normaliser {card.identity.normaliser}, "
            f"but this release has {NORMALISER_VERSION}; calibrate the model again."
        )
    if card.identity.engine != ENGINE:
        raise ModelUnusable(
            f"The model was calibrated on {card.identity.engine}, but this release runs {ENGINE}."
        )
    return card


def _parsed(raw: Any) -> Card:
    files = {str(name): str(digest) for name, digest in raw["files"].items()}
    if not {GRAPH, HEADS} <= files.keys():
        raise KeyError(GRAPH)
    return Card(
        identity=ModelIdentity(
            model_id=str(raw["model_id"]),
            engine=str(raw["engine"]),
            normaliser=str(raw["normaliser"]),
            thresholds_id=str(raw["thresholds_id"]),
        ),
        thresholds={label: _band(raw["thresholds"][label]) for label in LABELS},
        calibration={label: _line(raw["calibration"][label]) for label in LABELS},
        files=files,
    )


def _band(raw: Mapping[str, float]) -> Band:
    band = Band(float(raw["t_low"]), float(raw["t_high"]))
    if not 0 < band.t_low <= band.t_high <= 1:
        raise ValueError("thresholds out of order")
    return band


def _line(raw: Mapping[str, Any]) -> Platt:
    return Platt(float(raw["slope"]), float(raw["offset"]), bool(raw["gated"]))


def _check_files(folder: Path, files: Mapping[str, str]) -> None:
    for name, digest in files.items():
        path = folder / name
        if path.parent != folder or not path.is_file():
            raise ModelUnusable(f"The model's file {name} is missing; restore the folder or build it again.")
        if sha256(path) != digest:
            raise ModelUnusable(
                f"The model's file {name} is not the one its card was written for; restore the folder."
            )


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
