"""What must be true whenever the processes are up again: each check gives back what is wrong, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.models import Job, Member, Notice, Post, PostState, Revision, Thread
from moderation.models import Appeal, AssessmentRow, AuditEvent, Decision, Report, ReviewItem
from moderation.subject import SubjectKind
from moderation.verbs import Verb
from moderation.workflow import SHOWS, DecisionAction, ItemState
from tests.proofs import told
from tests.proofs.ledger import Ledger
from tests.proofs.people import TAG
from tests.support.making import ESTABLISHED

WRITTEN_HERE = Post.submission.not_like("made-%")
"""Not put there before the round began."""
LETS_THROUGH = SHOWS | {DecisionAction.APPEAL_OVERTURNED}


def problems(session: Session, ledger: Ledger) -> list[str]:
    """All checks, after all promised work was done."""
    return [
        *ledger.problems,
        *lost(session, ledger),
        *doubled(session, ledger),
        *shown_unjudged(session),
        *read_too_early(session, ledger),
        *settled_by_the_same_person(session),
        *told.problems(session),
        *not_scored_again(session),
        *not_in_the_record(session),
        *half_done(session),
    ]


def lost(session: Session, ledger: Ledger) -> Iterator[str]:
    """What was acknowledged and is not there, or not as often as it was sent."""
    for what, said, there in _both_sides(session, ledger):
        if gone := said - there:
            yield f"{len(gone)} {what} were acknowledged and are not there: {list(gone)[:3]}"


def doubled(session: Session, ledger: Ledger) -> Iterator[str]:
    """What is there more often than it was sent."""
    for what, said, there in _both_sides(session, ledger):
        if more := there - said:
            yield f"{len(more)} {what} are there more often than they were sent: {list(more)[:3]}"


def tags(session: Session) -> set[str]:
    """The tags of all posts that are there."""
    return {tag for source in session.scalars(select(Revision.source)) for tag in TAG.findall(source)}


def _both_sides(
    session: Session, ledger: Ledger
) -> Iterator[tuple[str, Counter[tuple[object, ...]], Counter[tuple[object, ...]]]]:
    """By kind: what was acknowledged, and what the database holds."""
    rows = session.execute(
        select(Revision.source, Post.author_id, Post.id).join(Post, Post.id == Revision.post_id)
    )
    yield (
        "posts",
        Counter((one.tag, one.member_id, one.post_id) for one in ledger.posts),
        Counter((tag, author, post) for source, author, post in rows for tag in TAG.findall(source)),
    )
    decisions = session.scalars(select(Decision)).all()
    yield (
        "decisions",
        Counter((one.item_id, one.version, one.actor_id, one.action) for one in ledger.decisions),
        Counter(
            (one.item_id, one.item_version, one.actor_ref, one.action)
            for one in decisions
            if one.action != DecisionAction.UNDO
        ),
    )
    yield (
        "decisions taken back",
        Counter((one.decision_id, one.actor_id) for one in ledger.undone),
        Counter((one.undoes_id, one.actor_ref) for one in decisions if one.action == DecisionAction.UNDO),
    )
    yield (
        "appeals",
        Counter((one.appeal_id, one.member_id) for one in ledger.appeals),
        Counter((one.id, one.appellant_ref) for one in session.scalars(select(Appeal))),
    )
    reports = session.scalars(select(Report))
    yield (
        "reports",
        Counter((one.post_id, one.member_id) for one in ledger.reports),
        Counter((one.subject_id, one.reporter_ref) for one in reports),
    )


def shown_unjudged(session: Session) -> Iterator[str]:
    """A post that can be read has a verdict that shows its revision, or a person has let it through."""
    shown = session.execute(
        select(Post.id, Post.shown_revision_id).where(Post.state == PostState.SHOWN, WRITTEN_HERE)
    )
    let_through = _let_through(session)
    verdicts = _verdicts(session)
    for post_id, revision_id in shown:
        by_software = any(_shows(row) for row in verdicts.get(revision_id, ()))
        if not by_software and post_id not in let_through:
            yield f"post {post_id} is shown, and nothing and nobody has let it through"


def read_too_early(session: Session, ledger: Ledger) -> Iterator[str]:
    """What a member of the group could read had been judged, or decided on, before they could."""
    places = {
        tag: (post_id, revision_id)
        for source, post_id, revision_id in session.execute(
            select(Revision.source, Revision.post_id, Revision.id)
        )
        for tag in TAG.findall(source)
    }
    decided, verdicts = _let_through(session), _verdicts(session)
    for seen in set(ledger.seen):
        post_id, revision_id = places[seen.tag]
        judged = [row.assessed_at for row in verdicts.get(revision_id, ()) if _shows(row)]
        moments = [*judged, *decided.get(post_id, ())]
        if not any(moment <= seen.at for moment in moments):
            yield f"post {post_id} was read before anything or anybody had let it through"


def settled_by_the_same_person(session: Session) -> Iterator[str]:
    """An appeal is answered by somebody who did not decide."""
    for appeal in session.scalars(select(Appeal).where(Appeal.outcome.is_not(None))):
        if appeal.decided_by_ref == session.get_one(Decision, appeal.decision_id).actor_ref:
            yield f"appeal {appeal.id} was answered by the person it is against"


def not_scored_again(session: Session) -> Iterator[str]:
    """Whatever had no verdict got one, or a person was faster; and no promised work is left."""
    if open_jobs := session.scalar(select(func.count()).select_from(Job).where(Job.done_at.is_(None))):
        yield f"{open_jobs} promised jobs are not done"
    decided = set(session.scalars(select(Decision.subject_id)))
    for revision_id, rows in _verdicts(session).items():
        missing = [row for row in rows if _missing(row)]
        if not missing:
            continue
        again = [row for row in rows if not _missing(row)]
        if len(missing) > 1 or len(again) > 1:
            yield f"revision {revision_id} was scored {len(rows)} times"
        if not again and missing[0].subject_id not in decided:
            yield f"revision {revision_id} has no verdict still"


def not_in_the_record(session: Session) -> Iterator[str]:
    """Each thing that happened has its event, once."""
    written = Counter(session.scalars(select(AuditEvent.verb)))
    count = select(func.count())
    held = count.select_from(AssessmentRow).where(
        AssessmentRow.display == "hold", AssessmentRow.subject_kind == SubjectKind.POST
    )
    undo = Decision.action == DecisionAction.UNDO
    outcomes = Notice.kind.in_(["report_outcome", "report_corrected"])
    for verb, there in {
        Verb.DECISION_MADE: session.scalar(count.select_from(Decision).where(~undo)),
        Verb.DECISION_UNDONE: session.scalar(count.select_from(Decision).where(undo)),
        Verb.AUTHOR_TOLD: session.scalar(
            count.select_from(Decision).where(Decision.author_told_at.is_not(None))
        ),
        Verb.APPEAL_MADE: session.scalar(count.select_from(Appeal)),
        Verb.APPEAL_DECIDED: session.scalar(count.select_from(Appeal).where(Appeal.outcome.is_not(None))),
        Verb.REPORT_MADE: session.scalar(count.select_from(Report)),
        Verb.REPORT_ANSWERED: session.scalar(count.select_from(Notice).where(outcomes)),
        Verb.ITEM_OPENED: session.scalar(count.select_from(ReviewItem)),
        Verb.POST_HELD: session.scalar(held),
    }.items():
        if written[verb.value] != there:
            yield f"the record has {written[verb.value]} events {verb.value}, and there are {there}"


def half_done(session: Session) -> Iterator[str]:
    """Counts and states that are changed together still fit together."""
    posts = select(Post.thread_id, Post.state, Post.position)
    shown: Counter[int] = Counter()
    last: Counter[int] = Counter()
    for thread_id, state, position in session.execute(posts):
        shown[thread_id] += state is PostState.SHOWN
        last[thread_id] = max(last[thread_id], position)
    for thread in session.scalars(select(Thread)):
        if (thread.post_count, thread.next_position) != (shown[thread.id], last[thread.id] + 1):
            yield f"thread {thread.id} counts {thread.post_count} posts, {shown[thread.id]} are shown"
    without = select(Post.id).where(~select(Revision.id).where(Revision.post_id == Post.id).exists())
    if bare := session.scalars(without).all():
        yield f"posts without words: {bare[:3]}"
    ever = Counter(
        session.scalars(select(Post.author_id).where(Post.first_shown_at.is_not(None), WRITTEN_HERE))
    )
    for member_id, counted in session.execute(select(Member.id, Member.approved_posts)):
        if counted - ever[member_id] not in (0, ESTABLISHED):  # what they had before
            yield f"member {member_id} counts {counted} shown posts, {ever[member_id]} were shown here"
    yield from _unheld(session)


def _unheld(session: Session) -> Iterator[str]:
    """A post that waits has somebody to wait for: an open item, or a decision that keeps it."""
    waiting = set(session.scalars(select(ReviewItem.subject_id).where(ReviewItem.state != ItemState.DECIDED)))
    decided = set(session.scalars(select(Decision.subject_id)))
    held = session.scalars(select(Post.id).where(Post.state == PostState.HELD))
    for post_id in held:
        if post_id not in waiting and post_id not in decided:
            yield f"post {post_id} is held, and nobody is asked to look at it"


def _let_through(session: Session) -> dict[int, list[datetime]]:
    """By post, when a person's decision let it through."""
    found: dict[int, list[datetime]] = {}
    for decision in session.scalars(select(Decision).where(Decision.action.in_(LETS_THROUGH))):
        if decision.effects_at is not None:
            found.setdefault(decision.subject_id, []).append(decision.effects_at)
    return found


def _verdicts(session: Session) -> dict[int | None, list[AssessmentRow]]:
    found: dict[int | None, list[AssessmentRow]] = {}
    for row in session.scalars(select(AssessmentRow).order_by(AssessmentRow.id)):
        found.setdefault(row.revision_id, []).append(row)
    return found


def _missing(row: AssessmentRow) -> bool:
    return any("missing" in finding for finding in row.findings)


def _shows(row: AssessmentRow) -> bool:
    return row.display != "hold" and not _missing(row)
