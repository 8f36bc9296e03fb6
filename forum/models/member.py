"""A person with an account: a public pseudonym, a private sign-in name, a role, and nothing that names them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.db import Base, Code, Id, UtcDateTime


class Role(StrEnum):
    """What an account is for. Staff accounts are apart from peers' accounts."""

    MEMBER = "member"
    FACILITATOR = "facilitator"
    MODERATOR = "moderator"
    LEAD = "lead"
    CLINICIAN = "clinician"
    AUDITOR = "auditor"
    ADMIN = "admin"


STAFF = frozenset(Role) - {Role.MEMBER}
REVIEW_STAFF = frozenset({Role.MODERATOR, Role.LEAD, Role.CLINICIAN})
"""Those who may read every group, and held text inside a live claim."""


class MemberState(StrEnum):
    """Whether the account can be used."""

    ACTIVE = "active"
    CLOSED = "closed"


class PseudonymState(StrEnum):
    """A pseudonym is judged like a post; until it is shown, others see a neutral name."""

    SHOWN = "shown"
    HELD = "held"
    REMOVED = "removed"


class Member(Base):
    """One account of any role. `sign_in_name` is private: it is on no page but the member's own."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(40))
    pseudonym_key: Mapped[str] = mapped_column(String(40), unique=True)
    """Case-folded and stripped of look-alikes, so that two members cannot be mistaken for each other."""
    pseudonym_state: Mapped[PseudonymState] = mapped_column(Code(PseudonymState))
    sign_in_name: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    change_pass_phrase: Mapped[bool] = mapped_column(default=False)
    """Somebody else has seen the pass-phrase (staff are handed their first): the next sign-in asks for a new one."""
    role: Mapped[Role] = mapped_column(Code(Role), index=True)
    state: Mapped[MemberState] = mapped_column(Code(MemberState), default=MemberState.ACTIVE)
    country: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(60))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    age_stated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules_version: Mapped[int | None]
    rules_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_posts: Mapped[int] = mapped_column(default=0)
    """Posts shown so far, by a person or plainly: below `hold_first_posts` the member is a newcomer."""
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    """Sealed with the site's key; plain text never reaches the database."""
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_last_step: Mapped[int | None] = mapped_column(Id)
    """The last time step accepted, so that a code works once."""
