"""The whole table of policy version 1, row by row, as the requirements have it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moderation.answers import Display, Support, Urgency
from moderation.opinions import about_words
from moderation.policy import answer
from moderation.policy_parts import SIGNALS
from moderation.signals import Missing, NoVerdict, Strength
from moderation.subject import Circumstances
from tests.moderation.policy_cases import POLICY, a_signal

SURE, BAND, NONE = Strength.SURE, Strength.BAND, Strength.NONE

# signal, strength → display, urgency, support, label on the record
TABLE = [
    ("graphic", SURE, "hold", "red", "now", "graphic_injury"),
    ("graphic", BAND, "collapse", "amber", "offer", "graphic_injury"),
    ("method", SURE, "hold", "red", "now", "method_means"),
    ("method", BAND, "hold", "amber", "offer", "method_means"),
    ("encouragement", SURE, "hold", "red", "now", "encouragement"),
    ("encouragement", BAND, "hold", "amber", "offer", "encouragement"),
    ("crisis", SURE, "hold", "crisis", "now", "crisis_now"),
    ("crisis", BAND, "show", "red", "now", "crisis_now"),
    ("self_harm_topic", SURE, "show", "green", "none", None),
    ("self_harm_topic", BAND, "show", "green", "none", None),
    ("rule_crisis", SURE, "hold", "crisis", "now", "crisis_now"),
    ("rule_other", SURE, "show", "amber", "none", "comparison"),
    ("contact", SURE, "hold", "amber", "none", "personal_info"),
    ("contact", BAND, "show", "green", "none", "personal_info"),
]


@pytest.mark.parametrize(("name", "strength", "display", "urgency", "support", "label"), TABLE)
def test_each_row_alone(
    name: str, strength: Strength, display: str, urgency: str, support: str, label: str | None
) -> None:
    signal = a_signal(name, strength, label="comparison" if name == "rule_other" else None)
    found = answer(POLICY, [signal], Circumstances())

    assert (found.display.code, found.urgency.code, found.support.code) == (display, urgency, support)
    assert found.labels == ((label,) if label else ())
    assert found.reasons == (f"{name}.{strength}",)
    assert found.review == (display != "show" or urgency != "green")
    assert found.content_labels == ((label,) if display == "collapse" else ())
    assert found.ask_first == ((name, strength) == ("contact", SURE))


def test_the_table_above_is_whole() -> None:
    asked = {(name, strength) for name, strengths in SIGNALS.items() for strength in strengths}

    assert {(row[0], row[1]) for row in TABLE} == asked


@pytest.mark.parametrize("name", SIGNALS)
def test_below_the_band_nothing_follows(name: str) -> None:
    found = answer(POLICY, [a_signal(name, NONE)], Circumstances())

    assert (found.display, found.urgency, found.reasons) == (Display.SHOW, Urgency.GREEN, ())


@pytest.mark.parametrize("why", Missing)
def test_each_missing_verdict(why: Missing) -> None:
    found = answer(POLICY, [NoVerdict("classifier", why)], Circumstances())

    assert (found.display, found.urgency, found.support) == (Display.HOLD, Urgency.AMBER, Support.OFFER)
    assert found.score_again == (why in {Missing.MODEL_ABSENT, Missing.MODEL_LATE, Missing.MODEL_FAILED})
    assert len(POLICY.told(found.reasons)) == len(POLICY.why(found.reasons)) == 1


def test_a_newcomers_first_post_jumps_the_queue() -> None:
    found = answer(POLICY, [], Circumstances(newcomer=True))

    assert (found.display, found.urgency, found.review) == (Display.HOLD, Urgency.RED, True)
    assert "Welcome" in POLICY.told(found.reasons)[0]


def test_a_rule_does_not_turn_a_newcomers_place_in_the_queue_into_a_crisis() -> None:
    rule = a_signal("rule_other", SURE, label="comparison")
    found = answer(POLICY, [rule], Circumstances(newcomer=True))

    assert found.urgency is Urgency.RED


@pytest.mark.parametrize(
    ("name", "strength", "raised"),
    [
        ("graphic", BAND, "red"),
        ("graphic", SURE, "crisis"),
        ("crisis", SURE, "crisis"),
        ("contact", BAND, "amber"),
    ],
)
def test_rules_raise_what_the_words_ask_for_by_one_level_once(
    name: str, strength: Strength, raised: str
) -> None:
    rules = [
        a_signal("rule_other", SURE, label="comparison"),
        a_signal("rule_other", SURE, label="concealment"),
    ]
    alone = answer(POLICY, [a_signal(name, strength)], Circumstances())
    found = answer(POLICY, [a_signal(name, strength), *rules], Circumstances())

    assert found.urgency.code == raised
    assert found.display is alone.display


def test_an_authors_own_label_collapses_and_asks_for_nobody() -> None:
    found = answer(POLICY, [], Circumstances(author_labels=("graphic_injury", "scars_body")))

    assert (found.display, found.urgency, found.review) == (Display.COLLAPSE, Urgency.GREEN, False)
    assert found.content_labels == ("graphic_injury", "scars_body")


def test_inherited_labels_collapse_too() -> None:
    found = answer(POLICY, [], Circumstances(inherited_labels=("bereavement",)))

    assert (found.display, found.content_labels, found.review) == (Display.COLLAPSE, ("bereavement",), False)


def test_an_authors_label_does_not_lower_a_hold() -> None:
    found = answer(POLICY, [a_signal("method", SURE)], Circumstances(author_labels=("past_self_harm",)))

    assert (found.display, found.urgency) == (Display.HOLD, Urgency.RED)


def test_a_service_that_reads_everything_first_holds_everything() -> None:
    after = answer(POLICY, [], Circumstances(held_by_person=True))
    assert (after.display, after.urgency, after.review) == (Display.HOLD, Urgency.RED, True)
    found = answer(POLICY, [], Circumstances(hold_everything=True))

    assert (found.display, found.review) == (Display.HOLD, True)


@pytest.mark.parametrize(
    ("name", "display", "urgency"),
    [("graphic", "collapse", "amber"), ("method", "hold", "amber"), ("crisis", "show", "red")],
)
def test_quoted_words_are_never_more_than_unsure(name: str, display: str, urgency: str) -> None:
    found = answer(POLICY, [a_signal(name, SURE, quoted=True)], Circumstances())

    assert (found.display.code, found.urgency.code) == (display, urgency)


def test_a_label_that_only_folds_is_no_reason_to_look_and_one_that_hurries_is() -> None:
    labelled = Circumstances(author_labels=("eating",))
    row = replace(POLICY.rows["author_label"], urgency=Urgency.AMBER)
    stricter = replace(POLICY, rows={**POLICY.rows, "author_label": row})

    for policy, why in ((POLICY, ()), (stricter, ("author_label",))):
        found = answer(policy, [], labelled)
        assert found.review == bool(why)
        assert policy.asking(found.reasons) == why
        assert about_words(why) == []
