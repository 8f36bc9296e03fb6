"""Taking an item, handing it back, and opening its words."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock
from forum.actions import reviewing
from forum.console import review_words
from forum.console.desk import bp
from forum.console.review_item import Shown, item_page, load
from forum.permissions import Action
from forum.web.guards import allows
from forum.web.identity import actor
from forum.web.parts import database, policy
from moderation.claims import AlreadyDecided, ClaimedByAnother, NoSuchItem, NotYours
from moderation.eligibility import NotForYou


@bp.post("/<int:item_id>/claim")
@allows(Action.CLAIM)
def claim(item_id: int) -> ResponseReturnValue:
    """Take it for a while. Pressed twice, it is one claim."""
    try:
        with database().transaction() as session:
            reviewing.claim(session, item_id, actor=actor(), policy=policy(), at=clock.now())
    except NoSuchItem:
        abort(404)
    except AlreadyDecided:
        return _instead(
            item_id, _("A colleague has decided this already. You can see below what was decided.")
        )
    except ClaimedByAnother:
        return _instead(item_id, _("A colleague was quicker and has this one now."))
    except NotForYou as refusal:
        return _instead(item_id, review_words.conflict(refusal.conflict))
    return redirect(url_for(".item", item_id=item_id), code=303)


@bp.post("/<int:item_id>/hand-back")
@allows(Action.CLAIM)
def hand_back(item_id: int) -> ResponseReturnValue:
    """Let somebody else take it. No reason is asked."""
    try:
        with database().transaction() as session:
            reviewing.hand_back(session, item_id, actor=actor(), at=clock.now())
    except NoSuchItem:
        abort(404)
    except (AlreadyDecided, NotYours):
        return _instead(item_id, _("This one is not with you any more, so there is nothing to hand back."))
    flash(_("You have handed it back. Somebody else can take it now."), "done")
    return redirect(url_for(".queue"), code=303)


@bp.post("/<int:item_id>/open")
@allows(Action.CLAIM)
def open_text(item_id: int) -> ResponseReturnValue:
    """Open the words, inside one's own claim. That is recorded where the group cannot read them."""
    try:
        with database().transaction() as session:
            reviewing.open_text(session, item_id, actor=actor(), at=clock.now())
    except NoSuchItem:
        abort(404)
    except AlreadyDecided:
        return _instead(
            item_id, _("A colleague has decided this already. You can see below what was decided.")
        )
    except NotYours:
        return _instead(item_id, _("The words open only while the item is with you. Take it first."))
    return redirect(url_for(".item", item_id=item_id) + "#words", code=303)


def _instead(item_id: int, sentence: str) -> ResponseReturnValue:
    """The item as it is now, with a sentence on what came in between."""
    return item_page(load(item_id), Shown(conflict=sentence, status=409))
