"""Events about staff, the desk's hours, policies and the record itself."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.event_shapes.shape import ITEM, Shape
from moderation.verbs import Verb

SHAPES: Mapping[Verb, Shape] = {
    Verb.ASSESSMENTS_DIGESTED: Shape(
        "One digest stands for all assessments of an hour, plainly shown ones included.",
        {
            "from": "start of the hour, UTC",
            "to": "end of the hour, UTC",
            "count": "number of assessments",
            "drawable": "number of them that were plainly shown posts and had a chance of being drawn",
            "first_id": "lowest assessment id, or null",
            "last_id": "highest assessment id, or null",
            "digest": "SHA-256 over the canonical rows in id order",
        },
    ),
    Verb.STAFF_PAGED: Shape(
        "People on call, leads and moderators were told of a crisis item.",
        {**ITEM, "told": "number of staff told", "on_call": "number of them who were on call"},
    ),
    Verb.PAGE_DELIVERED: Shape(
        "The receiver outside took a page about a crisis item.", {**ITEM, "attempts": "number of tries"}
    ),
    Verb.PAGE_GIVEN_UP: Shape(
        "A page was not taken by the receiver outside for a day, and is tried no more.",
        {**ITEM, "attempts": "number of tries", "why": "how the last try went"},
    ),
    Verb.STAFF_CREATED: Shape(
        "A staff account was made.", {"person": "pseudonym of the new account", "role": "role"}
    ),
    Verb.ROLE_CHANGED: Shape(
        "An account's role was changed.", {"person": "pseudonym", "was": "role before", "now": "role after"}
    ),
    Verb.ACCOUNT_CLOSED: Shape("An account was closed by staff.", {"person": "pseudonym"}),
    Verb.SECOND_FACTOR_RESET: Shape(
        "A second factor was taken off, to be set up anew.", {"person": "pseudonym"}
    ),
    Verb.HOURS_SET: Shape(
        "Somebody said when the desk is staffed.",
        {
            "hours": "id of this version",
            "was": "id of the version before, or null",
            "timezone": "time zone that the times are in",
            "week": "list of [day, shift, …]; a shift is 08:00-24:00, or 20:00-02:00 into the next day",
            "exceptions": "list of [date, shift, …] for days that differ; without a shift nobody is there",
        },
    ),
    Verb.ON_CALL_ADDED: Shape(
        "Somebody was put on call.",
        {
            "on_call": "id",
            "person": "pseudonym of the one on call",
            "starts_at": "UTC",
            "ends_at": "UTC, or null: until further notice",
        },
    ),
    Verb.ON_CALL_ENDED: Shape("Somebody was taken off call.", {"on_call": "id", "person": "pseudonym"}),
    Verb.INVITATION_MADE: Shape(
        "An invitation was made.", {"invitation": "id", "uses": "number of uses", "expires_at": "UTC"}
    ),
    Verb.INVITATION_REVOKED: Shape("An invitation was withdrawn.", {"invitation": "id"}),
    Verb.POLICY_ACTIVATED: Shape(
        "A policy version came into force.",
        {
            "version": "number",
            "was": "version before, or null",
            "digest": "SHA-256 of its text",
            "model": "model id it is bound to",
        },
    ),
    Verb.IDENTITY_READ: Shape(
        "Staff read an account's private details.", {"person": "pseudonym", "what": "code of what was read"}
    ),
    Verb.AUDIT_EXPORTED: Shape(
        "The audit, or a part of it, was exported.",
        {
            "format": "csv or jsonl",
            "events": "number",
            "first": "first seq, or null",
            "last": "last seq, or null",
            "filtered": "true or false",
            "filters": "filter to value, empty for a full export",
        },
    ),
    Verb.AUDIT_VERIFIED: Shape(
        "The chain, its checkpoints and its digests were checked against the database.",
        {
            "events": "number checked",
            "head": "hash of the last event checked, or null",
            "problems": "number of problems found",
        },
    ),
    Verb.BACKUP_MADE: Shape("A backup was made.", {"with_keys": "true when the keys were copied too"}),
    Verb.BACKUP_RESTORED: Shape("A backup was restored.", {"made_at": "when the backup was made, UTC"}),
}
