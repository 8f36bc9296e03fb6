"""Long texts are read in overlapping windows, and what is too long is said to be."""

from __future__ import annotations

import pytest

from moderation.classifier import Classifier
from moderation.classifier.training.posts import Post
from moderation.classifier.windows import MOST, SIZE, STEP, cut

pytestmark = pytest.mark.slow

HARMLESS = "We went to the market and bought apples, and the rain held off until we were home. "


def offsets(count: int) -> list[tuple[int, int]]:
    return [(at * 2, at * 2 + 1) for at in range(count)]


def test_a_short_text_is_one_window() -> None:
    windows, left_over = cut(range(SIZE), offsets(SIZE))

    assert [len(window.ids) for window in windows] == [SIZE]
    assert not left_over


def test_every_token_is_in_a_window_and_neighbours_overlap() -> None:
    windows, left_over = cut(range(500), offsets(500))

    assert {token for window in windows for token in window.ids} == set(range(500))
    assert [window.ids[0] for window in windows] == [0, STEP, 2 * STEP, 3 * STEP]
    assert not left_over


def test_a_window_knows_its_place_in_the_text() -> None:
    second = cut(range(300), offsets(300))[0][1]

    assert (second.span.start, second.span.end) == (STEP * 2, 299 * 2 + 1)


def test_past_forty_windows_there_is_something_left_over() -> None:
    most = (MOST - 1) * STEP + SIZE

    assert cut(range(most), offsets(most))[1] is False
    windows, left_over = cut(range(most + 1), offsets(most + 1))
    assert len(windows) == MOST
    assert left_over


def test_nothing_to_read_is_no_window() -> None:
    assert cut([], []) == ([], False)


def test_what_hides_at_the_end_of_a_long_post_is_found(
    model: Classifier, one_of_each: dict[str, Post]
) -> None:
    buried = HARMLESS * 40 + one_of_each["graphic"].text

    prediction = model.predict(buried)

    assert prediction.scores["graphic"] >= model.thresholds["graphic"].t_high
    assert not prediction.too_long
    assert prediction.sentences["graphic"].start >= len(HARMLESS) * 38


def test_a_text_past_the_limit_is_too_long_to_judge(model: Classifier) -> None:
    assert model.predict(HARMLESS * 330).too_long
    assert model.predict("a" * 1_000_000).too_long


def test_the_longest_post_a_member_can_write_is_judged_whole(model: Classifier) -> None:
    assert not model.predict((HARMLESS * 130)[:10_000]).too_long
