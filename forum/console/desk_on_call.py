"""`/admin/on-call`: who is called first in a crisis, and whether pages reach the receiver outside."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum import clock
from forum.actions import on_call as actions
from forum.actions import paging as pages
from forum.actions.on_call import CannotBeCalled, EndsBeforeItBegins, NoSuchDuty
from forum.console.admin import bp, desk
from forum.console.admin_forms import role_words
from forum.console.desk_forms import DutyForm
from forum.permissions import Action
from forum.queries import on_call, paging
from forum.web import sentences
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.numbers import read_id
from forum.web.parts import database, settings
from forum.web.sentences import Sentence
from forum.web.times import reader_zone
from forum.webhook import Outcome

sentences.register(
    NoSuchDuty, Sentence(404, _l("We cannot find that time on call"), _l("The list shows what is running."))
)


@bp.get("/on-call")
@allows(Action.MANAGE_DESK)
def on_call_list() -> ResponseReturnValue:
    """Who is on call, who could be, and how the last pages went."""
    return _page(DutyForm(formdata=None), {})


@bp.post("/on-call")
@allows(Action.MANAGE_DESK)
def put_on_call() -> ResponseReturnValue:
    """Put somebody on call. Sent twice, it is once."""
    form, now = DutyForm(), clock.now()
    starts, ends, errors = form.times(reader_zone(), now)
    person = read_id(form.person.data)
    if person is None:
        errors["person"] = _("Please choose who is on call.")
    if errors or person is None:
        return _page(form, errors), 422
    try:
        with database().transaction() as session:
            actions.put(session, person, starts_at=starts, ends_at=ends, actor=actor(), at=now)
    except CannotBeCalled:
        return _page(
            form, {"person": _("Please choose somebody from the list: they may have left the desk.")}
        ), 422
    except EndsBeforeItBegins:
        return _page(form, {"ends": _("This is over before it begins. Please choose a later time.")}), 422
    flash(_("They are on the list."), "done")
    return redirect(url_for("admin.on_call_list"), code=303)


@bp.post("/on-call/<int:duty_id>/end")
@allows(Action.MANAGE_DESK)
def end_on_call(duty_id: int) -> ResponseReturnValue:
    """Take somebody off call from now on."""
    with database().transaction() as session:
        actions.end(session, duty_id, actor=actor(), at=clock.now())
    flash(_("They are not on call any more."), "done")
    return redirect(url_for("admin.on_call_list"), code=303)


@bp.post("/on-call/trial")
@allows(Action.MANAGE_DESK)
def try_receiver() -> ResponseReturnValue:
    """Send a page that is no alarm."""
    with database().transaction() as session:
        pages.try_receiver(session, actor=actor(), at=clock.now())
    flash(_("A trial is on its way. Reload this page in a moment to see how it went."), "done")
    return redirect(url_for("admin.on_call_list"), code=303)


def outcome_words() -> dict[str, str]:
    """How a try went, in words."""
    return {
        Outcome.DELIVERED: _("Taken"),
        Outcome.REFUSED: _("Refused by the receiver"),
        Outcome.REDIRECTED: _("Sent elsewhere, which we do not follow"),
        Outcome.LATE: _("No answer in time"),
        Outcome.UNREACHABLE: _("Not reachable"),
        Outcome.UNTRUSTED: _("Its certificate does not fit"),
    }


def _page(form: DutyForm, errors: dict[str, str]) -> str:
    now = clock.now()
    with database().reading() as session:
        duties = on_call.duties(session, now)
        people = on_call.candidates(session)
        tries = paging.deliveries(session)
    roles = {code: words.partition(":")[0] for code, words in role_words().items()}
    return render_template(
        "console/admin/on_call.html",
        form=form,
        errors=errors,
        duties=duties,
        people=[(member_id, f"{name} ({roles[role.value]})") for member_id, name, role in people],
        roles=roles,
        tries=tries,
        failing=bool(tries) and tries[0].outcome != Outcome.DELIVERED,
        outcomes=outcome_words(),
        outside=settings().pages_outside,
        zone=reader_zone().key.replace("_", " "),
        desk_items=desk("admin.on_call_list"),
    )
