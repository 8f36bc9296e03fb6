"""The admins' desk: where it starts. Staff, accounts, invitations, hours and the on-call list are next door."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum import clock
from forum.actions.invitations import NoSuchInvitation
from forum.actions.staff import NoSuchAccount
from forum.permissions import Action, role_may
from forum.queries import accounts, complaints, on_call, paging
from forum.queries.appeal_team import stuck
from forum.web import sentences
from forum.web.checking import checking
from forum.web.guards import allows
from forum.web.identity import viewer
from forum.web.parts import database, settings
from forum.web.sentences import Sentence
from moderation import desk as staffed

bp = Blueprint("admin", __name__, url_prefix="/admin")

sentences.register(
    NoSuchAccount,
    Sentence(404, _l("We cannot find that account"), _l("It may have been closed in the meantime.")),
)
sentences.register(
    NoSuchInvitation,
    Sentence(404, _l("We cannot find that invitation"), _l("It may have ended long ago.")),
)


def desk(current: str) -> list[tuple[str, str, bool]]:
    """Rooms of the desk that this person may enter, as (address, words, whether it is this one)."""
    rooms = [
        (Action.SEE_ADMIN, "admin.index", _("Overview")),
        (Action.MANAGE_STAFF, "admin.staff", _("Staff")),
        (Action.MANAGE_STAFF, "admin.find", _("Find an account")),
        (Action.INVITE, "admin.invitations", _("Invitations")),
        (Action.MANAGE_GROUPS, "admin_groups.index", _("Groups")),
        (Action.ANSWER_COMPLAINTS, "complaints_desk.index", _("Complaints")),
        (Action.MANAGE_DESK, "admin.hours", _("Hours")),
        (Action.MANAGE_DESK, "admin.on_call_list", _("On call")),
    ]
    role = viewer().role
    return [
        (url_for(name), words, name == current) for action, name, words in rooms if role_may(action, role)
    ]


@bp.get("")
@allows(Action.SEE_ADMIN)
def index() -> ResponseReturnValue:
    """What there is to look after."""
    now = clock.now()
    with database().reading() as session:
        people = accounts.staff(session)
        unheard = len(stuck(session))
        unanswered = complaints.waiting(session)
        open_invitations = sum(one.open(now) for one in accounts.invitations(session, now))
        seen = staffed.look(session, now)
        software = checking(session, now)
        called = len(on_call.on_call_now(session, now))
        failing = paging.failing(session) if settings().pages_outside else None
    without = sum(not one.second_factor for one in people)
    return render_template(
        "console/admin/index.html",
        staff=len(people),
        without=without,
        invitations=open_invitations,
        unheard=unheard,
        unanswered=unanswered,
        by_invitation=settings().sign_up == "invitation",
        seen=seen,
        checking=software,
        called=called,
        outside=settings().pages_outside,
        failing=failing,
        desk_items=desk("admin.index"),
        manages_staff=role_may(Action.MANAGE_STAFF, viewer().role),
    )


from forum.console import (  # noqa: E402
    admin_accounts,
    admin_invitations,
    admin_staff,
    desk_hours,
    desk_on_call,
)

__all__ = ["admin_accounts", "admin_invitations", "admin_staff", "bp", "desk_hours", "desk_on_call"]
