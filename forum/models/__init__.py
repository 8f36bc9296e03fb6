"""The site's tables. Importing this package makes every table known to the one metadata."""

from forum.models.access import Invitation, RecoveryCode, SignInAttempt, SignInSession
from forum.models.desk import OnCall, PageDelivery
from forum.models.groups import (
    LIVE_ENTRY,
    Facilitation,
    Group,
    GroupKind,
    Intake,
    Membership,
    MembershipState,
    WaitingEntry,
    WaitingState,
)
from forum.models.member import REVIEW_STAFF, STAFF, Member, MemberState, PseudonymState, Role
from forum.models.posts import Post, PostState, Revision, Thread
from forum.models.site import HelpPanel, Job, Notice
from moderation import models as moderation_tables

__all__ = [
    "LIVE_ENTRY",
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
    "OnCall",
    "PageDelivery",
    "Post",
    "PostState",
    "PseudonymState",
    "RecoveryCode",
    "Revision",
    "Role",
    "SignInAttempt",
    "SignInSession",
    "Thread",
    "WaitingEntry",
    "WaitingState",
    "moderation_tables",
]
