"""Promises 2 and 3, and that nothing without a verdict is shown (the policy's side of promise 1)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.answers import Display, Support, Urgency
from moderation.policy import PolicyError, answer, load_policy
from moderation.policy_parts import SIGNALS
from moderation.signals import Missing, NoVerdict, Signal, Strength
from moderation.subject import Circumstances, Part
from tests.moderation.policy_cases import POLICY, a_signal, circumstances, findings, missing, signals

PLAIN = Circumstances()
PROTECTED = sorted(code for code, label in POLICY.taxonomy.labels.items() if label.protected)


@settings(max_examples=400)
@given(findings, signals | missing, st.integers(0, 6), st.just(PLAIN) | circumstances)
def test_signals_only_add(
    some: list[Signal | NoVerdict], another: Signal | NoVerdict, at: int, around: Circumstances
) -> None:
    """Promise 2: one finding more never makes an answer less protective."""
    before = answer(POLICY, some, around)
    after = answer(POLICY, [*some[:at], another, *some[at:]], around)

    assert after.display >= before.display
    assert after.urgency >= before.urgency
    assert after.support >= before.support
    assert after.review >= before.review
    assert after.ask_first >= before.ask_first
    assert set(after.labels) >= set(before.labels)
    assert set(after.content_labels) >= set(before.content_labels)
    assert set(after.reasons) >= set(before.reasons)


def test_signals_only_add_pair_by_pair() -> None:
    """The same without chance: every finding there is beside every other, in both orders."""
    kinds: list[Signal | NoVerdict] = [NoVerdict("a detector", why) for why in Missing]
    for name, strength, quoted in product(SIGNALS, Strength, (False, True)):
        kinds.append(a_signal(name, strength, quoted=quoted))
    for one, other in product(kinds, kinds):
        alone, both = answer(POLICY, [one], PLAIN), answer(POLICY, [one, other], PLAIN)
        reverse = answer(POLICY, [other, one], PLAIN)

        assert both.display == reverse.display >= alone.display
        assert both.urgency == reverse.urgency >= alone.urgency
        assert both.support == reverse.support >= alone.support


@given(findings, circumstances)
def test_circumstances_only_add(some: list[Signal | NoVerdict], around: Circumstances) -> None:
    """Nor does anything that is known beside the words: an author's own label adds, and never lowers."""
    before, after = answer(POLICY, some, PLAIN), answer(POLICY, some, around)

    assert (after.display >= before.display, after.urgency >= before.urgency) == (True, True)
    assert after.support >= before.support


@given(findings, circumstances, st.randoms())
def test_order_does_not_matter(
    some: list[Signal | NoVerdict], around: Circumstances, random: st.DataObject
) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = answer(POLICY, some, around), answer(POLICY, shuffled, around)

    assert (one.display, one.urgency, one.support) == (other.display, other.urgency, other.support)
    assert (one.reasons, one.review) == (other.reasons, other.review)


@given(
    st.lists(st.floats(0, 1), max_size=8),
    st.sampled_from(Strength),
    st.lists(st.sampled_from(PROTECTED), max_size=3),
)
def test_protected_stays_visible(scores: list[float], strength: Strength, protected: list[str]) -> None:
    """Promise 3: being about self-harm never hides a post, whatever the topic's score and however often."""
    topics = [a_signal("self_harm_topic", strength, score=score) for score in scores]
    rules = [a_signal("rule_other", Strength.SURE, label=code) for code in protected]
    around = Circumstances(author_labels=tuple(protected), inherited_labels=tuple(protected))

    found = answer(POLICY, [*topics, *rules], around)

    assert found.display is Display.SHOW
    assert found.content_labels == ()


@given(st.lists(st.builds(a_signal, st.just("self_harm_topic"), st.sampled_from(Strength)), max_size=5))
def test_the_topic_alone_asks_for_nobody(topics: list[Signal]) -> None:
    found = answer(POLICY, topics, PLAIN)

    assert (found.display, found.urgency, found.support) == (Display.SHOW, Urgency.GREEN, Support.NONE)
    assert not found.review
    assert set(found.suggested) <= {"past_self_harm"}
    assert found.labels == ()


@pytest.mark.parametrize("row", ["self_harm_topic.sure", "self_harm_topic.band", "rule_other.sure"])
@pytest.mark.parametrize("display", ["collapse", "hold"])
def test_no_policy_can_hide_for_the_topic_alone(row: str, display: str) -> None:
    """The loader refuses such a table, so a lead cannot break promise 3 by editing data."""
    head, _, tail = POLICY.toml.partition(f"[signals.{row}]")
    changed = head + f"[signals.{row}]" + tail.replace('display = "show"', f'display = "{display}"', 1)

    with pytest.raises(PolicyError, match="must be show"):
        load_policy(changed)


def test_no_policy_can_hide_for_a_protected_label() -> None:
    changed = POLICY.toml.replace('label = "graphic_injury"', 'label = "protected.disclosure"', 1)

    with pytest.raises(PolicyError, match="protected label"):
        load_policy(changed)


@pytest.mark.parametrize("why", Missing)
@given(some=findings, around=circumstances)
def test_every_missing_verdict_holds(
    why: Missing, some: list[Signal | NoVerdict], around: Circumstances
) -> None:
    """Promise 1: no verdict holds and queues, whatever else was noticed."""
    found = answer(POLICY, [*some, NoVerdict("classifier", why)], around)

    assert found.display is Display.HOLD
    assert found.urgency >= Urgency.AMBER
    assert found.review
    assert f"missing.{why}" in found.reasons
    assert POLICY.told(found.reasons)


@pytest.mark.parametrize("why", Missing)
@pytest.mark.parametrize("display", ["show", "collapse"])
def test_no_policy_can_show_without_a_verdict(why: Missing, display: str) -> None:
    head, mark, tail = POLICY.toml.partition(f"[no_verdict.{why}]")
    changed = head + mark + tail.replace('display = "hold"', f'display = "{display}"', 1)

    with pytest.raises(PolicyError, match="must hold"):
        load_policy(changed)


@given(findings, circumstances)
def test_red_and_crisis_words_bring_the_help_panel(
    some: list[Signal | NoVerdict], around: Circumstances
) -> None:
    about_words = answer(POLICY, some, PLAIN)
    if about_words.urgency >= Urgency.RED:
        assert answer(POLICY, some, around).support is Support.NOW


@given(findings, circumstances)
def test_whatever_hides_is_reviewed_unless_the_author_chose_it(
    some: list[Signal | NoVerdict], around: Circumstances
) -> None:
    found = answer(POLICY, some, around)
    alone = answer(POLICY, some, replace(around, author_labels=(), inherited_labels=()))

    assert found.review == (
        found.display is Display.HOLD or found.urgency > Urgency.GREEN or alone.display is Display.COLLAPSE
    )


def test_what_no_row_knows_goes_to_a_person() -> None:
    stray = Signal("a detector", "a signal of another release", "crisis_now", Strength.SURE, Part.BODY)
    found = answer(POLICY, [stray], PLAIN)

    assert (found.display, found.review) == (Display.HOLD, True)
