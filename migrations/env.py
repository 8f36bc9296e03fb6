"""Alembic's entrance: the models' metadata, and the address from the caller or from the settings."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import forum.models  # noqa: F401  (makes every table known)
from forum.config import load
from forum.db import Database
from moderation.db import Base, Code, UtcDateTime


def _plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write migrations in SQLAlchemy's own types, so that they outlive our classes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Code):
        return "sa.String(40)"
    return False


def run() -> None:
    url = context.config.attributes.get("url") or load().url
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                compare_type=True,
                transaction_per_migration=True,
                render_item=_plain_type,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        database.dispose()


run()
