"""Content labels on a revision: who says that it fits, since when, and whether it was taken off again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from moderation.models import ContentLabel, LabelSource


def apply(
    session: Session,
    post_id: int,
    revision_id: int,
    codes: Iterable[str],
    source: LabelSource,
    at: datetime,
    *,
    list_version: int,
    decision_id: int | None = None,
) -> None:
    """Put labels on a revision. One that is there already stays; one that was taken off comes back.

    `list_version` is that of the policy's list of content labels the codes come from.
    """
    there = {
        label.code: label
        for label in session.scalars(
            select(ContentLabel).where(ContentLabel.revision_id == revision_id, ContentLabel.source == source)
        )
    }
    for code in dict.fromkeys(codes):
        label = there.get(code)
        if label is None:
            session.add(
                ContentLabel(
                    post_id=post_id,
                    revision_id=revision_id,
                    code=code,
                    list_version=list_version,
                    source=source,
                    decision_id=decision_id,
                    applied_at=at,
                )
            )
        elif label.negated_at is not None:
            label.negated_at, label.applied_at, label.decision_id = None, at, decision_id
    session.flush()


def negate(
    session: Session,
    revision_id: int,
    codes: Collection[str],
    at: datetime,
    *,
    sources: Collection[LabelSource],
) -> None:
    """Take labels of these sources off a revision. The rows stay, so that it can be seen who had said so."""
    session.execute(
        update(ContentLabel)
        .where(
            ContentLabel.revision_id == revision_id,
            ContentLabel.code.in_(list(codes)),
            ContentLabel.source.in_(list(sources)),
            ContentLabel.negated_at.is_(None),
        )
        .values(negated_at=at)
        .execution_options(synchronize_session="fetch")
    )


_label = ContentLabel.__table__.c
_STANDING = (
    select(_label.revision_id, _label.code, _label.source)
    .where(_label.revision_id.in_(bindparam("revisions", expanding=True)), _label.negated_at.is_(None))
    .order_by(_label.id)
)


def codes_on(
    session: Session, revision_ids: Collection[int]
) -> Mapping[int, tuple[tuple[str, LabelSource], ...]]:
    """The labels that stand on these revisions, in the order they came; one statement for a whole page."""
    found: dict[int, list[tuple[str, LabelSource]]] = {}
    if revision_ids:
        rows = session.execute(_STANDING, {"revisions": list(revision_ids)})
        for revision_id, code, source in rows:
            found.setdefault(revision_id, []).append((code, source))
    return {revision_id: tuple(labels) for revision_id, labels in found.items()}


def put_back(
    session: Session,
    revision_id: int,
    at: datetime,
    *,
    on: Collection[tuple[str, LabelSource]],
    off: Collection[tuple[str, LabelSource]],
) -> None:
    """Let labels stand again that were taken off, and take off those that were put on. All others stay."""
    for label in session.scalars(select(ContentLabel).where(ContentLabel.revision_id == revision_id)):
        key = (label.code, label.source)
        if key in on:
            label.negated_at = None
        elif key in off and label.negated_at is None:
            label.negated_at = at
    session.flush()
