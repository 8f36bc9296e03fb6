"""Numbers about groups and threads as a person would say them: enough to choose by, nothing to compete over."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext

from forum.models import Intake
from forum.queries.groups import GroupFacts, ReadOnly
from forum.queries.threads_list import Key
from forum.web.numbers import LARGEST_ID
from forum.web.paging import cursor, read_cursor
from moderation.policy import Policy

FEW = 5


def room(group: GroupFacts) -> str:
    """How much room a group has."""
    if group.ended:
        return _("This group has ended")
    if group.intake is Intake.CLOSED:
        return _("Not taking new people just now")
    if not group.free:
        return _("Full just now")
    return ngettext("One free place", "%(num)d free places", group.free)


def line(length: int) -> str:
    """How many people wait, for somebody who thinks of joining them."""
    if not length:
        return _("Nobody is waiting. You would be next.")
    return ngettext("One person is waiting.", "%(num)d people are waiting.", length)


def turn(number: int) -> str:
    """Where somebody stands in the line. It only ever gets shorter."""
    if number == 1:
        return _("You are next in line.")
    return _("You are number %(number)s in line.", number=number)


def replies(counts: Iterable[int]) -> dict[int, str]:
    """How many replies, without a number to chase (R18), for a whole list at once."""
    none, one, few, several = _("No reply yet"), _("One reply"), _("A few replies"), _("Several replies")
    return {
        count: none if count <= 0 else one if count == 1 else few if count <= FEW else several
        for count in set(counts)
    }


def why_read_only(why: ReadOnly | None) -> str | None:
    """One sentence on why nobody can write, or None."""
    if why is None:
        return None
    if why is ReadOnly.ENDED:
        return _("This group has ended. You can still read what was written.")
    return _(
        "No facilitator is here at the moment, so this group is for reading only. "
        "Writing opens again when one is back."
    )


def thread_cursor(key: Key | None) -> str | None:
    """A thread's place in the list, for the address of the next page."""
    if key is None:
        return None
    pinned, moment, id_ = key
    return f"{int(pinned)}.{cursor(moment, id_)}"


def read_thread_cursor(text: str | None) -> Key | None:
    """The place that a cursor names; None for an absent or broken one, which means the first page."""
    pinned, _dot, rest = (text or "").partition(".")
    found = read_cursor(rest)
    if pinned not in ("0", "1") or found is None or not 0 <= found[1] <= LARGEST_ID:
        return None
    return pinned == "1", *found


def readers_see(policy: Policy, code: str) -> bool:
    """Whether a label is one that readers see; the others are for staff."""
    label = policy.taxonomy.get(code)
    return label is not None and label.reader_may_see
