"""What each fault says to a person: status, title, one calm sentence, and what to do next.

Add a row for each exception an action can raise; `forum/web/errors.py` turns it into a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Sentence:
    """One error page's words. `steps` are short and can be done now."""

    status: int
    title: object
    text: object
    steps: tuple[object, ...] = field(default=())
    anew: bool = False
    """Sent again, it counts as another form: the number that tells a form sent twice is left out."""


BY_STATUS: Mapping[int, Sentence] = {
    400: Sentence(
        400,
        _l("That did not come through"),
        _l("Part of what was sent was missing or broken."),
        (_l("Go back and try again."),),
    ),
    401: Sentence(401, _l("Please sign in"), _l("You have been signed out, or you have not signed in yet.")),
    403: Sentence(
        403,
        _l("This page is not open to you"),
        _l("Your account cannot use this page. You have done nothing wrong."),
        (_l("Go back to your groups."),),
    ),
    404: Sentence(
        404,
        _l("We cannot find that page"),
        _l("It may have moved, or been taken back by the person who wrote it."),
        (_l("Go back to your groups."),),
    ),
    405: Sentence(
        405,
        _l("That did not work"),
        _l("This page cannot be used in that way."),
        (_l("Go back and try again."),),
    ),
    409: Sentence(
        409,
        _l("Something changed in the meantime"),
        _l("Somebody else changed this while you had it open."),
        (_l("Look at how it is now, then decide again."),),
    ),
    413: Sentence(
        413,
        _l("That is too long"),
        _l("What you sent is longer than we can take at once."),
        (_l("Try it in two parts."),),
    ),
    415: Sentence(
        415,
        _l("We could not read that"),
        _l("What was sent is not in a form that we can read."),
        (_l("Go back and try again."),),
    ),
    429: Sentence(
        429,
        _l("Please wait a little"),
        _l("That was a lot in a short time."),
        (_l("Wait a few minutes, then try again."),),
    ),
    500: Sentence(
        500,
        _l("Something broke on our side"),
        _l("This is our mistake, not yours. We have made a note of it."),
        (_l("Wait a minute, then try again."),),
    ),
    503: Sentence(
        503,
        _l("We are not able to do that just now"),
        _l("The forum is busy or being looked after. Nothing was changed."),
        (_l("Wait a minute, then try again."),),
    ),
}

FORM_EXPIRED = Sentence(
    400,
    _l("Please send that once more"),
    _l("We could not be sure that this came from you, so nothing was sent."),
    (_l("Press the button below to send it again."),),
)
FOREIGN = Sentence(
    403,
    _l("That came from another site"),
    _l("We only take what is sent from our own pages."),
    (_l("Open the page here and try again."),),
)
FULL_DISK = Sentence(
    503,
    _l("We could not save that"),
    _l("Our server has run out of room. Nothing was changed, and we have been told."),
    (_l("Keep a copy of your words, and try again later."),),
)
BY_ERROR: dict[type[Exception], Sentence] = {}
"""Filled by `register`, so that each room's errors stand next to its actions."""


def register(error: type[Exception], sentence: Sentence) -> None:
    """Give an exception its page."""
    BY_ERROR[error] = sentence
