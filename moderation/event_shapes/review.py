"""Events about review items, decisions, appeals and what is done for or about people."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.event_shapes.shape import ITEM, Shape
from moderation.verbs import Verb

SHAPES: Mapping[Verb, Shape] = {
    Verb.REPORT_MADE: Shape(
        "A member reported something.",
        {**ITEM, "report": "id of the report", "revision": "id of the revision the reporter saw"},
    ),
    Verb.REPORT_ANSWERED: Shape(
        "A reporter was told the outcome.",
        {"report": "id of the report", "decision": "id", "outcome": "outcome code"},
    ),
    Verb.ITEM_OPENED: Shape(
        "A review item was opened.",
        {
            **ITEM,
            "urgency": "green, amber, red or crisis",
            "source": "software, newcomer, report, facilitator, escalation, appeal, no_verdict or sample",
        },
    ),
    Verb.ITEM_RAISED: Shape(
        "A further reason was added to an open review item.",
        {
            **ITEM,
            "urgency": "urgency after",
            "was_urgency": "urgency before",
            "source": "where the reason comes from",
        },
    ),
    Verb.ITEM_CLAIMED: Shape(
        "A member of staff took an item for a time.",
        {**ITEM, "expires_at": "when the claim lapses, UTC", "seconds_waiting": "since the item was opened"},
    ),
    Verb.ITEM_RELEASED: Shape("A claim ended.", {**ITEM, "why": "handed_back, lapsed, edited or appealed"}),
    Verb.ITEM_CLOSED: Shape(
        "An item was closed without a decision: its author took the words back, or a late verdict asks for no look.",
        {**ITEM, "why": "withdrawn or verdict"},
    ),
    Verb.ITEM_EXCEPTION_MADE: Shape(
        "Nobody on the team was free of a conflict, so somebody took the item who should not have had to.",
        {**ITEM, "rule": "the rule that could not be kept: second_person, no_lead or own_words"},
    ),
    Verb.DECISION_MADE: Shape(
        "A person decided.",
        {
            **ITEM,
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
            **ITEM,
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
    Verb.ITEM_ESCALATED: Shape("An item went to a lead.", {**ITEM, "urgency": "urgency after"}),
    Verb.AUTHOR_TOLD: Shape(
        "An author was told of a decision.", {"decision": "id of the decision", "notice": "id"}
    ),
    Verb.APPEAL_MADE: Shape(
        "An author asked that another person looks at a decision.",
        {
            **ITEM,
            "appeal": "id of the appeal",
            "decision": "id of the decision it is about",
            "action": "action code of that decision",
            "eligible": "number of staff who may settle it; 0 means that it has to wait",
        },
    ),
    Verb.APPEAL_DECIDED: Shape(
        "Another person settled an appeal.",
        {
            **ITEM,
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
    Verb.RESTRICTION_MADE: Shape(
        "Posting was paused for a member.",
        {"restriction": "id", "decision": "id of the decision", "ends_at": "UTC", "days": "length in days"},
    ),
    Verb.RESTRICTION_LIFTED: Shape("A pause in posting was ended early.", {"restriction": "id"}),
    Verb.CARE_CONTACT_MADE: Shape(
        "Staff checked in with a member: care, not conduct.", {"care_contact": "id", "kind": "kind code"}
    ),
    Verb.HELD_TEXT_READ: Shape(
        "Staff opened text that the group cannot see, inside a claim.",
        {**ITEM, "revision": "id of the revision"},
    ),
}
