"""Whether a title may be read: it is part of the first post, and what software folded for its title waits with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, select, type_coerce

from forum.models import Post
from moderation.answers import Display
from moderation.db import Json
from moderation.models import AssessmentRow
from moderation.policy import Policy
from moderation.subject import Part, SubjectKind


def findings_if_collapsed(first: type[Post]) -> ColumnElement[Any]:
    """SQL: what software noticed in the shown first post, where that post is folded; else nothing."""
    newest = (
        select(AssessmentRow.findings)
        .where(
            AssessmentRow.subject_kind == SubjectKind.POST,
            AssessmentRow.subject_id == first.id,
            AssessmentRow.revision_id == first.shown_revision_id,
        )
        .order_by(AssessmentRow.id.desc())
        .limit(1)
        .correlate(first)
        .scalar_subquery()
    )
    return type_coerce(case((first.collapsed, newest)), Json)


def hides_title(policy: Policy, findings: Sequence[dict[str, Any]] | None) -> bool:
    """Whether software's reason to collapse a first post lies in its title: then the title waits as well."""
    for found in findings or ():
        if found.get("part") == Part.TITLE:
            row = policy.rows.get(f"{found['name']}.{found['strength']}")
            if row is not None and row.display > Display.SHOW:
                return True
    return False
