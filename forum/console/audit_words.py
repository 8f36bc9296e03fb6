"""The fields of an event as lines to read: codes stay codes, numbers get their point, times their zone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from forum.queries.audit import EventView

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: its name, what it holds in general, and its value here, a line each."""

    name: str
    meaning: str
    lines: Sequence[str]


def fields_of(event: EventView) -> list[FieldView]:
    """The event's fields in the order of its verb's shape; unknown ones follow."""
    order = [*event.explained, *(name for name in event.fields if name not in event.explained)]
    return [
        FieldView(name, event.explained.get(name, ""), _lines(name, event.fields[name]))
        for name in order
        if name in event.fields
    ]


def about(event: EventView) -> str:
    """What an event was about, in two words that stay together: `post 12`."""
    return f"{event.subject_kind}\N{NO-BREAK SPACE}{event.subject_ref}" if event.subject_ref else ""


def subject_filter(event: EventView) -> str:
    """The same as the filter form takes it."""
    return event.subject_ref or "" if event.subject_kind == "profile" else f"post {event.subject_ref}"


def _lines(name: str, value: Any) -> list[str]:
    match value:
        case None:
            return [_("none")]
        case [] | () | {}:
            return [_("none")]
        case list() if name == "signals":
            return [_signal(signal) for signal in value]
        case list():
            return [
                " ".join(_short(part) for part in line) if isinstance(line, list) else _short(line)
                for line in value
            ]
        case Mapping() if name == "scores":
            return [f"{label} {_thousandths(score)}" for label, score in value.items()]
        case Mapping():
            return [f"{part}: {_short(inner)}" for part, inner in value.items()]
    return [_short(value)]


def _signal(signal: Any) -> str:
    """`[detector, name, label, strength, score, rule]` as a line."""
    if not isinstance(signal, list) or len(signal) != 6:
        return _short(signal)
    detector, name, label, strength, score, rule = signal
    parts = [f"{detector}: {name}", f"({label})" if label != name else "", str(strength)]
    parts += [_thousandths(score) if score is not None else "", str(rule or "")]
    return " ".join(part for part in parts if part)


def _thousandths(value: Any) -> str:
    return f"{value / 1000:.3f}" if isinstance(value, int) else _short(value)


def _short(value: Any) -> str:
    match value:
        case None:
            return str(_("none"))
        case True:
            return str(_("yes"))
        case False:
            return str(_("no"))
        case str() if moment := _MOMENT.fullmatch(value):
            return f"{moment[1]} {moment[2]} UTC"
    return str(value)
