"""Who may do what: one table. What is not in it is refused.

The table answers for a role; rules about a place (is this their group, their post, their claim) are the
predicates below it, so that each can be read in a breath.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from forum.models.member import REVIEW_STAFF, STAFF, Role


class Visitor(StrEnum):
    """Somebody without an account, as a row of the same table."""

    ANYONE = "anyone"


class Action(StrEnum):
    """Everything a view can ask for. Each view names exactly one."""

    VISIT = "visit"
    """Read public pages: help, leaving, the ground rules."""
    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    READ_NOTICES = "read_notices"
    BROWSE_GROUPS = "browse_groups"
    JOIN_GROUP = "join_group"
    READ_GROUP = "read_group"
    WRITE = "write"
    """Start threads and reply."""
    CHANGE_OWN_POST = "change_own_post"
    REPORT = "report"
    APPEAL = "appeal"
    """Ask that another person looks at a decision over one's own words."""
    COMPLAIN = "complain"
    FACILITATE = "facilitate"
    """Pin, lock, add a label, ask a member to edit, call a moderator, in one's own groups."""
    SEE_QUEUE = "see_queue"
    CLAIM = "claim"
    DECIDE = "decide"
    CHECK_IN = "check_in"
    """A care contact, apart from any decision about conduct."""
    ANSWER_COMPLAINTS = "answer_complaints"
    MANAGE_GROUPS = "manage_groups"
    MANAGE_STAFF = "manage_staff"
    MANAGE_DESK = "manage_desk"
    """Say when the desk is staffed, and who is on call."""
    INVITE = "invite"
    SEE_ADMIN = "see_admin"
    READ_AUDIT = "read_audit"
    EXPORT_AUDIT = "export_audit"


EVERYONE: frozenset[Role | Visitor] = frozenset({*Role, Visitor.ANYONE})
SIGNED_IN: frozenset[Role | Visitor] = frozenset(Role)
PEERS: frozenset[Role | Visitor] = frozenset({Role.MEMBER, Role.FACILITATOR})
MODERATING: frozenset[Role | Visitor] = frozenset({Role.MODERATOR, Role.LEAD})

MAY: Mapping[Action, frozenset[Role | Visitor]] = {
    Action.VISIT: EVERYONE,
    Action.SIGN_UP: EVERYONE,
    Action.SIGN_IN: EVERYONE,
    Action.MANAGE_OWN_ACCOUNT: SIGNED_IN,
    Action.READ_NOTICES: SIGNED_IN,
    Action.BROWSE_GROUPS: SIGNED_IN,
    Action.JOIN_GROUP: frozenset({Role.MEMBER}),
    Action.READ_GROUP: PEERS | REVIEW_STAFF,
    Action.WRITE: PEERS | MODERATING,
    Action.CHANGE_OWN_POST: PEERS | MODERATING,
    Action.REPORT: PEERS,
    Action.APPEAL: PEERS | MODERATING,
    Action.COMPLAIN: PEERS,
    Action.FACILITATE: frozenset({Role.FACILITATOR}),
    Action.SEE_QUEUE: frozenset(REVIEW_STAFF),
    Action.CLAIM: frozenset(REVIEW_STAFF),
    Action.DECIDE: MODERATING,
    Action.CHECK_IN: frozenset(REVIEW_STAFF),
    Action.ANSWER_COMPLAINTS: frozenset({Role.ADMIN, Role.LEAD}),
    Action.MANAGE_GROUPS: frozenset({Role.ADMIN, Role.LEAD}),
    Action.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Action.MANAGE_DESK: frozenset({Role.ADMIN, Role.LEAD}),
    Action.INVITE: frozenset({Role.ADMIN, Role.LEAD}),
    Action.SEE_ADMIN: frozenset({Role.ADMIN, Role.LEAD}),
    Action.READ_AUDIT: frozenset({Role.AUDITOR}),
    Action.EXPORT_AUDIT: frozenset({Role.AUDITOR}),
}


class Refused(Exception):
    """The actor may not do this. The page says so, or says "not found" where existence is private."""

    def __init__(self, action: Action) -> None:
        super().__init__(action.value)
        self.action = action


def role_may(action: Action, role: Role | None) -> bool:
    """Whether an account of `role` (None: nobody signed in) may do `action` at all. Unknown means no."""
    return (role or Visitor.ANYONE) in MAY.get(action, frozenset())


def require(action: Action, role: Role | None) -> None:
    """Raise `Refused` unless `role_may`."""
    if not role_may(action, role):
        raise Refused(action)


def needs_second_factor(role: Role) -> bool:
    """Staff must have one; members may."""
    return role in STAFF
