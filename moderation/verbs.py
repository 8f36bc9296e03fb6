"""Every verb of the audit, in the order things happen, with the exact fields each event carries.

A field that is not listed is refused, and a listed one that is missing is refused: an auditor can rely on
the shape. Values are ids, codes, counts, seconds and times; never words that a person wrote. `docs/data.md`
describes each (a test compares).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """`<noun>.<past participle>`: what happened, to what."""

    # judgement by software
    POST_COLLAPSED = "post.collapsed"
    POST_HELD = "post.held"
    PROFILE_HELD = "profile.held"
    POST_SAMPLED = "post.sampled"
    ASSESSMENTS_DIGESTED = "assessments.digested"
    STAFF_PAGED = "staff.paged"
    PAGE_DELIVERED = "page.delivered"
    PAGE_GIVEN_UP = "page.given_up"
    NIGHT_RULE_APPLIED = "night_rule.applied"
    # the author's own acts on what is under review
    POST_EDITED = "post.edited"
    POST_WITHDRAWN = "post.withdrawn"
    # reports and review
    REPORT_MADE = "report.made"
    REPORT_ANSWERED = "report.answered"
    ITEM_OPENED = "item.opened"
    ITEM_RAISED = "item.raised"
    ITEM_CLAIMED = "item.claimed"
    ITEM_RELEASED = "item.released"
    ITEM_CLOSED = "item.closed"
    ITEM_EXCEPTION_MADE = "item.exception_made"
    DECISION_MADE = "decision.made"
    DECISION_TOOK_EFFECT = "decision.took_effect"
    DECISION_UNDONE = "decision.undone"
    ITEM_ESCALATED = "item.escalated"
    AUTHOR_TOLD = "author.told"
    APPEAL_MADE = "appeal.made"
    APPEAL_DECIDED = "appeal.decided"
    COMPLAINT_MADE = "complaint.made"
    COMPLAINT_ACKNOWLEDGED = "complaint.acknowledged"
    COMPLAINT_ANSWERED = "complaint.answered"
    LABEL_ADDED = "label.added"
    THREAD_LOCKED = "thread.locked"
    THREAD_UNLOCKED = "thread.unlocked"
    THREAD_PINNED = "thread.pinned"
    EDIT_ASKED = "edit.asked"
    RESTRICTION_MADE = "restriction.made"
    RESTRICTION_LIFTED = "restriction.lifted"
    CARE_CONTACT_MADE = "care_contact.made"
    # groups
    GROUP_CREATED = "group.created"
    GROUP_DESCRIBED = "group.described"
    GROUP_CAPACITY_SET = "group.capacity_set"
    GROUP_INTAKE_SET = "group.intake_set"
    GROUP_ARCHIVED = "group.archived"
    GROUP_JOINED = "group.joined"
    GROUP_RESTED = "group.rested"
    GROUP_RETURNED = "group.returned"
    GROUP_LEFT = "group.left"
    GROUP_REST_ENDED = "group.rest_ended"
    WAITING_JOINED = "waiting.joined"
    WAITING_LEFT = "waiting.left"
    OFFER_MADE = "offer.made"
    OFFER_TAKEN = "offer.taken"
    OFFER_DECLINED = "offer.declined"
    OFFER_EXPIRED = "offer.expired"
    FACILITATOR_ADDED = "facilitator.added"
    FACILITATOR_ENDED = "facilitator.ended"
    FACILITATOR_AWAY = "facilitator.away"
    # people and rules
    STAFF_CREATED = "staff.created"
    ROLE_CHANGED = "role.changed"
    ACCOUNT_CLOSED = "account.closed"
    SECOND_FACTOR_RESET = "second_factor.reset"
    HOURS_SET = "hours.set"
    ON_CALL_ADDED = "on_call.added"
    ON_CALL_ENDED = "on_call.ended"
    INVITATION_MADE = "invitation.made"
    INVITATION_REVOKED = "invitation.revoked"
    POLICY_ACTIVATED = "policy.activated"
    # readings and exports
    HELD_TEXT_READ = "held_text.read"
    IDENTITY_READ = "identity.read"
    AUDIT_EXPORTED = "audit.exported"
    AUDIT_VERIFIED = "audit.verified"
    BACKUP_MADE = "backup.made"
    BACKUP_RESTORED = "backup.restored"


@dataclass(frozen=True, slots=True)
class Shape:
    """What an event of one verb carries beside the common columns."""

    meaning: str
    fields: Mapping[str, str]
    """Field name to what it holds, in words with its unit."""


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
_ITEM = {"item": "id of the review item", "item_version": "version of the item after this step"}

_ROOM = {
    "live": "places of members after, resting ones included",
    "offers": "places kept by open offers after",
    "capacity": "places there are",
}
_ENTRY = {"entry": "id of the entry on the waiting list"}

SHAPES: Mapping[Verb, Shape] = {
    Verb.POST_COLLAPSED: Shape("Software left a post out of the page until a reader asks.", _ANSWER),
    Verb.POST_HELD: Shape("Software held a post for a person.", _ANSWER),
    Verb.PROFILE_HELD: Shape("Software held a pseudonym for a person.", _ANSWER),
    Verb.POST_SAMPLED: Shape(
        "A plainly shown post was drawn at random for a person to look at. Nothing flagged it.",
        {
            **_ITEM,
            "revision": "id of the revision drawn",
            "assessment": "id of the assessment row",
            "chance": "its chance of being drawn, in millionths",
            "model": "model id, or null where no model answered",
        },
    ),
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
        {**_ITEM, "told": "number of staff told", "on_call": "number of them who were on call"},
    ),
    Verb.PAGE_DELIVERED: Shape(
        "The receiver outside took a page about a crisis item.", {**_ITEM, "attempts": "number of tries"}
    ),
    Verb.PAGE_GIVEN_UP: Shape(
        "A page was not taken by the receiver outside for a day, and is tried no more.",
        {**_ITEM, "attempts": "number of tries", "why": "how the last try went"},
    ),
    Verb.NIGHT_RULE_APPLIED: Shape(
        "Software held a shown post until the next shift: members reported it while nobody was at the desk.",
        {
            **_ITEM,
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
    Verb.REPORT_MADE: Shape(
        "A member reported something.",
        {**_ITEM, "report": "id of the report", "revision": "id of the revision the reporter saw"},
    ),
    Verb.REPORT_ANSWERED: Shape(
        "A reporter was told the outcome.",
        {"report": "id of the report", "decision": "id", "outcome": "outcome code"},
    ),
    Verb.ITEM_OPENED: Shape(
        "A review item was opened.",
        {
            **_ITEM,
            "urgency": "green, amber, red or crisis",
            "source": "software, newcomer, report, facilitator, escalation, appeal, no_verdict or sample",
        },
    ),
    Verb.ITEM_RAISED: Shape(
        "A further reason was added to an open review item.",
        {
            **_ITEM,
            "urgency": "urgency after",
            "was_urgency": "urgency before",
            "source": "where the reason comes from",
        },
    ),
    Verb.ITEM_CLAIMED: Shape(
        "A member of staff took an item for a time.",
        {**_ITEM, "expires_at": "when the claim lapses, UTC", "seconds_waiting": "since the item was opened"},
    ),
    Verb.ITEM_RELEASED: Shape("A claim ended.", {**_ITEM, "why": "handed_back, lapsed, edited or appealed"}),
    Verb.ITEM_CLOSED: Shape(
        "An item was closed without a decision: its author took the words back, or a late verdict asks for no look.",
        {**_ITEM, "why": "withdrawn or verdict"},
    ),
    Verb.ITEM_EXCEPTION_MADE: Shape(
        "Nobody on the team was free of a conflict, so somebody took the item who should not have had to.",
        {**_ITEM, "rule": "the rule that could not be kept: second_person, no_lead or own_words"},
    ),
    Verb.DECISION_MADE: Shape(
        "A person decided.",
        {
            **_ITEM,
            "decision": "id of the decision",
            "revision": "id of the revision decided on",
            "action": "action code",
            "was_state": "state before",
            "now_state": "state after",
            "was_labels": "labels before",
            "now_labels": "labels after",
            "masked": "number of stretches masked",
            "triggers": "list of sources that brought the item here",
            "model": "model id of the judgement, or null",
            "scores": "label to score in thousandths",
            "suggested_display": "what software answered, or null",
            "agreed_with_software": "true, false, or null where software had no answer",
            "seconds_waiting": "from opening to decision",
            "seconds_waiting_staffed": "of these, the seconds in which somebody was at the desk",
            "seconds_viewing": "from opening the text to decision, or null",
            "illegality": "null, or the offence considered, the view on intention, time found, time removed",
            "note_left": "true when a staff note was left",
            "effects_due_at": "from when on it shows what it shows and tells whom it tells, UTC",
        },
    ),
    Verb.DECISION_TOOK_EFFECT: Shape(
        "The seconds for taking a decision back were over: what it shows was shown, and people were told.",
        {
            "decision": "id of the decision",
            "action": "action code",
            "was_state": "state before",
            "now_state": "state after",
            "was_labels": "labels before",
            "now_labels": "labels after",
            "seconds_since": "from the decision to now",
        },
    ),
    Verb.DECISION_UNDONE: Shape(
        "A decision was taken back, and its subject put back as it was.",
        {
            **_ITEM,
            "item_state": "state of the item after",
            "decision": "id of this decision",
            "undone": "id of the decision taken back",
            "action": "action code of that decision",
            "own": "true where it was taken back by whoever had made it",
            "in_time": "true where nobody had been told of it",
            "was_state": "state before",
            "now_state": "state after",
            "was_labels": "labels before",
            "now_labels": "labels after",
            "seconds_since": "from that decision to this one",
            "reports": "number of reports that wait for an outcome again",
        },
    ),
    Verb.ITEM_ESCALATED: Shape("An item went to a lead.", {**_ITEM, "urgency": "urgency after"}),
    Verb.AUTHOR_TOLD: Shape(
        "An author was told of a decision.", {"decision": "id of the decision", "notice": "id"}
    ),
    Verb.APPEAL_MADE: Shape(
        "An author asked that another person looks at a decision.",
        {
            **_ITEM,
            "appeal": "id of the appeal",
            "decision": "id of the decision it is about",
            "action": "action code of that decision",
            "eligible": "number of staff who may settle it; 0 means that it has to wait",
        },
    ),
    Verb.APPEAL_DECIDED: Shape(
        "Another person settled an appeal.",
        {
            **_ITEM,
            "appeal": "id of the appeal",
            "decision": "id of the decision it is about",
            "by_decision": "id of the decision that settles it",
            "outcome": "upheld (the decision stays) or overturned (it was taken back)",
            "restored": "true when the subject stands as it did before the decision",
            "seconds_waiting": "from the appeal to its end",
            "answer_left": "true when the author was left words beside the reason",
        },
    ),
    Verb.COMPLAINT_MADE: Shape(
        "Somebody complained about how the service is run.",
        {"complaint": "id of the complaint", "kind": "kind code"},
    ),
    Verb.COMPLAINT_ACKNOWLEDGED: Shape(
        "The complainant was told that a person is looking at the complaint.",
        {"complaint": "id of the complaint"},
    ),
    Verb.COMPLAINT_ANSWERED: Shape(
        "A complaint was answered.",
        {
            "complaint": "id of the complaint",
            "kind": "kind code",
            "outcome": "agreed, partly or not_agreed",
            "seconds_waiting": "from the complaint to the answer",
        },
    ),
    Verb.LABEL_ADDED: Shape(
        "Staff added a content label.",
        {"revision": "id of the revision", "label": "label code", "source": "who"},
    ),
    Verb.THREAD_LOCKED: Shape("A thread was closed to replies.", {"decision": "id of the decision, or null"}),
    Verb.THREAD_UNLOCKED: Shape("A thread was opened to replies again.", {}),
    Verb.THREAD_PINNED: Shape("A thread was pinned or unpinned.", {"pinned": "true or false"}),
    Verb.EDIT_ASKED: Shape("A facilitator asked an author for a change.", {"revision": "id of the revision"}),
    Verb.RESTRICTION_MADE: Shape(
        "Posting was paused for a member.",
        {"restriction": "id", "decision": "id of the decision", "ends_at": "UTC", "days": "length in days"},
    ),
    Verb.RESTRICTION_LIFTED: Shape("A pause in posting was ended early.", {"restriction": "id"}),
    Verb.CARE_CONTACT_MADE: Shape(
        "Staff checked in with a member: care, not conduct.", {"care_contact": "id", "kind": "kind code"}
    ),
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
    Verb.HELD_TEXT_READ: Shape(
        "Staff opened text that the group cannot see, inside a claim.",
        {**_ITEM, "revision": "id of the revision"},
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
