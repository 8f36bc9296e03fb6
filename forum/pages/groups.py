"""Groups for members: look around, read, take a place, rest, come back, leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forum import clock
from forum.actions import groups as actions
from forum.actions.groups import RestTooLong
from forum.actions.room import AlreadyMember, GroupFull, NotMember
from forum.models import Role
from forum.pages import group_words
from forum.permissions import Action
from forum.queries import group_lists, groups, threads_list, waiting_lists
from forum.queries.groups import GroupFacts, Place
from forum.web import group_sentences  # noqa: F401 - gives each refusal its page
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.numbers import read_id
from forum.web.parts import database, policy

bp = Blueprint("groups", __name__)


@bp.get("/groups")
@allows(Action.BROWSE_GROUPS)
def index() -> ResponseReturnValue:
    """A place that is kept for the reader first, then their own groups, then all of them by name."""
    after = read_id(request.args.get("after"))
    before = read_id(request.args.get("before"))
    person, now = viewer(), clock.now()
    with database().reading() as session:
        own = group_lists.own_groups(session, person, now) if after is before is None else ()
        listed = group_lists.all_groups(session, now, after=after, before=before, but=person.reads)
        turns = waiting_lists.own_turns(session, person.id, now) if person.role is Role.MEMBER else ()
    return render_template(
        "pages/groups/index.html",
        own=own,
        page=listed,
        offers=[one for one in turns if one.turn.offered],
        waits=[one for one in turns if not one.turn.offered],
        words=group_words,
    )


@bp.get("/g/<slug>")
@allows(Action.READ_GROUP)
def show(slug: str) -> ResponseReturnValue:
    """A group's threads, for those who may read it; everybody else goes to the page about it."""
    person, now = viewer(), clock.now()
    after = group_words.read_thread_cursor(request.args.get("after"))
    before = group_words.read_thread_cursor(request.args.get("before"))
    with database().reading() as session:
        head = groups.head(session, slug, person, now)
        if head is None:
            abort(404)
        if not groups.may_read_group(person, head.facts.id):
            return redirect(url_for(".about", slug=slug), code=303)
        listed = threads_list.page(session, head.facts.id, person, policy(), after=after, before=before)
        waiting = threads_list.waiting(session, head.facts.id, person)
    paused = person.restricted_until is not None and person.restricted_until > now
    resting = head.place is not None and head.place.resting
    return render_template(
        "pages/groups/show.html",
        head=head,
        page=listed,
        waiting=waiting,
        facilitates=head.facts.id in person.facilitates,
        paused_until=person.restricted_until if paused else None,
        may_write=head.facts.read_only is None and not paused and not resting,
        label_words=policy().taxonomy.words,
        words=group_words,
    )


@bp.get("/g/<slug>/about")
@allows(Action.BROWSE_GROUPS)
def about(slug: str) -> ResponseReturnValue:
    """What a group is for, who holds it, how much room it has, and one's own place in it."""
    return _about(slug)


@bp.post("/g/<slug>/join")
@allows(Action.JOIN_GROUP)
def join(slug: str) -> ResponseReturnValue:
    """Take a place. Pressing twice is harmless; a full group says so, with its waiting list and other groups."""
    group = _group(slug)
    try:
        with database().transaction() as session:
            actions.join(session, actor=actor(), group_id=group.id, policy=policy(), at=clock.now())
    except AlreadyMember:
        flash(_("You are in this group already. Your place is yours."), "info")
    except GroupFull:
        return _full(group)
    else:
        flash(_("You have a place. Read first, or say hello when you feel like it."), "done")
    return redirect(url_for(".show", slug=slug), code=303)


@bp.post("/g/<slug>/leave")
@allows(Action.JOIN_GROUP)
def leave(slug: str) -> ResponseReturnValue:
    """Give the place up."""
    group = _group(slug)
    try:
        with database().transaction() as session:
            actions.leave(session, actor=actor(), group_id=group.id, policy=policy(), at=clock.now())
    except NotMember:
        flash(_("You are not in that group. Nothing was changed."), "info")
    else:
        flash(_("You have left the group. You are welcome back whenever there is room."), "done")
    return redirect(url_for(".index"), code=303)


@bp.post("/g/<slug>/rest")
@allows(Action.JOIN_GROUP)
def rest(slug: str) -> ResponseReturnValue:
    """Step back for some weeks; the place is kept."""
    group = _group(slug)
    weeks = read_id(request.form.get("weeks")) or 0
    longest = policy().values.resting_weeks
    try:
        with database().transaction() as session:
            actions.rest(
                session, actor=actor(), group_id=group.id, weeks=weeks, longest=longest, at=clock.now()
            )
    except RestTooLong:
        return _about(slug, {"weeks": _("Please choose how long you would like to rest.")})
    flash(_("Rest well. Your place is kept for you, and you can come back any time."), "done")
    return redirect(url_for(".show", slug=slug), code=303)


@bp.post("/g/<slug>/return")
@allows(Action.JOIN_GROUP)
def come_back(slug: str) -> ResponseReturnValue:
    """End a rest."""
    group = _group(slug)
    with database().transaction() as session:
        actions.come_back(session, actor=actor(), group_id=group.id, at=clock.now())
    flash(_("Good to have you back."), "done")
    return redirect(url_for(".show", slug=slug), code=303)


def _group(slug: str) -> GroupFacts:
    with database().reading() as session:
        found = groups.by_slug(session, slug, clock.now())
    if found is None:
        abort(404)
    return found


def _about(slug: str, errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    person, now = viewer(), clock.now()
    with database().reading() as session:
        head = groups.head(session, slug, person, now)
        if head is None:
            abort(404)
        line = waiting_lists.of_group(session, head.facts.id, person.id)
    turn = line.own if line.own is not None and line.own.stands(now) else None
    could = person.role is Role.MEMBER and head.place is None and turn is None and head.facts.takes
    page = render_template(
        "pages/groups/about.html",
        head=head,
        may_read=groups.may_read_group(person, head.facts.id),
        may_join=could and head.facts.free and not line.length,
        may_wait=could,
        turn=turn,
        lapsed=line.own is not None and turn is None,
        line=line,
        weeks=_rests(head.place, now),
        over=head.place is not None and head.place.rest_until is not None and head.place.rest_until <= now,
        errors=errors or {},
        words=group_words,
    )
    return page, 422 if errors else 200


def _rests(place: Place | None, now: datetime) -> list[tuple[int, str]]:
    """How long somebody may rest. Resting longer does not move the day on which the place is let go."""
    longest = policy().values.resting_weeks
    kept = place.kept_until if place is not None else None
    return [
        (number, ngettext("One week", "%(num)d weeks", number))
        for number in sorted({1, 2, 4, longest})
        if number <= longest and (kept is None or now + timedelta(weeks=number) <= kept)
    ]


def _full(group: GroupFacts) -> ResponseReturnValue:
    person = viewer()
    with database().reading() as session:
        line = waiting_lists.of_group(session, group.id, person.id)
        others = group_lists.with_room(session, person, clock.now())
    page = render_template("pages/groups/full.html", group=group, line=line, others=others, words=group_words)
    return page, 409
