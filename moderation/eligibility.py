"""Who may take which item: not about oneself, a lead's with a lead, a second look by a second person.

Small teams never deadlock (ADR 0014): where nobody can keep a rule, the next best person may take the
item, and the exception is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from moderation.models import ReviewItem


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody on the review staff. A clinician reads and cares, and decides nothing."""

    ref: int
    decides: bool
    leads: bool


class Conflict(StrEnum):
    """Why an item is not for somebody."""

    OWN_WORDS = "own_words"
    FOR_A_LEAD = "for_a_lead"
    SECOND_PERSON = "second_person"
    APPEAL_SECOND_PERSON = "appeal_second_person"
    """An appeal is about what they decided. Nobody is ever excused from this one."""


class NotForYou(Exception):
    """Somebody else has to look at this item; `conflict` says why."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(conflict.value)
        self.conflict = conflict


Fits = Callable[[Reviewer], bool]


def rule_broken(
    item: ReviewItem,
    reviewer: Reviewer,
    team: Sequence[Reviewer],
    *,
    asked_by: int | None,
    barred: frozenset[int] = frozenset(),
) -> str | None:
    """None where the reviewer may simply take the item, else the rule that could not be kept.

    Raises `NotForYou`. `asked_by` is the person who asked for a second look. `barred` had a hand in the decision
    that an appeal is about: that rule and "not about oneself" have no exception on an appeal, which then waits.
    """

    def foreign(person: Reviewer) -> bool:
        return person.ref != item.author_ref

    def second(person: Reviewer) -> bool:
        return person.ref != asked_by

    def lead(person: Reviewer) -> bool:
        return person.leads

    if not reviewer.decides:
        if not foreign(reviewer):
            raise NotForYou(Conflict.OWN_WORDS)
        return None
    if not item.for_lead:
        ladder: list[tuple[str | None, tuple[Fits, ...]]] = [(None, (foreign,))]
    else:
        ladder = [
            (None, (foreign, second, lead)),
            ("second_person", (foreign, lead)),
            ("no_lead", (foreign, second)),
            ("second_person", (foreign,)),
        ]
    if barred:
        return _on_an_appeal(reviewer, team, ladder, foreign, barred, second)
    for rule, needed in [*ladder, ("own_words", (lead,)), ("own_words", ())]:
        if any(all(fits(person) for fits in needed) for person in team if person.decides):
            if all(fits(reviewer) for fits in needed):
                return rule
            raise NotForYou(_why(foreign(reviewer), second(reviewer)))
    raise NotForYou(_why(foreign(reviewer), second(reviewer)))


def _on_an_appeal(
    reviewer: Reviewer,
    team: Sequence[Reviewer],
    ladder: Sequence[tuple[str | None, tuple[Fits, ...]]],
    foreign: Fits,
    barred: frozenset[int],
    second: Fits,
) -> str | None:
    if not foreign(reviewer):
        raise NotForYou(Conflict.OWN_WORDS)
    if reviewer.ref in barred:
        raise NotForYou(Conflict.APPEAL_SECOND_PERSON)
    others = [person for person in team if person.decides and person.ref not in barred]
    for rule, needed in ladder:
        if any(all(fits(person) for fits in needed) for person in others):
            if all(fits(reviewer) for fits in needed):
                return rule
            break
    raise NotForYou(_why(True, second(reviewer)))


def _why(is_foreign: bool, is_second: bool) -> Conflict:
    if not is_foreign:
        return Conflict.OWN_WORDS
    return Conflict.FOR_A_LEAD if is_second else Conflict.SECOND_PERSON
