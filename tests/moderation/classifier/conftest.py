"""The shipped model, opened once for this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.classifier import HELD_LABELS, Classifier, load
from moderation.classifier.training.posts import Post, read_posts


@pytest.fixture(scope="session")
def model() -> Classifier:
    return load()


@pytest.fixture(scope="session")
def unseen() -> list[Post]:
    """Posts of briefs that the model was not trained on."""
    return read_posts("test")


@pytest.fixture(scope="session")
def one_of_each(unseen: list[Post]) -> dict[str, Post]:
    """For each label that can hold, a post that carries no other."""
    return {
        label: next(post for post in unseen if post.labels == {"self_harm_topic", label})
        for label in HELD_LABELS
    }


@pytest.fixture
def must_pass() -> list[str]:
    lines = (Path(__file__).parent / "must_pass.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
