"""What members read about a decision they can appeal, and why another cannot be."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from moderation.appealable import Closed
from moderation.subject import SubjectKind
from moderation.workflow import DecisionAction


def decided(action: str, kind: SubjectKind) -> str:
    """What was done, in one short sentence."""
    post: Mapping[str, str] = {
        DecisionAction.SHOW_WITH_LABEL: _("We put your post behind a label."),
        DecisionAction.MASK: _("We hid some words in your post."),
        DecisionAction.ASK_EDIT: _("We asked you to change your post."),
        DecisionAction.KEEP_HELD: _("We kept your post back."),
        DecisionAction.REMOVE: _("We took your post out."),
        DecisionAction.LOCK_THREAD: _("We closed your thread to new replies."),
        DecisionAction.RESTRICT: _("We paused your posting for a time."),
    }
    name: Mapping[str, str] = {
        DecisionAction.ASK_EDIT: _("We asked you to choose another name."),
        DecisionAction.KEEP_HELD: _("We kept your name back."),
        DecisionAction.REMOVE: _("We took your name out."),
        DecisionAction.RESTRICT: _("We paused your posting for a time."),
    }
    words = name if kind is SubjectKind.PROFILE else post
    return words.get(action) or _("We looked at something of yours.")


def stands(action: str, kind: SubjectKind, *, restored: bool, shown: bool) -> str:
    """How things stand after a decision was taken back."""
    if not restored:
        return _("Something newer was written or decided since, so that stands as it is now.")
    if action == DecisionAction.RESTRICT:
        return _("You can post again.")
    if action == DecisionAction.LOCK_THREAD:
        return _("Your thread is open to replies again.")
    if kind is SubjectKind.PROFILE:
        return _("Others can see your name again.") if shown else _("Your name is as it was before.")
    return _("Your post is up, as it was before.") if shown else _("Your post is as it was before.")


def closed_because(why: Closed) -> str:
    """Why a decision cannot be appealed now, and what can be done instead."""
    sentences: Mapping[Closed, str] = {
        Closed.NOT_THIS_KIND: _(
            "This step took nothing away from you, so there is nothing to look at again."
        ),
        Closed.NOT_TOLD: _("We have not told you of this yet. Please wait for the notice."),
        Closed.TOO_LATE: _("The time to ask is over. If it still troubles you, you can send us a complaint."),
        Closed.TAKEN_BACK: _("This has been taken back already. All is as it was before."),
        Closed.NEWER: _("Something newer was decided since. You can ask about that one."),
        Closed.CHANGED: _(
            "You have changed this or taken it back since. So what we decided then holds nothing up any more."
        ),
        Closed.ANOTHER_WAITS: _(
            "Another person is looking at this post for you. Please wait for their answer."
        ),
        Closed.APPEALED: _("You have asked for this, and each step can be looked at once more."),
    }
    return sentences[why]
