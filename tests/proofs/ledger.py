"""What the site said yes to, and what readers saw: the other side of the database, kept by the clients."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """A post that was acknowledged. `tag` stands in its words and nowhere else."""

    tag: str
    member_id: int
    post_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was acknowledged, on this version of this item."""

    item_id: int
    version: int
    actor_id: int
    action: str
    tries: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was acknowledged."""

    post_id: int
    member_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Appealed:
    """An appeal that was acknowledged."""

    appeal_id: int
    member_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that was taken back."""

    decision_id: int
    actor_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Words that a member of the group could read, and when at the latest they were sent."""

    tag: str
    at: datetime


Said = Posted | Decided | Reported | Appealed | Undone


@dataclass
class Ledger:
    """Filled by many threads at once."""

    posts: list[Posted] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    reports: list[Reported] = field(default_factory=list)
    appeals: list[Appealed] = field(default_factory=list)
    undone: list[Undone] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def sent_again(self) -> int:
        """How many were acknowledged only after an answer had been lost."""
        said: list[Said] = [*self.posts, *self.decisions, *self.reports, *self.appeals, *self.undone]
        return sum(one.tries > 1 for one in said)

    def so_far(self) -> Ledger:
        """What was said until now, to look at later."""
        return replace(
            self,
            posts=list(self.posts),
            decisions=list(self.decisions),
            reports=list(self.reports),
            appeals=list(self.appeals),
            undone=list(self.undone),
        )


class Budget:
    """So many of a thing, shared by those who do it. What was taken and could not be done is given back."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = self.done = 0
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether there was one left to do."""
        with self._lock:
            free = self.taken < self.most
            self.taken += free
            return free

    def give_back(self) -> None:
        with self._lock:
            self.taken -= 1

    def finish(self) -> None:
        with self._lock:
            self.done += 1

    @property
    def over(self) -> bool:
        return self.done >= self.most
