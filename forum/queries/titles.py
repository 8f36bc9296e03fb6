"""Whether a title may be read: it is part of the first post, and what software folded for its title waits with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, select, type_coerce

from moderation.answers import Display
from moderation.db import Json
from moderation.models import AssessmentRow
from moderation.policy import Policy
from moderation.subject import Part, SubjectKind

_judged = AssessmentRow.__table__.c


def findings_if_collapsed(first: FromClause) -> ColumnElement[Any]:
    """SQL: what software noticed in `first`, a shown first post, where that post is folded; else nothing."""
    newest = (
        select(_judged.findings)
        .where(
            _judged.subject_kind == SubjectKind.POST,
            _judged.subject_id == first.c.id,
            _judged.revision_id == first.c.shown_revision_id,
        )
        .order_by(_judged.id.desc())
        .limit(1)
        .correlate(first)
        .scalar_subquery()
    )
    return type_coerce(case((first.c.collapsed, newest)), Json)


def hides_title(policy: Policy, findings: Sequence[dict[str, Any]] | None) -> bool:
    """Whether software's reason to collapse a first post lies in its title: then the title waits as well."""
    for found in findings or ():
        if found.get("part") == Part.TITLE:
            row = policy.rows.get(f"{found['name']}.{found['strength']}")
            if row is not None and row.display > Display.SHOW:
                return True
    return False
