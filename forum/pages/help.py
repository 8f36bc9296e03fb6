"""Where to turn: helplines by country, open to everybody, signed in or not."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum import clock, signposts
from forum.permissions import Action
from forum.web.guards import allows
from forum.web.login import current_viewer
from forum.web.parts import settings
from forum.web.times import reader_zone

bp = Blueprint("help", __name__)


@bp.get("/help")
@allows(Action.VISIT)
def index() -> ResponseReturnValue:
    """The reader's country, or another by `?country=`; the main numbers of all when we do not know it."""
    countries = signposts.load()
    person = current_viewer()
    home = person.country if person else settings().country
    asked = request.args.get("country", home).upper()
    chosen = countries.get(asked)
    names = [(code, place.name) for code, place in countries.items()]
    lines = [(place, signposts.always_on(code)) for code, place in countries.items()]
    return render_template(
        "help/index.html",
        choices=names if chosen else [("", _("Choose a country")), *names],
        chosen=chosen,
        services=signposts.choose(asked, clock.now(), reader_zone()),
        everywhere=[] if chosen else lines,
        help_country=asked if chosen else "",
    )
