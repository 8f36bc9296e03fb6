"""`/review`: what waits, the most urgent first, then the oldest. No words of a post are on this page."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum import clock
from forum.console import review_words
from forum.console.desk import bp
from forum.console.undo_panel import panel
from forum.permissions import Action, role_may
from forum.queries import review
from forum.queries.appeal_team import stuck
from forum.queries.review import STATES, Filters
from forum.queries.review_undo import waiting
from forum.web.checking import checking
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.parts import database, policy
from moderation import desk
from moderation.answers import Urgency


@bp.get("")
@allows(Action.SEE_QUEUE)
def queue() -> ResponseReturnValue:
    """One page of the list. `?urgency=`, `?state=` and `?group=` narrow it, so that a view can be a link."""
    filters = _filters()
    now = clock.now()
    with database().reading() as session:
        place = review.read_place(request.args.get("after"))
        seen = desk.look(session, now)
        rows, further = review.queue(session, viewer().id, policy(), seen.hours, now, filters, place)
        levels = review.levels(session, policy(), seen.hours, now)
        groups = review.groups_with_items(session)
        decided = waiting(session, viewer().id, now)
        stuck_appeals = stuck(session)
        software = checking(session, now)
    kept = _query(filters)
    return render_template(
        "console/review/queue.html",
        waiting=panel(decided),
        rows=[
            (row, [review_words.why(policy(), source, code) for source, code in row.reasons]) for row in rows
        ],
        desk=seen,
        checking=software,
        levels=levels,
        stuck=stuck_appeals,
        complaints=role_may(Action.ANSWER_COMPLAINTS, viewer().role),
        groups=list(groups),
        urgencies=[(level.code, review_words.urgency(level)) for level in reversed(Urgency)],
        filters=filters,
        narrowed=bool(kept),
        words={level: review_words.urgency(level) for level in Urgency},
        first=url_for(".queue", **kept) if place is not None else None,
        later=url_for(".queue", **kept, after=review.write_place(further)) if further is not None else None,
    )


def _filters() -> Filters:
    """What the address asks for; what it asks wrongly is left out."""
    level, state, group = (request.args.get(name, "") for name in ("urgency", "state", "group"))
    return Filters(
        urgency=Urgency.of(level) if level in {one.code for one in Urgency} else None,
        state=state if state in STATES else None,
        group_id=int(group) if group.isascii() and group.isdigit() and len(group) < 19 else None,
    )


def _query(filters: Filters) -> dict[str, Any]:
    asked = {
        "urgency": filters.urgency.code if filters.urgency is not None else None,
        "state": filters.state,
        "group": filters.group_id,
    }
    return {name: value for name, value in asked.items() if value is not None}
