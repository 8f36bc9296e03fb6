"""Who does what while the processes die: each is a thread with a browser of its own, one thing after another."""

from __future__ import annotations

import random
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from forum import clock
from tests.proofs.browser import Answer, Browser
from tests.proofs.ledger import Budget, Ledger, Seen

TAG = re.compile(r"\bmarked-([a-z]{10})\b")
PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is to be done. Every appeal is to be answered as well."""

    posts: int
    decisions: int
    reports: int
    appeals: int


@dataclass
class Load:
    """What is to be done in one round, and by when."""

    ledger: Ledger
    wanted: Wanted
    thread_ids: Sequence[int]
    group_slug: str
    deadline: float
    enough: bool = False
    """Set to end the round before everything is done."""
    began: datetime = field(default_factory=clock.now)
    posts: Budget = field(init=False)
    decisions: Budget = field(init=False)
    reports: Budget = field(init=False)
    appeals: Budget = field(init=False)
    answers: Budget = field(init=False)

    def __post_init__(self) -> None:
        self.posts, self.decisions = Budget(self.wanted.posts), Budget(self.wanted.decisions)
        self.reports, self.appeals = Budget(self.wanted.reports), Budget(self.wanted.appeals)
        self.answers = Budget(self.wanted.appeals)

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return self.posts, self.decisions, self.reports, self.appeals, self.answers

    @property
    def progress(self) -> float:
        """How much of all that can be acknowledged was: 0 to 1."""
        return sum(one.done for one in self.budgets) / sum(one.most for one in self.budgets)

    @property
    def over(self) -> bool:
        return self.enough or all(one.over for one in self.budgets)

    @property
    def late(self) -> bool:
        return time.monotonic() > self.deadline

    def wrong(self, what: str, answer: Answer) -> None:
        """Nothing that was done here should be answered so."""
        self.ledger.problems.append(f"{what}: {answer.path} answered {answer.status} {answer.location}")


class Person(threading.Thread, ABC):
    """Somebody at work until the round is over. A surprise is a problem, and ends their work."""

    def __init__(self, load: Load, browser: Browser, member_id: int, chance: random.Random) -> None:
        super().__init__(name=f"{type(self).__name__}-{member_id}", daemon=True)
        self.load, self.browser, self.member_id, self.chance = load, browser, member_id, chance

    def run(self) -> None:
        try:
            while not (self.load.over or self.load.late):
                if not self.act():
                    time.sleep(PAUSE)
        except Exception as problem:  # noqa: BLE001  (told with everything else at the end of the round)
            self.load.ledger.problems.append(f"{self.name}: {problem!r}")

    @abstractmethod
    def act(self) -> bool:
        """One thing. False: there is nothing to do just now."""

    def within(self, budget: Budget, do: Callable[[], bool]) -> bool:
        """Do one of a budget, if there is one left."""
        if not budget.take():
            return False
        if do():
            budget.finish()
            return True
        budget.give_back()
        return False


class Reader(Person):
    """Reads the newest page of each thread over and over, and notes what can be read."""

    def act(self) -> bool:
        thread_id = self.chance.choice(self.load.thread_ids)
        page = self.browser.get(f"/t/{thread_id}?page=9999")
        if page.status != 200:
            self.load.wrong("a thread", page)
        now = clock.now()
        self.load.ledger.seen += [Seen(tag, now) for tag in set(TAG.findall(page.body))]
        time.sleep(self.chance.uniform(0, 0.5))
        return True
