"""What is written, where and when, before anything is: decided by one random number generator, so that it repeats."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

MOST_LIKELY = 12.0
"""No thread draws more than this many times what the smallest draws: beside the long one, none is very long."""
RECENT = timedelta(minutes=5)
"""Nothing is written in the last moments: what is measured afterwards comes after it."""


class BadSize(Exception):
    """These numbers do not go together; the message says why."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to be. `long_thread` posts stand in one thread, all others are spread."""

    members: int
    groups: int
    threads: int
    posts: int
    long_thread: int = 0
    days: int = 365
    seed: int = 1

    def check(self, capacity: int) -> None:
        """Raise `BadSize` where members find no place or threads no post."""
        if self.members < 2 * self.groups:
            raise BadSize(f"{self.groups} groups need at least {2 * self.groups} members, two in each.")
        if self.members > self.groups * capacity:
            raise BadSize(
                f"{self.members} members do not fit into {self.groups} groups of {capacity}: "
                f"at least {-(-self.members // capacity)} groups are needed."
            )
        if self.long_thread > 0 and self.threads < 2:
            raise BadSize("A long thread needs another thread beside it.")
        if self.posts - self.long_thread < self.threads - bool(self.long_thread):
            raise BadSize("Every thread needs at least one post.")


@dataclass(frozen=True, slots=True)
class Planned:
    """One post to come: seconds after the beginning, and its thread by number, from 0."""

    second: int
    thread: int


def posts_of_threads(size: Size, chance: random.Random) -> list[int]:
    """How many posts each thread gets: few get many, most get some, as people write. Thread 0 is the long one."""
    spread = size.threads - bool(size.long_thread)
    counts = [1] * spread
    weights = [min(chance.paretovariate(1.3), MOST_LIKELY) for _ in range(spread)]
    for index in chance.choices(range(spread), weights, k=size.posts - size.long_thread - spread):
        counts[index] += 1
    return [size.long_thread, *counts] if size.long_thread else counts


def timetable(size: Size, counts: list[int], chance: random.Random) -> list[Planned]:
    """Every post in the order of time. A thread runs for some days; the long one, from beginning to end."""
    whole = size.days * 86_400 - int(RECENT.total_seconds())
    found = []
    for thread, count in enumerate(counts):
        if thread == 0 and size.long_thread:
            begins, lasts = 0, whole
        else:
            lasts = min(whole, int(chance.expovariate(1 / (4 * 86_400))) + 600 * count)
            begins = chance.randrange(whole - lasts + 1)
        moments = sorted(chance.randrange(lasts + 1) for _ in range(count))
        found += [Planned(begins + moment, thread) for moment in moments]
    found.sort(key=lambda post: (post.second, post.thread))
    return found
