"""A model that is not exactly what its card says is not used at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.classifier import ModelUnusable, load
from moderation.classifier.card import ENGINE, sha256
from moderation.classifier.files import CARD, FOLDER, GRAPH, HEADS
from moderation.classifier.heads import read_heads, write_heads
from moderation.normalise import NORMALISER_VERSION


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "model")
    return tmp_path / "model"


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    change(card)
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")


def test_the_shipped_model_loads_and_says_what_it_is() -> None:
    identity = load().identity

    assert identity.model_id.startswith("haven-minilm-")
    assert identity.engine == ENGINE
    assert identity.normaliser == NORMALISER_VERSION
    assert identity.thresholds_id


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="missing"):
        load(tmp_path)


@pytest.mark.parametrize("name", [GRAPH, HEADS, "tokenizer.json"])
def test_an_altered_file_is_refused(copy: Path, name: str) -> None:
    with (copy / name).open("r+b") as file:
        file.seek(200)
        file.write(b"\x00!")

    with pytest.raises(ModelUnusable, match=f"{name} is not the one its card was written for"):
        load(copy)


def test_a_truncated_graph_is_refused(copy: Path) -> None:
    with (copy / GRAPH).open("r+b") as file:
        file.truncate(1_000_000)

    with pytest.raises(ModelUnusable, match=GRAPH):
        load(copy)


def test_a_missing_file_is_refused(copy: Path) -> None:
    (copy / HEADS).unlink()

    with pytest.raises(ModelUnusable, match=f"{HEADS} is missing"):
        load(copy)


def test_a_graph_that_does_not_open_is_refused(copy: Path) -> None:
    (copy / GRAPH).write_bytes(b"not a graph")
    heads = read_heads(copy / HEADS)
    moved = type(heads)(
        heads.dense, heads.dense_bias, heads.spelling, heads.spelling_bias, backbone=sha256(copy / GRAPH)
    )
    write_heads(copy / HEADS, moved)
    rewrite(copy, lambda card: card["files"].update({n: sha256(copy / n) for n in (GRAPH, HEADS)}))

    with pytest.raises(ModelUnusable, match="do not open"):
        load(copy)


def test_heads_of_another_backbone_are_refused(copy: Path) -> None:
    heads = read_heads(copy / HEADS)
    write_heads(
        copy / HEADS,
        type(heads)(heads.dense, heads.dense_bias, heads.spelling, heads.spelling_bias, backbone="0" * 64),
    )
    rewrite(copy, lambda card: card["files"].update({HEADS: sha256(copy / HEADS)}))

    with pytest.raises(ModelUnusable, match="another encoder"):
        load(copy)


def test_heads_of_another_width_are_refused(copy: Path) -> None:
    heads = read_heads(copy / HEADS)
    narrow = np.ascontiguousarray(heads.dense[:, :100])
    write_heads(
        copy / HEADS,
        type(heads)(narrow, heads.dense_bias, heads.spelling, heads.spelling_bias, heads.backbone),
    )
    rewrite(copy, lambda card: card["files"].update({HEADS: sha256(copy / HEADS)}))

    with pytest.raises(ModelUnusable, match="do not fit"):
        load(copy)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda card: card.update(normaliser="0"), "normaliser 0"),
        (lambda card: card.update(engine="torch"), "calibrated on torch"),
        (lambda card: card.pop("thresholds"), "lacks"),
        (lambda card: card["thresholds"]["crisis"].update(t_low=0.9, t_high=0.1), "lacks"),
        (lambda card: card["files"].pop(GRAPH), "lacks"),
        (lambda card: card["files"].update({"../card.json": "0"}), "missing"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(
    copy: Path, change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    rewrite(copy, change)

    with pytest.raises(ModelUnusable, match=sentence):
        load(copy)


def test_a_card_that_is_not_json_is_refused(copy: Path) -> None:
    (copy / CARD).write_bytes(b"\xff\xfe{")

    with pytest.raises(ModelUnusable, match="cannot be read"):
        load(copy)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, moderation.classifier, moderation.classifier.lines\n"
        "print([n for n in ('transformers', 'onnxruntime', 'torch', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
