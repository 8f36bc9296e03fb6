"""Who is asking, in the words that actions and the audit use."""

from __future__ import annotations

from forum.queries.viewer import Viewer
from forum.web.login import current_viewer
from moderation.audit import Actor, ActorKind


class NotSignedIn(Exception):
    """The view needs a person; the guard turns this into the sign-in page with the words kept."""


def viewer() -> Viewer:
    """The signed-in person. Raises `NotSignedIn`."""
    found = current_viewer()
    if found is None:
        raise NotSignedIn
    return found


def actor() -> Actor:
    """The signed-in person as the audit names them."""
    person = viewer()
    return Actor(ref=person.id, role=person.role.value, kind=ActorKind.HUMAN)
