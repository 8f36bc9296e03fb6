"""The model comes back by itself: put in its folder, mended, or after it hung or broke; within bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderation.classifier import Classifier
from moderation.classifier.answer import ModelUnusable
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.fixed import FixedClassifier
from moderation.detectors.holder import (
    BREAKS_AFTER,
    MOST_EVER_LEFT_BEHIND,
    MOST_LEFT_BEHIND,
    ModelHolder,
    ModelState,
)
from moderation.detectors.retrying import Retry, signature
from moderation.signals import Missing, NoVerdict
from moderation.subject import Part, Piece
from tests.moderation.fakes import BrokenClassifier, SlowClassifier

PAUSE = 0.05


def a_holder(folder: Path, load: Callable[[Path], Classifier], hangs_after: float = 30.0) -> ModelHolder:
    return ModelHolder(folder, load=load, hangs_after_seconds=hangs_after, first_pause_seconds=PAUSE)


def put_in_place(folder: Path, text: str = "{}") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "card.json").write_text(text)


def missing(holder: ModelHolder, seconds: float = 1.0) -> Missing | None:
    found = ClassifierDetector(holder, seconds).notice(Piece(Part.BODY, "words"))
    return next((one.why for one in found if isinstance(one, NoVerdict)), None)


def until(holder: ModelHolder, wanted: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Look at it, as the desk and the worker do, until it is as wanted."""
    deadline = time.monotonic() + seconds
    while not wanted() and time.monotonic() < deadline:
        holder.heal()
        time.sleep(0.01)
    return wanted()


@pytest.fixture
def slow() -> Iterator[SlowClassifier]:
    made = SlowClassifier()
    yield made
    made.go.set()


def test_a_model_put_in_its_folder_is_used_without_a_restart(tmp_path: Path) -> None:
    holder = a_holder(tmp_path / "model", lambda _: FixedClassifier())
    holder.start()
    assert missing(holder) is Missing.MODEL_ABSENT
    assert holder.health().away
    put_in_place(tmp_path / "model")

    assert until(holder, lambda: holder.state is ModelState.READY)
    assert missing(holder) is None
    assert not holder.health().away


def test_a_model_that_was_mended_is_opened_at_once_however_long_it_was_broken(tmp_path: Path) -> None:
    loads = []

    def load(folder: Path) -> Classifier:
        loads.append(time.monotonic())
        if (folder / "card.json").read_text() != "whole":
            raise ModelUnusable("A file is not the one its card was written for.")
        return FixedClassifier()

    put_in_place(tmp_path)
    holder = ModelHolder(tmp_path, load=load, first_pause_seconds=PAUSE)
    holder._retry.first_pause = 60.0  # only a change in the folder makes it try again
    holder.start()
    assert until(holder, lambda: holder.state is ModelState.FAILED)
    assert "not the one its card" in holder.health().problem
    put_in_place(tmp_path, "whole")
    assert until(holder, lambda: holder.state is ModelState.READY)
    assert len(loads) == 2


def test_tries_at_what_stays_broken_come_ever_more_rarely(tmp_path: Path) -> None:
    put_in_place(tmp_path)
    retry = Retry(tmp_path, first_pause=5.0, longest_pause=60.0)
    retry.begin()
    pauses = []
    for _ in range(6):
        retry.failed()
        pauses.append(round(retry._next_try - time.monotonic()))
    assert pauses == [5, 10, 20, 40, 60, 60]
    retry.worked()
    retry.failed()
    assert round(retry._next_try - time.monotonic()) == 5


def test_the_folder_is_looked_at_once_in_a_while_and_not_for_each_post(tmp_path: Path) -> None:
    retry = Retry(tmp_path / "nothing", first_pause=60.0)
    retry.begin()
    retry.failed()
    assert not retry.is_due()
    put_in_place(tmp_path / "nothing")
    assert not retry.is_due(), "it had looked a moment ago"
    retry._next_look = 0.0
    assert retry.is_due()
    assert signature(tmp_path / "gone") == ()


def test_a_model_that_breaks_on_everything_is_opened_anew(tmp_path: Path) -> None:
    models: list[Classifier] = [BrokenClassifier(), FixedClassifier()]
    put_in_place(tmp_path)
    holder = a_holder(tmp_path, lambda _: models.pop(0))
    holder.start()
    assert [missing(holder) for _ in range(BREAKS_AFTER)] == [Missing.MODEL_FAILED] * BREAKS_AFTER
    assert holder.health().away

    assert until(holder, lambda: holder.state is ModelState.READY)
    assert holder.health().away, "it has not answered yet"
    assert missing(holder) is None
    assert not holder.health().away


def test_one_text_that_breaks_it_takes_it_from_nobody(tmp_path: Path) -> None:
    loads = []

    def load(_folder: Path) -> Classifier:
        loads.append(1)
        return FixedClassifier()

    put_in_place(tmp_path)
    holder = a_holder(tmp_path, load)
    holder.start()
    holder.wait(10)
    detector = ClassifierDetector(holder)
    for _ in range(BREAKS_AFTER * 2):
        assert detector.notice(Piece(Part.BODY, "[model fails]"))[0] == NoVerdict(
            "classifier", Missing.MODEL_FAILED
        )
        assert missing(holder) is None
    assert not holder.health().away
    assert loads == [1]


def test_a_model_that_hangs_is_opened_anew_and_the_trouble_keeps_its_beginning(
    tmp_path: Path, slow: SlowClassifier
) -> None:
    models: list[Classifier] = [slow, FixedClassifier()]
    put_in_place(tmp_path)
    holder = a_holder(tmp_path, lambda _: models.pop(0), hangs_after=0.02)
    holder.start()
    holder.wait(10)
    began = time.monotonic()
    for _ in range(MOST_LEFT_BEHIND):
        assert missing(holder, 0.05) is Missing.MODEL_LATE
    assert missing(holder, 0.05) is Missing.MODEL_FAILED

    assert until(holder, lambda: holder.state is ModelState.READY)
    assert abs(holder.health().seconds - (time.monotonic() - began)) < 1.0
    assert missing(holder) is None
    assert not holder.health().away


def test_threads_that_hang_are_replaced_within_a_bound_and_it_heals_when_they_end(
    tmp_path: Path, slow: SlowClassifier
) -> None:
    put_in_place(tmp_path)
    holder = a_holder(tmp_path, lambda _: slow, hangs_after=0.02)
    holder._retry.longest_pause = PAUSE
    holder.start()
    holder.wait(10)
    before = threading.active_count()
    deadline = time.monotonic() + 20
    while "start the site anew" not in holder.problem and time.monotonic() < deadline:
        missing(holder, 0.03)
        holder.heal()

    assert "start the site anew" in holder.problem
    for _ in range(5):
        assert missing(holder, 0.03) is Missing.MODEL_FAILED
        holder.heal()
    assert threading.active_count() - before == MOST_EVER_LEFT_BEHIND
    assert slow.calls == MOST_EVER_LEFT_BEHIND

    slow.go.set()
    assert until(holder, lambda: missing(holder) is None)
    assert not holder.health().away


def test_a_load_that_hangs_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.detectors.holder.LOADING_HANGS_AFTER_SECONDS", 0.05)
    go = threading.Event()
    tries = []

    def load(_folder: Path) -> Classifier:
        tries.append(1)
        if len(tries) == 1:
            go.wait(30)
        return FixedClassifier()

    put_in_place(tmp_path)
    holder = a_holder(tmp_path, load)
    holder.start()
    assert until(holder, lambda: holder.state is ModelState.READY)
    go.set()
    assert missing(holder) is None
    assert holder.identity is not None


def test_nothing_is_begun_before_somebody_starts_it(tmp_path: Path) -> None:
    put_in_place(tmp_path)
    holder = a_holder(tmp_path, lambda _: FixedClassifier())
    for _ in range(3):
        assert missing(holder, 0.01) is Missing.MODEL_ABSENT
        holder.heal()
    assert holder.state is ModelState.ABSENT
