"""What the shipped model makes of texts: the promises that a change of model must not break."""

from __future__ import annotations

import pytest

from moderation.classifier import HELD_LABELS, LABELS, Classifier, Prediction
from moderation.classifier.training.posts import Post
from moderation.subject import Span

pytestmark = pytest.mark.slow


def would_hold(prediction: Prediction) -> list[str]:
    """Labels for which policy version 1 keeps a post back."""
    scores, bands = prediction.scores, prediction.thresholds
    doubtful = [label for label in ("method", "encouragement") if scores[label] >= bands[label].t_low]
    return doubtful + [label for label in ("graphic", "crisis") if scores[label] >= bands[label].t_high]


def test_comfort_and_plain_disclosure_are_not_held(model: Classifier, must_pass: list[str]) -> None:
    held = {text: labels for text in must_pass if (labels := would_hold(model.predict(text)))}

    assert held == {}


@pytest.mark.parametrize("label", HELD_LABELS)
def test_posts_with_a_label_score_higher_than_posts_without(
    model: Classifier, unseen: list[Post], label: str
) -> None:
    scores = [score[label] for score in model.score([post.text for post in unseen])]
    with_it = [score for score, post in zip(scores, unseen, strict=True) if label in post.labels]
    without = [score for score, post in zip(scores, unseen, strict=True) if label not in post.labels]

    pairs = [(up, down) for up in with_it for down in without]
    assert sum(up > down for up, down in pairs) / len(pairs) >= 0.9


@pytest.mark.parametrize("label", HELD_LABELS)
def test_most_posts_with_a_label_reach_a_person_with_the_sentence_behind_it(
    model: Classifier, unseen: list[Post], label: str
) -> None:
    predictions = [model.predict(post.text) for post in unseen if label in post.labels]
    noticed = [p for p in predictions if p.scores[label] >= p.thresholds[label].t_low]

    assert len(noticed) / len(predictions) >= 0.6
    assert all(label in prediction.sentences for prediction in noticed)


def test_many_at_once_score_as_one_by_one(model: Classifier, unseen: list[Post]) -> None:
    texts = [post.text for post in unseen[:25]]

    assert model.score(texts) == [model.predict(text).scores for text in texts]


def test_the_same_text_always_scores_the_same(model: Classifier) -> None:
    text = "A long day, and I told my nurse about it."

    assert model.predict(text) == model.predict(text)


def test_scores_are_probabilities_for_every_label(model: Classifier, unseen: list[Post]) -> None:
    for scores in model.score([post.text for post in unseen[:40]]):
        assert tuple(scores) == LABELS
        assert all(0 <= score <= 1 for score in scores.values())


@pytest.mark.parametrize(
    "text",
    ["", "   \n ", "😭😭😭", "\u202eright to left\u202c שלום", "\ud800 broken", "\x00\x01", "a" * 30_000],
)
def test_strange_texts_get_an_answer(model: Classifier, text: str) -> None:
    assert tuple(model.predict(text).scores) == LABELS


def test_nothing_written_is_nothing_to_worry_about(model: Classifier) -> None:
    assert set(model.predict("").scores.values()) == {0.0}


def test_a_reply_is_not_blamed_for_what_it_quotes(model: Classifier, one_of_each: dict[str, Post]) -> None:
    theirs, mine = one_of_each["graphic"].text, "\n\nI'm glad you told us. Please let a nurse look at it."
    quoted = (Span(0, len(theirs)),)

    prediction = model.predict(theirs + mine, quoted)

    assert prediction.scores["graphic"] < model.thresholds["graphic"].t_low
    assert prediction.quoted_scores["graphic"] >= model.thresholds["graphic"].t_low
    assert model.predict(mine).quoted_scores == {}


def test_another_language_is_noticed_in_a_quote(model: Classifier) -> None:
    """Else a mark before each line would let anything past that the model cannot read."""
    foreign = "Nie czuję się dzisiaj dobrze i chciałabym z kimś o tym porozmawiać."
    assert model.predict(foreign, (Span(0, len(foreign)),)).language == "other"
    mine = "I had a difficult night and I did not sleep at all."
    assert model.predict(f"{foreign}\n\n{mine}", (Span(0, len(foreign)),)).language == "other"
    assert model.predict(f"{mine}\n\n{mine}", (Span(0, len(mine)),)).language == "en"


def test_an_evaded_spelling_scores_like_the_plain_one(model: Classifier) -> None:
    plain = model.predict("i relapsed and self harmed last night").scores["self_harm_topic"]
    evaded = model.predict("i relapsed and s3lf h4rmed last night").scores["self_harm_topic"]

    assert abs(plain - evaded) <= 0.1


def test_the_sentence_shown_is_the_one_that_matters(model: Classifier, one_of_each: dict[str, Post]) -> None:
    before = "Good evening all, it rained here. We had soup at my sister's house and it was nice. "
    text = before + one_of_each["crisis"].text

    shown = model.predict(text).sentences["crisis"]

    assert shown.start >= len(before)
