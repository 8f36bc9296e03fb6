"""The invented posts, read from `data/`, and the passages of text that training sees of each."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from moderation.classifier.answer import LABELS

DATA = Path(__file__).parent.parent / "data"
Split = Literal["train", "test"]

_BRACKET = re.compile(r"\[[a-z ]+\]")
_FILLERS = ("the stuff", "that", "the usual thing", "something", "it", "you know what")


@dataclass(frozen=True, slots=True)
class Post:
    """One invented post. `kind` is only for reporting: held, on_topic, reply or off_topic."""

    id: str
    brief: str
    kind: str
    labels: frozenset[str]
    text: str
    weight: float = 1.0
    knows_topic: bool = True
    """False where a public set does not say whether the text is about self-harm."""


def read_posts(split: Split, folder: Path = DATA) -> list[Post]:
    posts: list[Post] = []
    for path in data_files(split, folder):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            labels = frozenset(row["labels"])
            if not labels <= set(LABELS):
                raise ValueError(f"{row['id']} has a label that is not ours.")
            posts.append(Post(row["id"], row["brief"], row["kind"], labels, row["text"]))
    return posts


def data_files(split: Split, folder: Path = DATA) -> list[Path]:
    return sorted((folder / split).glob("*.jsonl"))


def filled(text: str) -> str:
    """Members do not write brackets, so training also sees the text with ordinary words in their place."""
    at = zlib.crc32(text.encode())
    return _BRACKET.sub(lambda match: _FILLERS[(at + match.start()) % len(_FILLERS)], text)
