"""When somebody is at the desk: each version of the hours as it was set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Id, Json, UtcDateTime


class StaffedHours(Base):
    """One version of the hours; the newest rules, and none means that somebody is always there. Never changed.

    `week` has for each day, Monday first, its shifts as pairs of minutes after midnight; `exceptions` are pairs
    of a day and its shifts.
    """

    __tablename__ = "staffed_hours"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    timezone: Mapped[str] = mapped_column(String(60))
    week: Mapped[list[list[list[int]]]] = mapped_column(Json)
    exceptions: Mapped[list[list[Any]]] = mapped_column(Json)
    made_by: Mapped[int] = mapped_column(Id)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
