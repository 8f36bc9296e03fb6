"""The invented posts: whole, varied, and split so that the test never shares a brief with training."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from moderation.classifier import HELD_LABELS, TOPIC
from moderation.classifier.card import sha256
from moderation.classifier.files import CARD, FOLDER
from moderation.classifier.training.posts import data_files, read_posts

TRAIN, TEST = read_posts("train"), read_posts("test")


def test_no_brief_no_text_and_no_id_is_on_both_sides() -> None:
    for part in ("brief", "text", "id"):
        assert not {getattr(post, part) for post in TRAIN} & {getattr(post, part) for post in TEST}


def test_ids_and_texts_are_unique() -> None:
    every = TRAIN + TEST

    assert len({post.id for post in every}) == len({post.text for post in every}) == len(every)


def test_there_is_enough_of_everything() -> None:
    labels = Counter(label for post in TRAIN + TEST for label in post.labels)
    kinds = Counter(post.kind for post in TRAIN + TEST)

    assert all(labels[label] >= 70 for label in HELD_LABELS)
    assert kinds["on_topic"] >= 180
    assert kinds["reply"] >= 100
    assert kinds["off_topic"] >= 60


def test_what_can_be_held_is_on_topic() -> None:
    assert all(TOPIC in post.labels for post in TRAIN + TEST if post.labels)


@pytest.mark.parametrize(
    "post", [post for post in TRAIN + TEST if "method" in post.labels], ids=lambda post: post.id
)
def test_method_posts_teach_nothing(post: object) -> None:
    text = str(getattr(post, "text", ""))

    assert not re.search(r"\d+ ?(mg|ml|g|pills?|tablets?|calories|kcal|kg|lbs?|stone)\b", text)
    assert not re.search(
        r"\b(razor|scalpel|paracetamol|tylenol|ibuprofen|bleach|wrist|thigh|artery|vein)", text
    )


def test_the_card_names_the_data_it_was_made_from() -> None:
    card = json.loads((FOLDER / CARD).read_text(encoding="utf-8"))

    assert card["data"]["train"] == {path.name: sha256(path) for path in data_files("train")}
    assert card["data"]["test"] == {path.name: sha256(path) for path in data_files("test")}
