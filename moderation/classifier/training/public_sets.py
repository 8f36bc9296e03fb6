"""Extra negatives from public sets: read where they lie, never copied; the card names them by hash."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path

from moderation.classifier.training.posts import Post

MOST_WORDS = 90
FROM_EACH = 900
WEIGHT = 0.35
"""A third of a post of our own: there are many of them, and they fit less well."""


def read_extra_negatives(folder: Path) -> tuple[list[Post], list[Path]]:
    """Counsellors' answers, harmless replies and figurative questions: none of them is to be held."""
    posts: list[Post] = []
    used: list[Path] = []
    for name, reader in (
        ("counsel-chat", _answers),
        ("diasafety", _replies),
        ("xstest", _harmless_questions),
    ):
        rows = [(path, text) for path, text in reader(folder / name) if len(text.split()) >= 3]
        random.Random(name).shuffle(rows)  # noqa: S311 - a repeatable sample
        for number, (_, text) in enumerate(rows[:FROM_EACH]):
            words = " ".join(text.split()[:MOST_WORDS])
            posts.append(
                Post(f"{name}-{number}", name, "extra", frozenset(), words, WEIGHT, knows_topic=False)
            )
        used += sorted({path for path, _ in rows})
    return posts, used


def _answers(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield path, row["answerText"] or ""


def _replies(folder: Path) -> Iterator[tuple[Path, str]]:
    path = folder / "train.json"
    if path.is_file():
        for row in json.loads(path.read_text(encoding="utf-8")):
            if row["label"] == "Safe" and row["category"] != "Risk Ignorance":
                yield path, row["response"]


def _harmless_questions(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["label"] == "safe":
                    yield path, row["prompt"]
