"""What stands in the way of writing, said kindly; the words are kept on each of these pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.actions.places import GroupReadOnly, NotInGroup, PostingPaused, RestingNow, ThreadLocked
from forum.actions.posting import CannotChange, DecidedMeanwhile, HeldMeanwhile
from forum.actions.sent_before import OtherWordsSent
from forum.web.sentences import Sentence, register

COPY = _l("You can copy your words from below and keep them.")


def install() -> None:
    """Give each fault its page."""
    register(
        NotInGroup,
        Sentence(
            403,
            _l("Only members of this group write here"),
            _l("You are not in this group at the moment."),
            (_l("You can join it from the group’s page if it has room."), COPY),
        ),
    )
    register(
        RestingNow,
        Sentence(
            409,
            _l("You are resting from this group"),
            _l("While you rest, you can read but not write."),
            (_l("Come back from the group’s page whenever you like, then send it again."), COPY),
        ),
    )
    register(
        GroupReadOnly,
        Sentence(
            409,
            _l("This group is for reading only just now"),
            _l("A group needs a facilitator who is here. Writing opens again when one is back."),
            (COPY, _l("If it cannot wait, help is open to you now.")),
        ),
    )
    register(
        ThreadLocked,
        Sentence(
            409,
            _l("This thread is closed to new replies"),
            _l("Somebody closed it while you were writing."),
            (_l("You can start a thread of your own."), COPY),
        ),
    )
    register(
        PostingPaused,
        Sentence(
            403,
            _l("Your posting is paused for now"),
            _l("Your notices say why and until when. You can still read, and take back your own posts."),
            (COPY, _l("Help is always open to you.")),
        ),
    )
    register(
        OtherWordsSent,
        Sentence(
            409,
            _l("You have sent this once already"),
            _l("It is saved as it was. What you changed after that is not saved yet, and it is below."),
            (
                _l("To send these words too, send them again."),
                _l("If it is a post, you can also change what you sent first, with Edit."),
            ),
            anew=True,
        ),
    )
    register(
        DecidedMeanwhile,
        Sentence(
            409,
            _l("A moderator has looked at this post in the meantime"),
            _l("Your notices say what they decided. Your change was not saved yet."),
            (_l("Send it again: a person will read it first."), COPY),
        ),
    )
    register(
        HeldMeanwhile,
        Sentence(
            409,
            _l("This post waits for a person just now"),
            _l("Your notices say why. Your change was not saved yet."),
            (_l("Send it again: a person will read it first."), COPY),
        ),
    )
    register(
        CannotChange,
        Sentence(
            409,
            _l("This post cannot be changed any more"),
            _l("It was taken back or taken out in the meantime."),
            (COPY,),
        ),
    )
