"""Events about groups, places and waiting lists."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.event_shapes.shape import Shape
from moderation.verbs import Verb

_ROOM = {
    "live": "places of members after, resting ones included",
    "offers": "places kept by open offers after",
    "capacity": "places there are",
}

_ENTRY = {"entry": "id of the entry on the waiting list"}

SHAPES: Mapping[Verb, Shape] = {
    Verb.GROUP_CREATED: Shape(
        "A group was made.", {"capacity": "places", "default_capacity": "the policy's default"}
    ),
    Verb.GROUP_DESCRIBED: Shape(
        "A group's name or purpose was changed.", {"changed": "list of: name, purpose"}
    ),
    Verb.GROUP_CAPACITY_SET: Shape(
        "A group's capacity was changed.",
        {
            "was": "places before",
            "now": "places after",
            "live": "places of members",
            "offers": "places kept by open offers",
            "default_capacity": "the policy's default",
        },
    ),
    Verb.GROUP_INTAKE_SET: Shape("A group opened or closed its intake.", {"was": "before", "now": "after"}),
    Verb.GROUP_ARCHIVED: Shape(
        "A group was ended; it can be read, not joined or written in.", {"live": "places in use"}
    ),
    Verb.GROUP_JOINED: Shape("A member took a place.", _ROOM),
    Verb.GROUP_RESTED: Shape(
        "A member rests, the place is kept.",
        {"until": "when they mean to come back, UTC", "kept_until": "how long the place is kept, UTC"},
    ),
    Verb.GROUP_RETURNED: Shape("A resting member came back.", _ROOM),
    Verb.GROUP_LEFT: Shape("A member gave up a place.", _ROOM),
    Verb.GROUP_REST_ENDED: Shape(
        "A rest was longer than a place is kept, so the place was let go.",
        {"person": "pseudonym of the member", **_ROOM},
    ),
    Verb.WAITING_JOINED: Shape(
        "A member went on a group's waiting list.",
        {**_ENTRY, "ahead": "how many waited before them", **_ROOM},
    ),
    Verb.WAITING_LEFT: Shape(
        "A turn on a waiting list ended without an answer to an offer.",
        {**_ENTRY, "was": "waiting or offered", "why": "own_wish, account_closed or group_ended"},
    ),
    Verb.OFFER_MADE: Shape(
        "A free place was offered to the next on the waiting list.",
        {**_ENTRY, "expires_at": "how long it is kept, UTC", **_ROOM},
    ),
    Verb.OFFER_TAKEN: Shape("A member took the place that was kept; group.joined follows.", _ENTRY),
    Verb.OFFER_DECLINED: Shape("A member said no to the place that was kept.", {**_ENTRY, **_ROOM}),
    Verb.OFFER_EXPIRED: Shape("An offer was not answered in time.", {**_ENTRY, **_ROOM}),
    Verb.FACILITATOR_ADDED: Shape(
        "A facilitator was given a group.", {"person": "pseudonym of the facilitator"}
    ),
    Verb.FACILITATOR_ENDED: Shape(
        "A facilitator no longer holds a group.", {"person": "pseudonym of the facilitator"}
    ),
    Verb.FACILITATOR_AWAY: Shape(
        "A facilitator is away for a time, or back.", {"person": "pseudonym", "until": "UTC or null"}
    ),
}
