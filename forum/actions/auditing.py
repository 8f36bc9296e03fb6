"""Taking the audit out of the house: allowed, recorded, and not all day long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from moderation.audit import Actor
from moderation.audit.actors import name_of
from moderation.audit.export import Plan, announce
from moderation.audit.search import Filters, count_since
from moderation.proof.formats import Format
from moderation.verbs import Verb

HOURLY = 20
"""Exports one person may start in an hour. More looks like a mistake or a copied session."""


class TooManyExports(Exception):
    """This person has started as many exports as an hour allows; nothing was recorded."""


def start_export(session: Session, *, actor: Actor, form: Format, filters: Filters, at: datetime) -> Plan:
    """Record the export and say what will be in it. Commit, then send `moderation.audit.export.lines`."""
    recent = count_since(session, Verb.AUDIT_EXPORTED, name_of(session, actor), at - timedelta(hours=1))
    if recent >= HOURLY:
        raise TooManyExports
    return announce(session, form, filters, actor=actor, at=at)
