"""The life of a review item: every pair of state and step is either in this list or refused."""

from __future__ import annotations

from itertools import product

import pytest

from moderation.workflow import (
    ANSWERS,
    NEXT,
    STEP_OF,
    VOIDS_CLAIM,
    WHILE_APPEALED,
    DecisionAction,
    ForbiddenStep,
    ItemState,
    Step,
    after,
    fits,
    is_open,
    may,
)

ALLOWED = {
    (None, "open", "open"),
    ("open", "claim", "claimed"),
    ("open", "decide", "decided"),
    ("open", "edit", "open"),
    ("open", "report_again", "open"),
    ("open", "appeal", "appealed"),
    ("claimed", "release", "open"),
    ("claimed", "lapse", "open"),
    ("claimed", "decide", "decided"),
    ("claimed", "ask_second", "awaiting_second"),
    ("claimed", "edit", "open"),
    ("claimed", "report_again", "claimed"),
    ("claimed", "appeal", "appealed"),
    ("awaiting_second", "claim", "awaiting_second"),
    ("awaiting_second", "release", "awaiting_second"),
    ("awaiting_second", "lapse", "awaiting_second"),
    ("awaiting_second", "decide", "decided"),
    ("awaiting_second", "ask_second", "awaiting_second"),
    ("awaiting_second", "edit", "awaiting_second"),
    ("awaiting_second", "report_again", "awaiting_second"),
    ("awaiting_second", "appeal", "appealed"),
    ("decided", "appeal", "appealed"),
    ("decided", "reopen", "open"),
    ("appealed", "claim", "appealed"),
    ("appealed", "release", "appealed"),
    ("appealed", "lapse", "appealed"),
    ("appealed", "decide", "appealed"),
    ("appealed", "answer", "decided"),
    ("appealed", "ask_second", "appealed"),
    ("appealed", "edit", "appealed"),
    ("appealed", "report_again", "appealed"),
}
STATES = [None, *ItemState]
FORBIDDEN = [
    (state, step)
    for state, step in product(STATES, Step)
    if not any(row[:2] == (state, step) for row in ALLOWED)
]


@pytest.mark.parametrize(("state", "step", "then"), sorted(ALLOWED, key=str))
def test_allowed_moves(state: str | None, step: str, then: str) -> None:
    before = ItemState(state) if state else None

    assert may(before, Step(step))
    assert after(before, Step(step)) is ItemState(then)


@pytest.mark.parametrize(("state", "step"), FORBIDDEN)
def test_forbidden_moves(state: ItemState | None, step: Step) -> None:
    assert not may(state, step)
    with pytest.raises(ForbiddenStep) as refused:
        after(state, step)
    assert (refused.value.state, refused.value.step) == (state, step)


def test_the_two_lists_are_everything() -> None:
    assert len(ALLOWED) + len(FORBIDDEN) == len(STATES) * len(Step)
    assert len(NEXT) == len(ALLOWED)


def test_every_open_state_can_be_decided_and_decided_cannot_be_decided_again() -> None:
    assert all(may(state, Step.DECIDE) for state in ItemState if is_open(state))
    assert not may(ItemState.DECIDED, Step.DECIDE)


def test_only_an_answer_ends_an_appeal_and_nothing_else_has_one() -> None:
    assert after(ItemState.APPEALED, Step.ANSWER) is ItemState.DECIDED
    assert after(ItemState.APPEALED, Step.DECIDE) is ItemState.APPEALED
    assert [state for state in ItemState if may(state, Step.ANSWER)] == [ItemState.APPEALED]
    assert {action for action in DecisionAction if fits(ItemState.APPEALED, action)} == WHILE_APPEALED
    assert fits(ItemState.APPEALED, DecisionAction.REMOVE, other_work=True)
    assert not any(fits(state, action) for action in ANSWERS for state in ItemState if state != "appealed")


def test_two_cannot_hold_what_is_claimed() -> None:
    assert not may(ItemState.CLAIMED, Step.CLAIM)


def test_an_edit_never_leaves_a_claim_on_words_that_are_gone() -> None:
    assert Step.EDIT in VOIDS_CLAIM
    assert after(ItemState.CLAIMED, Step.EDIT) is ItemState.OPEN


def test_an_appeal_stays_one_until_it_is_decided() -> None:
    for step in (Step.CLAIM, Step.RELEASE, Step.LAPSE, Step.EDIT, Step.REPORT_AGAIN, Step.ASK_SECOND):
        assert after(ItemState.APPEALED, step) is ItemState.APPEALED


def test_every_action_says_what_it_does_to_the_item() -> None:
    assert set(STEP_OF) == set(DecisionAction)
    assert STEP_OF[DecisionAction.CHECK_IN] is None
