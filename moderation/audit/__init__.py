"""The record of judgements, decisions and readings: append-only, chained, signed, free of anybody's words.

`append` is the one door in. Sibling modules seal, sign, verify, search and export.
"""

from moderation.audit.actors import COMMAND, SOFTWARE, Actor, ActorKind, person
from moderation.audit.sealing import append
from moderation.audit.shapes import BadEvent

__all__ = ["COMMAND", "SOFTWARE", "Actor", "ActorKind", "BadEvent", "append", "person"]
