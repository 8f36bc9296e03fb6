"""The last look before serving real people: no invented community, and the keys that belong to the data."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from forum.config import Unfit
from forum.db import Database
from forum.queries.accounts import demo_people
from moderation.audit.checkpoints import latest
from moderation.keys import Keyring


def refuse_other_keys(database: Database, keyring: Keyring) -> None:
    """Raise `Unfit` when the record was signed with other keys than these.

    With new keys second steps stop working, and nobody can tell any more whose pseudonym in the audit is
    whose. Lost keys look the same: they were made anew a moment ago.
    """
    try:
        with database.reading() as session:
            signed = latest(session)
    except DBAPIError:  # not migrated yet: there is nothing that keys could belong to
        return
    if signed is not None and signed.key_id != keyring.key_id:
        raise Unfit(
            "The keys are not the ones that this database was signed with. Put the keys back from your backup, "
            "and set HAVEN_KEYS_DIR to the folder where they are."
        )


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
