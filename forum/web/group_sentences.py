"""What each refusal about a group says to a person. Importing this registers the pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.actions.facilitating import LockedByModerator, UnknownLabel
from forum.actions.facilitators import BadAbsence, NotAFacilitator
from forum.actions.groups import NoOffer, RestTooLong
from forum.actions.managing_groups import BadCapacity, GroupEnded, NameTaken
from forum.actions.room import AlreadyMember, GroupFull, IntakeClosed, NoSuchGroup, NotMember
from forum.actions.waiting import NotWaiting
from forum.group_reasons import UnknownReason
from forum.web.sentences import BY_STATUS, Sentence, register

OTHER_GROUPS = (_l("Look at the other groups."),)
BACK = (_l("Go back and choose again."),)

register(NoSuchGroup, BY_STATUS[404])
register(
    GroupFull,
    Sentence(
        409,
        _l("This group is full just now"),
        _l("Somebody took the last place. It is not about you."),
        OTHER_GROUPS,
    ),
)
register(
    IntakeClosed,
    Sentence(
        409,
        _l("This group takes no new people just now"),
        _l("It may open again. It is not about you."),
        OTHER_GROUPS,
    ),
)
register(
    AlreadyMember,
    Sentence(409, _l("You are already in this group"), _l("Your place is yours. Nothing was changed.")),
)
register(
    NotMember, Sentence(409, _l("You have no place in this group"), _l("Nothing was changed."), OTHER_GROUPS)
)
register(
    NoOffer,
    Sentence(
        409,
        _l("This place is not kept for you any more"),
        _l("It was answered before, or its time was over. It is not about you. You can ask again."),
        OTHER_GROUPS,
    ),
)
register(
    NotWaiting,
    Sentence(409, _l("You are not on this waiting list"), _l("Nothing was changed."), OTHER_GROUPS),
)
register(
    RestTooLong,
    Sentence(422, _l("Please choose a shorter rest"), _l("We keep a place for up to eight weeks."), BACK),
)
register(
    UnknownReason,
    Sentence(422, _l("Please choose a reason"), _l("Each change needs a reason from the list."), BACK),
)
register(
    UnknownLabel,
    Sentence(422, _l("Please choose a label"), _l("The label was missing or is no longer in use."), BACK),
)
register(
    LockedByModerator,
    Sentence(
        409,
        _l("A moderator closed this thread"),
        _l("Only a moderator can open it again."),
        (_l("Ask a moderator if you think it could open."),),
    ),
)
register(
    NotAFacilitator,
    Sentence(
        422,
        _l("That person is not a facilitator"),
        _l("Only a facilitator’s account can hold a group."),
        BACK,
    ),
)
register(
    BadAbsence,
    Sentence(
        422, _l("Please choose another day"), _l("The day must be after today, and within a year."), BACK
    ),
)
register(
    BadCapacity,
    Sentence(
        422, _l("Please choose another number"), _l("A group has at least one place, and at most 500."), BACK
    ),
)
register(
    NameTaken,
    Sentence(
        409,
        _l("There is a group of that name already"),
        _l("If you sent the form twice, it was made once."),
        (_l("Look at the list of groups."),),
    ),
)
register(
    GroupEnded,
    Sentence(
        409,
        _l("This group has ended"),
        _l("An ended group is not changed any more."),
        (_l("Make a new group."),),
    ),
)
