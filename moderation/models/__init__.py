"""Moderation's tables. Members and groups are named by id without foreign keys, so that records outlive them."""

from moderation.models.appeals import Appeal, AppealOutcome, Complaint, ComplaintKind, ComplaintOutcome
from moderation.models.desk import StaffedHours
from moderation.models.judgement import AssessmentRow, ContentLabel, LabelSource, PolicyVersion
from moderation.models.measures import CareContact, Restriction
from moderation.models.record import AuditCheckpoint, AuditEvent, PersonKey
from moderation.models.review import Claim, Decision, Report, ReviewItem, ReviewReason

__all__ = [
    "Appeal",
    "AppealOutcome",
    "AssessmentRow",
    "AuditCheckpoint",
    "AuditEvent",
    "CareContact",
    "Claim",
    "Complaint",
    "ComplaintKind",
    "ComplaintOutcome",
    "ContentLabel",
    "Decision",
    "LabelSource",
    "PersonKey",
    "PolicyVersion",
    "Report",
    "Restriction",
    "ReviewItem",
    "ReviewReason",
    "StaffedHours",
]
