"""The site's tables. Importing this package makes every table known to the one metadata."""

from forum.models.access import Invitation, RecoveryCode, SignInAttempt, SignInSession
from forum.models.groups import Facilitation, Group, GroupKind, Intake, Membership, MembershipState
from forum.models.member import REVIEW_STAFF, STAFF, Member, MemberState, PseudonymState, Role
from forum.models.posts import Post, PostState, Revision, Thread
from forum.models.site import HelpPanel, Job, Notice
from moderation import models as moderation_tables

__all__ = [
    "REVIEW_STAFF",
    "STAFF",
    "Facilitation",
    "Group",
    "GroupKind",
    "HelpPanel",
    "Intake",
    "Invitation",
    "Job",
    "Member",
    "MemberState",
    "Membership",
    "MembershipState",
    "Notice",
    "Post",
    "PostState",
    "PseudonymState",
    "RecoveryCode",
    "Revision",
    "Role",
    "SignInAttempt",
    "SignInSession",
    "Thread",
    "moderation_tables",
]
