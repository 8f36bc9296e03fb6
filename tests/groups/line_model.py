"""What a group with a waiting list should do, as plain sets, for the property test to compare with.

Written from the rules and not from the code: places and open offers count, the list is first come first served,
an offer stands for its hours, a resting place is kept for its weeks and warned of a week before its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from forum.actions.groups import NoOffer, RestTooLong
from forum.actions.room import AlreadyMember, GroupFull, IntakeClosed, NotMember
from forum.actions.waiting import NotWaiting
from forum.permissions import Action, Refused

OFFER = timedelta(hours=72)
KEPT = timedelta(weeks=8)
WEEK = timedelta(weeks=1)


@dataclass
class Rest:
    """A resting place."""

    kept: datetime
    warned: bool = False


@dataclass
class Line:
    """One group as the rules say it stands."""

    capacity: int
    now: datetime
    open: bool = True
    active: set[int] = field(default_factory=set)
    resting: dict[int, Rest] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    offers: dict[int, datetime] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    @property
    def taken(self) -> int:
        return len(self.active) + len(self.resting) + len(self.offers)

    def belongs(self, one: int) -> bool:
        return one in self.active or one in self.resting

    def settle(self) -> None:
        for one, rest in list(self.resting.items()):
            if not rest.warned and rest.kept <= self.now + WEEK:
                rest.warned, rest.kept = True, max(rest.kept, self.now + WEEK)
            elif rest.warned and rest.kept <= self.now:
                del self.resting[one]
        self.offers = {one: until for one, until in self.offers.items() if until > self.now}
        while self.open and self.waiting and self.taken < self.capacity:
            self.offers[self.waiting.pop(0)] = self.now + OFFER

    def join(self, one: int) -> None:
        self._may_come(one)
        self.settle()
        if one not in self.offers:
            if not self.open:
                raise IntakeClosed
            if self.taken >= self.capacity:
                raise GroupFull
        self.offers.pop(one, None)
        self.active.add(one)

    def take_offer(self, one: int) -> None:
        self._may_come(one)
        self.settle()
        if one not in self.offers:
            raise NoOffer
        del self.offers[one]
        self.active.add(one)

    def ask(self, one: int) -> None:
        self._may_come(one)
        self.settle()
        if one in self.offers or one in self.waiting:
            return
        if not self.open:
            raise IntakeClosed
        self.waiting.append(one)
        self.settle()

    def leave_list(self, one: int) -> None:
        if not self._off(one):
            raise NotWaiting
        self.settle()

    def decline(self, one: int) -> None:
        if one not in self.offers:
            raise NoOffer
        del self.offers[one]
        self.settle()

    def leave(self, one: int) -> None:
        self._let_go(one)
        self.settle()

    def rest(self, one: int, weeks: int) -> None:
        if not self.belongs(one):
            raise NotMember
        rest = self.resting.get(one)
        if rest is not None and rest.kept <= self.now:
            raise RestTooLong
        self.resting[one] = rest or Rest(self.now + KEPT)
        self.active.discard(one)

    def come_back(self, one: int) -> None:
        if not self.belongs(one):
            raise NotMember
        self.resting.pop(one, None)
        self.active.add(one)

    def close_account(self, one: int) -> None:
        """The next in line are asked by whoever comes next, or by the worker."""
        if self.belongs(one):
            self._let_go(one)
        self._off(one)
        self.closed.add(one)

    def _may_come(self, one: int) -> None:
        if one in self.closed:
            raise Refused(Action.JOIN_GROUP)
        if self.belongs(one):
            raise AlreadyMember

    def _let_go(self, one: int) -> None:
        if not self.belongs(one):
            raise NotMember
        self.active.discard(one)
        self.resting.pop(one, None)

    def _off(self, one: int) -> bool:
        if one in self.waiting:
            self.waiting.remove(one)
            return True
        return self.offers.pop(one, None) is not None
