"""What an auditor typed into the filter form: a clear sentence for what does not fit, and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from flask_babel import gettext as _

from forum.web.typed import seen
from moderation.audit.search import Filters
from moderation.subject import SubjectKind
from moderation.verbs import Verb

NAMES = ("verb", "actor", "subject", "group", "reason", "since", "until")
_ACTOR = re.compile(r"(?:staff|member)-[0-9a-f]{12}|software|command")
_PROFILE = re.compile(r"member-[0-9a-f]{12}")
_POST = re.compile(r"post[ :]*([0-9]{1,18})")
_REASON = re.compile(r"[a-z0-9_.:-]{1,60}")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(slots=True)
class Asked:
    """The filters, what was typed, and a sentence for each field that could not be read."""

    typed: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def filters(self) -> Filters:
        return Filters(**self.values)

    @property
    def link(self) -> dict[str, Any]:
        """For addresses: what was typed, without the empty fields."""
        return {name: text for name, text in self.typed.items() if text}


def read(sent: Mapping[str, str], zone: tzinfo) -> Asked:
    """Read the fields of the form. Days are days in the reader's `zone`."""
    asked = Asked({name: seen(sent.get(name, "")).strip() for name in NAMES})
    for name, text in asked.link.items():
        found = _READERS[name](text, zone)
        if found is None:
            asked.errors[name] = _sentence(name)
        else:
            asked.values |= found
    since, until = asked.values.get("since"), asked.values.get("until")
    if since and until and since >= until:
        asked.errors["until"] = _("The last day is before the first. Please swap them.")
    return asked


def number(text: str | None) -> int | None:
    """A number of an event from an address; None where it is none."""
    return int(text) if text and _NUMBER.fullmatch(text) else None


def _verb(text: str, _zone: tzinfo) -> dict[str, Any] | None:
    return {"verb": Verb(text)} if text in {verb.value for verb in Verb} else None


def _actor(text: str, _zone: tzinfo) -> dict[str, Any] | None:
    return {"actor": text} if _ACTOR.fullmatch(text) else None


def _subject(text: str, _zone: tzinfo) -> dict[str, Any] | None:
    if _PROFILE.fullmatch(text):
        return {"subject_kind": SubjectKind.PROFILE, "subject_ref": text}
    if post := _POST.fullmatch(text.lower()):
        return {"subject_kind": SubjectKind.POST, "subject_ref": str(int(post[1]))}
    return None


def _group(text: str, _zone: tzinfo) -> dict[str, Any] | None:
    return {"group": int(text)} if _NUMBER.fullmatch(text) else None


def _reason(text: str, _zone: tzinfo) -> dict[str, Any] | None:
    return {"reason": text} if _REASON.fullmatch(text) else None


def _since(text: str, zone: tzinfo) -> dict[str, Any] | None:
    day = _day(text, zone)
    return None if day is None else {"since": day}


def _until(text: str, zone: tzinfo) -> dict[str, Any] | None:
    day = _day(text, zone, more=1)
    return None if day is None else {"until": day}


def _day(text: str, zone: tzinfo, more: int = 0) -> datetime | None:
    """The start of a day, or of the day after it."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date() + timedelta(days=more)  # noqa: DTZ007  (a day has no zone)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_READERS = {
    "verb": _verb,
    "actor": _actor,
    "subject": _subject,
    "group": _group,
    "reason": _reason,
    "since": _since,
    "until": _until,
}


def _sentence(name: str) -> str:
    sentences: dict[str, str] = {
        "verb": _("We do not know this kind of event. Please choose one from the list."),
        "actor": _("Write a pseudonym such as staff-1a2b3c4d5e6f, or software, or command."),
        "subject": _("Write post and a number, such as post 12, or a pseudonym such as member-1a2b3c4d5e6f."),
        "group": _("Write the group's number, such as 3."),
        "reason": _("Write a reason code, such as crisis.sure. It has no spaces."),
        "since": _("Write a day such as 2026-03-31."),
        "until": _("Write a day such as 2026-03-31."),
    }
    return sentences[name]
