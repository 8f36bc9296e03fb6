"""The judges of the current app, and the circumstances of the person writing."""

from __future__ import annotations

from forum.actions.judging import Judges
from forum.models import Role
from forum.queries.viewer import Viewer
from forum.web.parts import detectors, parts, policy, settings
from moderation.subject import Circumstances


def judges() -> Judges:
    """What judges a text written on a page."""
    return Judges(detectors(), policy(), parts().draw)


def circumstances(
    author: Viewer,
    *,
    chosen: tuple[str, ...] = (),
    inherited: tuple[str, ...] = (),
    held_by_person: bool = False,
    held_overnight: bool = False,
) -> Circumstances:
    """What the policy should know beside the words. Staff are never newcomers."""
    return Circumstances(
        newcomer=author.role is Role.MEMBER and author.approved_posts < policy().values.hold_first_posts,
        hold_everything=settings().hold_everything and author.role is Role.MEMBER,
        held_by_person=held_by_person,
        held_overnight=held_overnight,
        author_labels=chosen,
        inherited_labels=inherited,
    )
