"""Events about posts, names and threads: what software and authors did, and what facilitators do."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.event_shapes.shape import ITEM, Shape
from moderation.verbs import Verb

_ANSWER = {
    "display": "show, collapse or hold",
    "urgency": "green, amber, red or crisis",
    "support": "none, offer or now",
    "revision": "id of the revision judged",
    "signals": "list of [detector, name, label, strength, score in thousandths or null, rule or null]",
    "missing": "list of [detector, why] where there was no verdict",
    "reasons": "list of reason codes of the policy",
    "labels": "list of content labels that follow",
    "model": "model id, or null where no model answered",
    "engine": "engine id, or null",
    "normaliser": "normaliser version, or null",
    "assessment": "id of the assessment row",
}

SHAPES: Mapping[Verb, Shape] = {
    Verb.POST_COLLAPSED: Shape("Software left a post out of the page until a reader asks.", _ANSWER),
    Verb.POST_HELD: Shape("Software held a post for a person.", _ANSWER),
    Verb.PROFILE_HELD: Shape("Software held a pseudonym for a person.", _ANSWER),
    Verb.POST_SAMPLED: Shape(
        "A plainly shown post was drawn at random for a person to look at. Nothing flagged it.",
        {
            **ITEM,
            "revision": "id of the revision drawn",
            "assessment": "id of the assessment row",
            "chance": "its chance of being drawn, in millionths",
            "model": "model id, or null where no model answered",
        },
    ),
    Verb.NIGHT_RULE_APPLIED: Shape(
        "Software held a shown post until the next shift: members reported it while nobody was at the desk.",
        {
            **ITEM,
            "revision": "id of the revision held",
            "rule": "on_post or on_member",
            "reports": "number of reports without an answer, on this post or across the member's posts",
            "people": "number of members who made them",
            "opens_at": "when somebody is at the desk again, UTC",
        },
    ),
    Verb.POST_EDITED: Shape(
        "An author wrote a new revision of a post.",
        {
            "revision": "id of the new revision",
            "number": "number of the new revision",
            "was_state": "state before",
        },
    ),
    Verb.POST_WITHDRAWN: Shape("An author took a post back.", {"was_state": "state before"}),
    Verb.LABEL_ADDED: Shape(
        "Staff added a content label.",
        {"revision": "id of the revision", "label": "label code", "source": "who"},
    ),
    Verb.THREAD_LOCKED: Shape("A thread was closed to replies.", {"decision": "id of the decision, or null"}),
    Verb.THREAD_UNLOCKED: Shape("A thread was opened to replies again.", {}),
    Verb.THREAD_PINNED: Shape("A thread was pinned or unpinned.", {"pinned": "true or false"}),
    Verb.EDIT_ASKED: Shape("A facilitator asked an author for a change.", {"revision": "id of the revision"}),
}
