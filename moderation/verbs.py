"""Every verb of the audit, in the order things happen. `event_shapes` has the exact fields of each.

A field that is not listed is refused, and a listed one that is missing is refused: an auditor can rely on
the shape. Values are ids, codes, counts, seconds and times; never words that a person wrote. `docs/data.md`
describes each (a test compares).
"""

from __future__ import annotations

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
