"""The same few sentences for wrong tries, wherever one can be made."""

from __future__ import annotations

from flask_babel import ngettext

from forum.actions.throttle import TooManyTries

Errors = dict[str, list[str]]


def wait(field: str, stop: TooManyTries) -> Errors:
    """How long until the next try."""
    sentence = ngettext(
        "That was wrong a few times. Please try again in %(num)d minute.",
        "That was wrong a few times. Please try again in %(num)d minutes.",
        stop.minutes,
    )
    return {field: [sentence]}
