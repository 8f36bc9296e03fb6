"""What every template may use: the reader, the way around, help for their country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _

from forum import clock, signposts
from forum.models.member import Role
from forum.permissions import Action, role_may
from forum.queries.viewer import Viewer
from forum.web import fragments, words
from forum.web.login import current_viewer
from forum.web.parts import settings
from forum.web.times import reader_zone


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the main navigation."""

    href: str
    text: str
    current: bool


ENTRIES: tuple[tuple[Action, str, str], ...] = (
    (Action.BROWSE_GROUPS, "groups.index", "Groups"),
    (Action.SEE_QUEUE, "review.queue", "Review"),
    (Action.READ_AUDIT, "audit.index", "Audit"),
    (Action.SEE_ADMIN, "admin.index", "Admin"),
)
PART_OF = {
    "threads": "groups",
    "posts": "groups",
    "facilitating": "groups",
    "admin_groups": "admin",
    "complaints_desk": "admin",
    "admin_facilitators": "admin",
}
"""Rooms that belong to another one in the navigation."""


def install(app: Flask) -> None:
    """Register the context of every template."""
    app.context_processor(context)
    app.jinja_env.globals["always_on"] = signposts.always_on


def context() -> dict[str, Any]:
    """Variables for one page; none of them asks the database."""
    person = current_viewer()
    chosen = settings()
    country = person.country if person else chosen.country
    return {
        "viewer": person,
        "site": {
            "name": chosen.site_name,
            "organisation": chosen.organisation,
            "contact": chosen.contact,
            "demo": chosen.env == "demo",
            "leave_url": chosen.leave_url,
            "lang": words.language(),
        },
        "nav_items": navigation(person),
        "unread_notices": person.unread_notices if person else 0,
        "help_country": country,
        "help_panel": help_panel(person),
    }


def navigation(person: Viewer | None) -> list[NavItem]:
    """The rooms that this person's role may enter."""
    if person is None:
        return []
    blueprint = PART_OF.get(request.blueprint or "", request.blueprint)
    return fragments.kept(
        ("navigation", person.role.value, blueprint),
        lambda: [
            NavItem(url_for(endpoint), _(text), blueprint == endpoint.partition(".")[0])
            for action, endpoint, text in ENTRIES
            if role_may(action, person.role)
            and not (person.role is Role.AUDITOR and action is Action.BROWSE_GROUPS)
        ],
    )


def help_panel(person: Viewer | None) -> dict[str, Any] | None:
    """The private offer of help that waits for this reader, if any."""
    if person is None or person.help_panel_id is None:
        return None
    return {
        "id": person.help_panel_id,
        "level": person.help_panel_level,
        "resources": signposts.choose(person.country, clock.now(), reader_zone()),
    }
