"""The last look before serving real people: no invented community in the database."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from forum.config import Unfit
from forum.db import Database
from forum.queries.accounts import demo_people


def refuse_demo_people(database: Database) -> None:
    """Raise `Unfit` when demo accounts are there: their pass-phrases are printed in the open."""
    try:
        with database.reading() as session:
            found = demo_people(session)
    except DBAPIError:  # not migrated yet, or out of reach: whoever needs the tables will say so
        return
    if found:
        raise Unfit(
            "This database holds demo accounts, whose pass-phrases everybody knows. Set HAVEN_DATABASE_URL or "
            "HAVEN_INSTANCE to a new, empty place, or set HAVEN_ENV=demo."
        )
