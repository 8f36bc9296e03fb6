"""Who may be drawn, with what chance, and by whose randomness."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from moderation.answers import Answer, Display, Support, Urgency
from moderation.assess import Lot
from moderation.policy import Policy, load_policy
from moderation.sampling import by_chance, lot_of, never

RULES = load_policy()
PLAIN = Answer(Display.SHOW, Urgency.GREEN, Support.NONE)


def with_percent(percent: float) -> Policy:
    return replace(RULES, values=replace(RULES.values, sample_percent=percent))


def test_the_policys_percentage_is_the_chance_that_is_drawn_with_and_recorded() -> None:
    asked: list[float] = []

    def draw(chance: float) -> bool:
        asked.append(chance)
        return True

    assert lot_of(PLAIN, RULES, draw) == Lot(0.02, drawn=True)
    assert lot_of(PLAIN, with_percent(1 / 3), never) == Lot(0.003333, drawn=False)
    assert asked == [0.02]


@pytest.mark.parametrize(
    "answer",
    [
        replace(PLAIN, display=Display.HOLD, review=True),
        replace(PLAIN, display=Display.COLLAPSE, review=True),
        replace(PLAIN, display=Display.COLLAPSE),
        replace(PLAIN, urgency=Urgency.RED, review=True),
    ],
    ids=["held", "folded by software", "folded by its author", "shown and looked at anyway"],
)
def test_what_is_not_plainly_shown_is_not_drawn_from(answer: Answer) -> None:
    def draw(_chance: float) -> bool:
        raise AssertionError("chance has no say in this")

    assert lot_of(answer, RULES, draw) is None


@pytest.mark.parametrize(("chance", "drawn"), [(0.0, 0), (1.0, 500)])
def test_none_and_all_are_sure(chance: float, drawn: int) -> None:
    assert sum(by_chance(chance) for _ in range(500)) == drawn


def test_chance_is_as_large_as_it_says() -> None:
    drawn = sum(by_chance(0.02) for _ in range(50_000))

    assert 800 < drawn < 1_200  # 1,000 give or take more than six times its spread


@pytest.mark.parametrize("draw", [by_chance])
def test_nobody_can_repeat_what_was_drawn(draw: Callable[[float], bool]) -> None:
    def draws() -> list[bool]:
        random.seed(1)
        return [draw(0.5) for _ in range(128)]

    assert draws() != draws()
