"""The classifier's detector: in time or not at all, and whatever it cannot judge it says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.classifier import Classifier
from moderation.classifier.answer import LABELS, Band, ModelIdentity, ModelUnusable
from moderation.detectors import Detector, ModelDetector, ModelRun
from moderation.detectors.classifier import ClassifierDetector, strength_of
from moderation.detectors.fixed import IDENTITY, FixedClassifier, fixed_detector
from moderation.detectors.holder import MOST_LEFT_BEHIND, ModelHolder, ModelState, NoPrediction
from moderation.signals import Missing, NoVerdict, Signal, Strength
from moderation.subject import Part, Piece, Span
from tests.moderation.fakes import BrokenClassifier, ScoringClassifier, SlowClassifier, benign_scores


def a_piece(text: str = "words", quoted: tuple[Span, ...] = ()) -> Piece:
    return Piece(Part.BODY, text, quoted)


def a_holder(tmp_path: Path, load: Callable[[Path], Classifier], **more: object) -> ModelHolder:
    (tmp_path / "card.json").write_text("{}")
    return ModelHolder(tmp_path, load=load, **more)  # type: ignore[arg-type]


def why(detector: Detector, text: str = "words") -> list[Missing]:
    return [found.why for found in detector.notice(a_piece(text)) if isinstance(found, NoVerdict)]


def strengths(detector: Detector, text: str) -> dict[str, Strength]:
    found = [signal for signal in detector.notice(a_piece(text)) if isinstance(signal, Signal)]
    return {signal.name: signal.strength for signal in found if signal.strength is not Strength.NONE}


def test_it_is_a_detector_with_a_budget_for_the_request() -> None:
    detector = fixed_detector()

    assert isinstance(detector, ModelDetector)
    assert isinstance(detector.start(), ModelRun)


@pytest.mark.parametrize(
    ("marker", "name"),
    [
        ("graphic detail", "graphic"),
        ("method detail", "method"),
        ("encouragement", "encouragement"),
        ("crisis", "crisis"),
    ],
)
def test_markers_are_sure_and_with_a_question_mark_in_the_band(marker: str, name: str) -> None:
    assert strengths(fixed_detector(), f"some [{marker}] here")[name] is Strength.SURE
    assert strengths(fixed_detector(), f"some [{marker}?] here")[name] is Strength.BAND
    assert strengths(fixed_detector(), "a plain sentence") == {}


def test_every_label_is_recorded_with_its_score() -> None:
    found = [signal for signal in fixed_detector().notice(a_piece()) if isinstance(signal, Signal)]

    assert [signal.name for signal in found] == list(LABELS)
    assert all(signal.score is not None for signal in found)


def test_the_best_sentence_is_where_the_machine_looked() -> None:
    text = "Hello. Here is [graphic detail] and more."
    found = [
        s for s in fixed_detector().notice(a_piece(text)) if isinstance(s, Signal) and s.name == "graphic"
    ]

    assert [text[span.start : span.end] for span in found[0].spans] == ["[graphic detail]"]


def test_quoted_words_are_scored_apart() -> None:
    text = "> [method detail]\nI hear you."
    found = [
        signal
        for signal in fixed_detector().notice(a_piece(text, (Span(0, 17),)))
        if isinstance(signal, Signal) and signal.name == "method"
    ]

    assert [(signal.quoted, signal.strength) for signal in found] == [
        (False, Strength.NONE),
        (True, Strength.SURE),
    ]


@pytest.mark.parametrize(
    ("marker", "missing"),
    [
        ("[not english]", Missing.NOT_ENGLISH),
        ("[too long]", Missing.TOO_LONG),
        ("[model fails]", Missing.MODEL_FAILED),
    ],
)
def test_what_it_cannot_judge_it_says(marker: str, missing: Missing) -> None:
    assert why(fixed_detector(), f"words {marker}") == [missing]


def test_an_empty_folder_means_absent(tmp_path: Path) -> None:
    holder = ModelHolder(tmp_path)
    holder.start()

    assert holder.state is ModelState.ABSENT
    assert "no model" in holder.problem
    assert why(ClassifierDetector(holder)) == [Missing.MODEL_ABSENT]


def test_a_holder_that_nobody_started_counts_as_absent(tmp_path: Path) -> None:
    assert why(ClassifierDetector(ModelHolder(tmp_path))) == [Missing.MODEL_ABSENT]


def test_while_it_loads_it_is_late_and_afterwards_it_answers(tmp_path: Path) -> None:
    go = threading.Event()

    def load(folder: Path) -> Classifier:
        go.wait(30)
        return FixedClassifier()

    holder = a_holder(tmp_path, load)
    holder.start()
    holder.start()

    assert holder.state is ModelState.LOADING
    assert why(ClassifierDetector(holder, 0.05)) == [Missing.MODEL_LATE]
    go.set()
    assert holder.wait(10) is ModelState.READY
    assert holder.identity == IDENTITY
    assert why(ClassifierDetector(holder, 5)) == []


@pytest.mark.parametrize("problem", [ModelUnusable("The file is altered."), OSError("gone"), ValueError()])
def test_a_model_that_cannot_be_loaded_has_failed(tmp_path: Path, problem: Exception) -> None:
    def load(folder: Path) -> Classifier:
        raise problem

    holder = a_holder(tmp_path, load)
    holder.start()

    assert holder.wait(10) is ModelState.FAILED
    assert holder.problem
    assert why(ClassifierDetector(holder)) == [Missing.MODEL_FAILED]


def test_a_model_that_the_policy_refuses_has_failed(tmp_path: Path) -> None:
    def refuse(identity: ModelIdentity) -> None:
        raise ValueError(f"not made for {identity.model_id}")

    holder = a_holder(tmp_path, lambda _: FixedClassifier(), check=refuse)
    holder.start()

    assert holder.wait(10) is ModelState.FAILED
    assert "not made for fixed" in holder.problem


def test_a_prediction_that_breaks_has_failed() -> None:
    assert why(ClassifierDetector(ModelHolder.holding(BrokenClassifier()))) == [Missing.MODEL_FAILED]


def test_a_slow_prediction_is_late_and_does_not_keep_the_caller() -> None:
    slow = SlowClassifier()
    began = time.monotonic()

    assert why(ClassifierDetector(ModelHolder.holding(slow), 0.05)) == [Missing.MODEL_LATE]
    assert time.monotonic() - began < 5
    slow.go.set()


def test_the_budget_is_for_the_whole_request() -> None:
    slow = SlowClassifier()
    run = ClassifierDetector(ModelHolder.holding(slow), 0.5).start()
    began = time.monotonic()
    found = [run.notice(a_piece()) for _ in range(6)]

    assert time.monotonic() - began < 2.5
    assert all(isinstance(one, NoVerdict) and one.why is Missing.MODEL_LATE for [one] in found)
    slow.go.set()


def test_a_caller_who_gave_up_leaves_no_work_behind() -> None:
    slow = SlowClassifier()
    holder = ModelHolder.holding(slow)
    for _ in range(5):
        assert why(ClassifierDetector(holder, 0.02)) == [Missing.MODEL_LATE]
    slow.go.set()

    assert why(ClassifierDetector(holder, 10)) == []
    assert slow.calls == 2


def test_without_a_budget_it_waits() -> None:
    slow = SlowClassifier()
    threading.Timer(0.2, slow.go.set).start()

    assert why(ClassifierDetector(ModelHolder.holding(slow), None)) == []


def test_a_hung_worker_is_replaced_and_only_so_often(tmp_path: Path) -> None:
    slow = SlowClassifier()
    holder = a_holder(tmp_path, lambda _: slow, hangs_after_seconds=0.01, first_pause_seconds=0.05)
    holder.start()
    holder.wait(10)
    before = threading.active_count()
    seen = []
    for _ in range(MOST_LEFT_BEHIND + 3):
        seen += why(ClassifierDetector(holder, 0.05))

    assert seen[:MOST_LEFT_BEHIND] == [Missing.MODEL_LATE] * MOST_LEFT_BEHIND
    assert seen[-1] is Missing.MODEL_FAILED
    assert threading.active_count() - before <= MOST_LEFT_BEHIND

    slow.go.set()
    deadline = time.monotonic() + 10
    while why(ClassifierDetector(holder, 1)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert why(ClassifierDetector(holder, 1)) == []


def test_many_threads_share_one_model() -> None:
    detector = ClassifierDetector(ModelHolder.holding(FixedClassifier()), 10)
    answers: list[list[Missing]] = []
    threads = [threading.Thread(target=lambda: answers.append(why(detector))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [[]] * 20


@pytest.mark.parametrize("bad", [float("nan"), -0.1, 1.1, float("inf")])
def test_a_score_that_is_no_probability_is_no_verdict(bad: float) -> None:
    holder = ModelHolder.holding(ScoringClassifier(benign_scores(crisis=bad)))

    assert why(ClassifierDetector(holder)) == [Missing.MODEL_FAILED]


def test_a_head_that_does_not_answer_is_no_verdict() -> None:
    scores = benign_scores()
    del scores["method"]

    assert why(ClassifierDetector(ModelHolder.holding(ScoringClassifier(scores)))) == [Missing.MODEL_FAILED]


def test_the_policys_thresholds_count_before_the_models_own() -> None:
    holder = ModelHolder.holding(ScoringClassifier(benign_scores(crisis=0.5)))
    stricter = dict.fromkeys(LABELS, Band(0.1, 0.2))
    found = [
        signal
        for signal in ClassifierDetector(holder, thresholds=stricter).notice(a_piece())
        if isinstance(signal, Signal) and signal.name == "crisis"
    ]

    assert [signal.strength for signal in found] == [Strength.SURE]


def test_bounds_belong_to_the_stronger_side() -> None:
    band = Band(0.3, 0.7)

    assert [strength_of(score, band) for score in (0.29, 0.3, 0.69, 0.7)] == [
        Strength.NONE,
        Strength.BAND,
        Strength.BAND,
        Strength.SURE,
    ]


def test_no_prediction_names_why() -> None:
    assert NoPrediction(Missing.MODEL_LATE).why is Missing.MODEL_LATE
