"""Inputs drawn by hypothesis, the same in every run."""

from __future__ import annotations

import zlib

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.fuzz.inputs import Sent


def drawn(made: SearchStrategy[Sent], count: int, name: str) -> list[Sent]:
    """So many of these; `name` is the seed.

    Hypothesis begins with the simplest example there is, the same for every form: that one is left out. What
    comes back is collected first and sent afterwards, since what is sent changes what the next page offers.
    """
    found: list[Sent] = []

    @seed(zlib.crc32(name.encode()))
    @settings(
        max_examples=count + 1,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(made)
    def draw(sent: Sent) -> None:
        found.append(sent)

    draw()
    return found[1:]
