"""Reading a policy: what ships is whole, what is malformed says where, a model must be the one it is for."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from moderation.answers import Urgency
from moderation.classifier.answer import LABELS, Band, ModelIdentity
from moderation.classifier.files import CARD as CARD_FILE
from moderation.classifier.files import FOLDER
from moderation.policy import FIRST_POLICY, PolicyError, PolicyMismatch, load_policy
from moderation.thresholds import thresholds_from_card, with_thresholds
from moderation.workflow import DecisionAction
from tests.moderation.policy_cases import POLICY

CARD = {
    "model_id": "a-model",
    "engine": "an-engine",
    "normaliser": "1",
    "thresholds_id": "t1",
    "thresholds": {label: {"t_low": 0.3, "t_high": 0.7} for label in LABELS},
}


def test_the_defaults_are_those_of_the_design() -> None:
    values = POLICY.values

    assert (values.group_capacity, values.live_group_capacity) == (24, 8)
    assert (values.claim_minutes, values.offer_hours, values.resting_weeks) == (20, 72, 8)
    assert values.appeal_days == 28
    assert (values.hold_first_posts, values.sample_percent, values.request_budget_seconds) == (1, 2.0, 1.5)
    assert {level.code: target for level, target in values.targets.items()} == {
        "crisis": timedelta(minutes=10),
        "red": timedelta(hours=1),
        "amber": timedelta(hours=4),
        "green": timedelta(hours=24),
    }


def test_the_digest_is_of_the_text_that_was_read() -> None:
    assert POLICY.toml == FIRST_POLICY.read_text(encoding="utf-8")
    assert POLICY.digest == hashlib.sha256(POLICY.toml.encode()).hexdigest()


def test_waiting_moves_an_item_up_one_level_and_never_into_crisis() -> None:
    assert POLICY.aged(Urgency.AMBER, timedelta(hours=3)) is Urgency.AMBER
    assert POLICY.aged(Urgency.AMBER, timedelta(hours=4)) is Urgency.RED
    assert POLICY.aged(Urgency.GREEN, timedelta(days=9)) is Urgency.AMBER
    assert POLICY.aged(Urgency.RED, timedelta(days=9)) is Urgency.RED
    assert POLICY.aged(Urgency.CRISIS, timedelta(days=9)) is Urgency.CRISIS


@pytest.mark.parametrize("action", DecisionAction)
def test_every_action_has_reasons_that_tell_the_author_something(action: DecisionAction) -> None:
    reasons = POLICY.reasons_for(action)

    assert reasons
    assert all(reason.author and reason.words for reason in reasons)


def test_removal_for_urging_asks_whether_it_may_be_illegal() -> None:
    asked = {code for code, reason in POLICY.decision_reasons.items() if reason.ask_illegal}

    assert {"encouragement", "pact", "method", "other"} <= asked
    assert "within_rules" not in asked


def test_reports_are_red_or_crisis_and_end_with_something_else() -> None:
    reasons = list(POLICY.report_reasons.values())

    assert all(reason.urgency >= Urgency.RED for reason in reasons)
    assert (reasons[-1].code, reasons[-1].needs_words) == ("something_else", True)


def test_readers_never_see_how_bad_something_is() -> None:
    """Rule 4: plain words, never severity."""
    for label in POLICY.taxonomy.labels.values():
        assert not {"dangerous", "severe", "extreme", "harmful", "triggering", "tw"} & set(
            label.words.split()
        )


def test_content_labels_are_a_versioned_list_of_what_authors_may_apply() -> None:
    taxonomy = POLICY.taxonomy

    assert taxonomy.content_labels_version == 1
    assert all(label.author_may_apply and label.reader_may_see for label in taxonomy.content_labels)
    assert taxonomy.words("a label of another list")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version = 1\n", "", "`version` is missing"),
        ("version = 1\n", 'version = "1"\n', "`version` must be a whole number"),
        ("claim_minutes = 20", "claim_minutes = 0", "values.claim_minutes` must be at least 1"),
        ("claim_minutes = 20", "claim_minuts = 20", "values.claim_minutes` is missing"),
        ("claim_minutes = 20", "claim_minutes = 20\nextra = 1", "values.extra` is not a key"),
        ('display = "hold"', 'display = "hide"', "must be one of show, collapse, hold; it is 'hide'"),
        ('urgency = "red"', 'urgency = "purple"', "must be one of green, amber, red, crisis"),
        ('label = "graphic_injury"', 'label = "gore"', "signals.graphic.sure.label` names no label"),
        ("[signals.method.band]", "[signals.method.bnd]", "signals.method.band` is missing"),
        ("[no_verdict.too_long]", "[no_verdict.too_big]", "no_verdict.too_long` is missing"),
        ('actions = ["show"]', 'actions = ["vanish"]', "decision_reasons[0].actions` must be some of"),
        ('actions = ["show"]', 'actions = "show"', "decision_reasons[0].actions` must be a list"),
        ('code = "encourages"', 'code = "in_danger"', "is there twice"),
        ('codes = ["past_self_harm"', 'codes = ["method_means"', "no label that an author may apply"),
        ("sample_percent = 2.0", "sample_percent = 200", "at least 0 and at most 100"),
        ("hold_first_posts = 1", "hold_first_posts = true", "must be a whole number"),
        ('at_most = "band"', 'at_most = "none"', "quoted.at_most` must be sure or band"),
    ],
)
def test_a_malformed_policy_says_where(old: str, new: str, says: str) -> None:
    assert old in POLICY.toml
    with pytest.raises(PolicyError) as problem:
        load_policy(POLICY.toml.replace(old, new, 1))
    assert says in str(problem.value)


@pytest.mark.parametrize("text", ["", "version = ", "\0", "[[labels]]", "version = 1"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match="policy: "):
        load_policy(text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"cannot read gone\.toml"):
        load_policy(tmp_path / "gone.toml")


def test_thresholds_come_from_the_card_and_bind_the_policy_to_its_model() -> None:
    policy = load_policy(with_thresholds(POLICY.toml, thresholds_from_card(CARD)))

    assert set(policy.thresholds) == set(LABELS)
    assert policy.thresholds["crisis"].t_low == 0.3
    policy.check_bound(ModelIdentity("a-model", "an-engine", "1", "t1"))
    assert with_thresholds(policy.toml, thresholds_from_card(CARD)) == policy.toml
    comments = [line for line in POLICY.toml.splitlines() if line.startswith("#")]
    assert [line for line in policy.toml.splitlines() if line.startswith("#")] == comments


def test_the_policy_that_ships_fits_the_model_that_ships() -> None:
    """Otherwise every post would be held. `python -m moderation.thresholds` mends it.

    `t_high` is the card's; `t_low` may be moved up by a person, with the reason written in docs/policy.md.
    """
    card = FOLDER / CARD_FILE
    if card.is_file():
        raw = json.loads(card.read_text(encoding="utf-8"))
        POLICY.check_bound(
            ModelIdentity(raw["model_id"], raw["engine"], raw["normaliser"], raw["thresholds_id"])
        )
        recommended = {label: Band(**band) for label, band in raw["thresholds"].items()}
        for label, band in POLICY.thresholds.items():
            assert band.t_high == recommended[label].t_high, label
            assert recommended[label].t_low <= band.t_low <= band.t_high, label
    else:
        assert POLICY.bound.model == ""


@pytest.mark.parametrize("changed", ["model", "engine", "normaliser"])
def test_a_changed_model_without_new_thresholds_is_refused(changed: str) -> None:
    policy = load_policy(with_thresholds(POLICY.toml, thresholds_from_card(CARD)))
    fields = {"model_id": "a-model", "engine": "an-engine", "normaliser": "1"}
    fields["model_id" if changed == "model" else changed] = "another"

    with pytest.raises(PolicyMismatch, match=f"{changed} is 'another'.*new policy version"):
        policy.check_bound(ModelIdentity(**fields, thresholds_id="t1"))


def test_crossed_thresholds_and_empty_cards_are_refused() -> None:
    crossed = thresholds_from_card(CARD).replace("t_low = 0.3", "t_low = 0.9", 1)

    with pytest.raises(PolicyError, match="must not be above t_high"):
        load_policy(with_thresholds(POLICY.toml, crossed))
    with pytest.raises(PolicyError, match="no usable thresholds"):
        thresholds_from_card({})
