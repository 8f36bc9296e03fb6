"""What docs/data.md tells a researcher to do with an exported file finds how much software misses."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import clock
from forum.actions import judging
from forum.db import Database
from forum.models import Member, Post, Role, Thread
from moderation import sampling
from moderation.assess import Assessment
from moderation.audit import digests
from moderation.audit.export import announce, lines
from moderation.audit.search import Filters
from moderation.audit.verify import verify
from moderation.detectors.fixed import fixed_detector
from moderation.models import AssessmentRow, ReviewItem
from moderation.policy import Policy
from moderation.proof.canonical import canonical
from moderation.proof.formats import Format
from moderation.sampling import Draw
from moderation.subject import Circumstances, Part, Piece, Subject, SubjectKind
from moderation.verbs import Verb
from moderation.workflow import DecisionAction
from tests.review.desk import RULES, actor_of, claim, decide, events
from tests.support.making import a_group, a_member, a_post, a_thread

PAGE = Path(__file__).parents[2] / "docs" / "data.md"
Misses = Callable[[Iterable[str | bytes]], tuple[float, float, float] | None]


@pytest.fixture(scope="module")
def misses() -> Misses:
    """The function exactly as the page prints it."""
    (code,) = re.findall(r"```python\n(import json\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    found: Misses = names["misses"]
    return found


def with_percent(percent: float) -> Policy:
    return replace(RULES, values=replace(RULES.values, sample_percent=percent))


def by(chance: Random) -> Draw:
    return lambda share: chance.random() < share


class Forum:
    """People write; some of what software lets pass should not have passed, and only this class knows which."""

    def __init__(self, session: Session, chance: Random) -> None:
        self.session, self.chance = session, chance
        self.author, reader = a_member(session), a_member(session)
        self.moderator = a_member(session, role=Role.MODERATOR)
        self.thread: Thread = a_thread(session, a_group(session, members=(self.author, reader)), reader)
        self.missed: set[int] = set()

    def write(self, count: int, policy: Policy, share_missed: float) -> None:
        judges = judging.Judges((fixed_detector(),), policy, by(self.chance))
        found = judging.judge(judges, [Piece(Part.BODY, "A calm line.")], Circumstances())
        for _ in range(count):
            post = a_post(self.session, self.thread, self.author, words="A calm line.")
            if self.chance.random() < share_missed:
                self.missed.add(post.id)
            lot = sampling.lot_of(found.answer, policy, judges.draw)
            self.record(post, replace(found, lot=lot), policy)

    def record(self, post: Post, found: Assessment, policy: Policy) -> None:
        judging.record(
            self.session,
            Subject(SubjectKind.POST, post.id, post.current_revision_id),
            found,
            policy=policy,
            author_id=self.author.id,
            group_id=post.group_id,
            words="A calm line.",
            at=clock.now(),
        )

    def look_at_what_was_drawn(self, *, leave: int = 0) -> None:
        """Decide on every item but the newest `leave`."""
        items = self.session.scalars(select(ReviewItem).order_by(ReviewItem.id)).all()
        for item in items[: len(items) - leave]:
            version = claim(self.session, item, self.moderator)
            wrong = item.subject_id in self.missed
            action = DecisionAction.ASK_EDIT if wrong else DecisionAction.SHOW
            reason = RULES.reasons_for(action)[0].code
            decide(self.session, item, self.moderator, action, reason, version=version)


def exported(database: Database, who: Member) -> list[bytes]:
    with database.transaction() as session:
        plan = announce(session, Format.JSONL, Filters(), actor=actor_of(who), at=clock.now())
    with database.reading() as session:
        return list(lines(session, plan))


@pytest.mark.slow
def test_misses_on_a_simulated_forum_are_within_the_interval(database: Database, misses: Misses) -> None:
    """Two policies, two chances, and the last few that were drawn not looked at yet. One forum with a fixed seed: how
    often the interval holds what is true is measured below, over many.
    """
    with database.transaction() as session:
        forum = Forum(session, Random(1))
        forum.write(100, with_percent(30.0), share_missed=0.3)
        forum.write(100, with_percent(60.0), share_missed=0.2)
    with database.transaction() as session:
        forum.session = session
        forum.look_at_what_was_drawn(leave=5)
        at = clock.now() + timedelta(hours=3)
        for hour in digests.hours_due(session, at):
            digests.digest_hour(session, hour, at=at)
    with database.reading() as session:
        drawn = len(events(session, Verb.POST_SAMPLED))
        drawable = sum(event.fields["drawable"] for event in events(session, Verb.ASSESSMENTS_DIGESTED))

    found = misses(exported(database, forum.moderator))

    assert found is not None
    estimate, low, high = found
    assert low <= len(forum.missed) <= high
    assert 0.5 * len(forum.missed) < estimate < 1.5 * len(forum.missed)
    assert 60 < drawn < 120
    assert drawable == 200


def simulated(chance: Random, posts: int, wrong: int) -> Iterator[str]:
    """An exported file, as far as the estimate reads it: chances between 2 % and 30 %, a few never decided on."""
    for revision in range(posts):
        share = chance.choice((20_000, 100_000, 300_000))
        if chance.random() < share / 1_000_000:
            yield json.dumps({"verb": "post.sampled", "fields": {"revision": revision, "chance": share}})
            if chance.random() < 0.9:
                agreed = {
                    "decision": revision,
                    "revision": revision,
                    "agreed_with_software": revision >= wrong,
                }
                yield json.dumps({"verb": "decision.made", "fields": agreed})
    yield json.dumps({"trailer": {}})


@pytest.mark.parametrize("wrong", [0, 8, 120])
def test_the_interval_holds_the_truth_as_often_as_it_says(misses: Misses, wrong: int) -> None:
    chance = Random(wrong)
    rounds = 300
    estimates = []
    inside = 0
    for _ in range(rounds):
        found = misses(simulated(chance, 1500, wrong))
        assert found is not None
        estimates.append(found[0])
        inside += found[1] <= wrong <= found[2]
    assert inside / rounds > 0.92
    assert abs(sum(estimates) / rounds - wrong) <= 0.15 * wrong, "the estimate leans to one side"


def test_nothing_drawn_says_nothing(misses: Misses) -> None:
    assert misses(['{"trailer": {}}']) is None


def test_the_last_decision_on_the_drawn_words_counts_and_acts_beside_them_do_not(misses: Misses) -> None:
    drawn = {"verb": "post.sampled", "fields": {"revision": 7, "chance": 500_000}}

    numbers = itertools.count(1)

    def decided(revision: int, agreed: bool | None, number: int | None = None) -> dict[str, Any]:
        fields = {
            "decision": number or next(numbers),
            "revision": revision,
            "agreed_with_software": agreed,
        }
        return {"verb": "decision.made", "fields": fields}

    def undone(number: int) -> dict[str, Any]:
        return {"verb": "decision.undone", "fields": {"undone": number}}

    def estimate(*given: dict[str, Any]) -> float | None:
        found = misses([json.dumps(event) for event in (drawn, *given)])
        return None if found is None else found[0]

    assert estimate(decided(7, True), decided(7, False)) == 2.0
    assert estimate(decided(7, False), decided(7, None)) == 2.0
    assert estimate(decided(7, True), decided(8, False)) == 0.0
    assert estimate(decided(8, False)) is None

    def overturned(number: int) -> dict[str, Any]:
        fields = {"decision": number, "by_decision": number + 1000, "outcome": "overturned"}
        return {"verb": "appeal.decided", "fields": fields}

    assert estimate(decided(7, False, 91), overturned(91)) == 0.0
    assert estimate(decided(7, False, 91), decided(7, False, 92), overturned(92)) == 2.0
    assert estimate(decided(7, False, 91), undone(91)) is None
    assert estimate(decided(7, True, 91), decided(7, False, 92), undone(92)) == 0.0


def test_a_chance_changed_by_hand_is_found(database: Database) -> None:
    """The chances are part of the hour's digest, and an hour of before there were chances still fits its own."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    with database.transaction() as session:
        forum = Forum(session, Random(1))
        forum.write(3, with_percent(0.5), share_missed=0.0)
        for row in session.scalars(select(AssessmentRow)):
            row.assessed_at = hour
        session.flush()
        without = digests.compute(session, hour)
        digests.digest_hour(session, hour, at=clock.now())
        assert without.drawable == 3
        key = database.info["keyring"]
        assert key is not None
        assert verify(session, key.signing.public_key()).problems == []
    with database.transaction() as session:
        session.scalars(select(AssessmentRow)).first().sample_chance = 0.9  # type: ignore[union-attr]
        session.flush()
        assert "are not those that event" in verify(session, key.signing.public_key()).problems[0]


def test_an_hour_of_before_there_were_chances_still_fits_its_digest(database: Database) -> None:
    """The column is younger than the first digests, so a row that has none must be written as it was then."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    with database.transaction() as session:
        forum = Forum(session, Random(1))
        forum.write(1, with_percent(0.5), share_missed=0.0)
        row = session.scalars(select(AssessmentRow)).one()
        row.assessed_at, row.sample_chance = hour, None
        session.flush()
        columns = {column.name for column in AssessmentRow.__table__.columns} - {"author_ref"}
        as_it_was = {name: getattr(row, name) for name in columns - {"sample_chance"}}
        expected = hashlib.sha256(canonical(as_it_was) + b"\n").hexdigest()

        found = digests.compute(session, hour)

    assert (found.digest, found.drawable) == (expected, 0)
