"""Groups for admins and leads: make, describe, size, open and close, end. Each change asks for a reason."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock, group_reasons
from forum.actions import managing_groups as actions
from forum.actions.managing_groups import GroupEnded, NameTaken
from forum.console import group_forms
from forum.console.admin import desk
from forum.console.group_forms import Change, DescribeGroup, NewGroup
from forum.group_reasons import Purpose
from forum.models import GroupKind, Intake
from forum.permissions import Action
from forum.queries import group_lists, groups, waiting_lists
from forum.queries.waiting_lists import ListCounts
from forum.web import group_sentences  # noqa: F401 - gives each refusal its page
from forum.web.guards import allows
from forum.web.identity import actor, viewer
from forum.web.numbers import read_id
from forum.web.parts import database, policy
from forum.web.typed import seen

bp = Blueprint("admin_groups", __name__, url_prefix="/admin/groups")
HERE = "admin_groups.index"
"""Which room of the desk these pages belong to."""


@bp.get("")
@allows(Action.MANAGE_GROUPS)
def index() -> ResponseReturnValue:
    """All groups by name, ended ones too."""
    after, before = (read_id(request.args.get(name)) for name in ("after", "before"))
    with database().reading() as session:
        page = group_lists.all_groups(session, clock.now(), after=after, before=before, ended=True)
        lists = waiting_lists.counts(session, [listed.facts.id for listed in page.groups])
    return render_template("console/groups/index.html", page=page, lists=lists, desk_items=desk(HERE))


@bp.route("/new", methods=["GET", "POST"])
@allows(Action.MANAGE_GROUPS)
def new() -> ResponseReturnValue:
    """Make a group. Another number of places than the policy's needs a reason."""
    form = NewGroup()
    if request.method == "GET":
        return _new_page(form)
    if not form.validate():
        return _new_page(form, form.sentences)
    kind = GroupKind(form.kind.data)
    capacity = group_forms.places(form.capacity.data)
    usual = actions.default_capacity(policy(), kind)
    if capacity not in (None, usual) and not form.reason.data:
        return _new_page(form, {"reason": _("Say why it is not %(usual)s places.", usual=usual)})
    try:
        with database().transaction() as session:
            group = actions.create(
                session,
                actor=actor(),
                **form.words,
                kind=kind,
                capacity=capacity,
                reason=form.reason.data if capacity not in (None, usual) else None,
                policy=policy(),
                at=clock.now(),
            )
    except NameTaken:
        return _new_page(form, {"name": _("There is a group of that name already.")})
    return _done(group.id, _("The group is there. It needs a facilitator before anyone can write in it."))


@bp.get("/<int:group_id>")
@allows(Action.MANAGE_GROUPS)
def show(group_id: int) -> ResponseReturnValue:
    """One group with everything that can be changed."""
    return group_page(group_id)


@bp.post("/<int:group_id>/words")
@allows(Action.MANAGE_GROUPS)
def describe(group_id: int) -> ResponseReturnValue:
    """Another name or purpose. The address stays."""
    form = DescribeGroup()
    if not form.validate():
        return group_page(group_id, form.sentences)
    try:
        with database().transaction() as session:
            actions.describe(
                session,
                actor=actor(),
                group_id=group_id,
                **form.words,
                reason=form.describe_reason.data or "",
                at=clock.now(),
            )
    except NameTaken:
        return group_page(group_id, {"name": _("There is a group of that name already.")})
    return _done(group_id, _("The words are changed."))


@bp.post("/<int:group_id>/capacity")
@allows(Action.MANAGE_GROUPS)
def capacity(group_id: int) -> ResponseReturnValue:
    """Another number of places. Lowering it ejects nobody."""
    form = Change()
    typed, code = form.capacity.data, form.capacity_reason.data
    wrong = {
        "capacity": group_forms.places_error(typed),
        "capacity_reason": group_forms.reason_error(Purpose.CAPACITY, code),
    }
    if any(wrong.values()):
        return group_page(group_id, wrong)
    with database().transaction() as session:
        actions.set_capacity(
            session,
            actor=actor(),
            group_id=group_id,
            capacity=group_forms.places(typed) or 0,
            reason=code or "",
            policy=policy(),
            at=clock.now(),
        )
    return _done(group_id, _("The number of places is changed. Nobody lost theirs."))


@bp.post("/<int:group_id>/intake")
@allows(Action.MANAGE_GROUPS)
def intake(group_id: int) -> ResponseReturnValue:
    """Open or close the group to new people."""
    form = Change()
    wanted = Intake.OPEN if form.intake.data == Intake.OPEN else Intake.CLOSED
    code = form.intake_reason.data
    if error := group_forms.reason_error(Purpose.INTAKE, code):
        return group_page(group_id, {"intake_reason": error})
    with database().transaction() as session:
        actions.set_intake(
            session,
            actor=actor(),
            group_id=group_id,
            intake=wanted,
            reason=code or "",
            policy=policy(),
            at=clock.now(),
        )
    return _done(
        group_id, _("The group takes new people.") if wanted is Intake.OPEN else _("Intake is closed.")
    )


@bp.post("/<int:group_id>/end")
@allows(Action.MANAGE_GROUPS)
def archive(group_id: int) -> ResponseReturnValue:
    """End the group: it can be read, and that is all."""
    code = Change().archive_reason.data
    if error := group_forms.reason_error(Purpose.ARCHIVE, code):
        return group_page(group_id, {"archive_reason": error})
    with database().transaction() as session:
        actions.archive(session, actor=actor(), group_id=group_id, reason=code or "", at=clock.now())
    return _done(group_id, _("The group has ended. Its members can still read it."))


def group_page(
    group_id: int, errors: Mapping[str, str | list[str] | None] | None = None
) -> ResponseReturnValue:
    """The group's page, with what was typed and what should change in it."""
    with database().reading() as session:
        head = groups.head_by_id(session, group_id, viewer(), clock.now())
        if head is None:
            abort(404)
        free = group_lists.candidates(session, group_id)
        line = waiting_lists.counts(session, [group_id]).get(group_id, ListCounts())
    wrong = {name: said for name, said in (errors or {}).items() if said}
    if wrong and head.facts.ended:
        raise GroupEnded  # its page has no form left in which anything could be put right
    page = render_template(
        "console/groups/show.html",
        desk_items=desk(HERE),
        group=head.facts,
        holders=head.holders,
        line=line,
        candidates=[(one.id, one.name) for one in free],
        nobody=("", _("Choose a facilitator")),
        default=actions.default_capacity(policy(), head.facts.kind),
        reasons={purpose.value: choices(purpose) for purpose in Purpose},
        typed=typed(),
        errors=wrong,
    )
    return page, 422 if wrong else 200


def typed() -> Mapping[str, str]:
    """What was sent, as it can be shown again."""
    return {name: seen(value) for name, value in request.form.items()}


def choices(purpose: Purpose) -> list[tuple[str, str]]:
    """Reasons for a list that starts with nothing chosen."""
    listed = [(reason.code, reason.words) for reason in group_reasons.reasons(purpose)]
    return [("", _("Choose a reason")), *listed]


def _new_page(form: NewGroup, errors: Mapping[str, str | list[str]] | None = None) -> ResponseReturnValue:
    values = policy().values
    page = render_template(
        "console/groups/new.html",
        desk_items=desk(HERE),
        form=form,
        kinds=[
            (
                GroupKind.ASYNCHRONOUS,
                _("Members write when it suits them"),
                _("%(n)s places", n=values.group_capacity),
            ),
            (
                GroupKind.LIVE_CIRCLE,
                _("Members meet at set times"),
                _("%(n)s places", n=values.live_group_capacity),
            ),
        ],
        reasons=choices(Purpose.CAPACITY),
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _done(group_id: int, said: str) -> ResponseReturnValue:
    flash(said, "done")
    return redirect(url_for(".show", group_id=group_id), code=303)
