"""The ground rules (R9): dated, versioned data that members agree to by number."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "data" / "rules"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences."""

    title: str
    points: tuple[str, ...]

    def filled(self, names: Mapping[str, str]) -> Section:
        """The same with the organisation's names in place of `{site}` and the like."""
        return Section(self.title.format_map(names), tuple(point.format_map(names) for point in self.points))


@dataclass(frozen=True, slots=True)
class GroundRules:
    """One version, in full and in easy-read form."""

    version: int
    since: date
    material: bool
    """Whether people who agreed to an earlier version are asked again (H6)."""
    standard: tuple[Section, ...]
    easy: tuple[Section, ...]


@cache
def all_versions(folder: Path = FOLDER) -> tuple[GroundRules, ...]:
    """Every version, the oldest first."""
    found = [_read(tomllib.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("v*.toml")]
    return tuple(sorted(found, key=lambda rules: rules.version))


def current() -> GroundRules:
    """The version that people agree to now."""
    return all_versions()[-1]


def still_agreed(version: int | None, versions: tuple[GroundRules, ...] | None = None) -> bool:
    """Whether agreeing to `version` still counts: nothing that matters has changed since."""
    if version is None:
        return False
    return version >= max(rules.version for rules in versions or all_versions() if rules.material)


def _read(data: dict[str, Any]) -> GroundRules:
    return GroundRules(
        version=data["version"],
        since=data["since"],
        material=data["material"],
        standard=_sections(data["standard"]),
        easy=_sections(data["easy"]),
    )


def _sections(tables: list[dict[str, Any]]) -> tuple[Section, ...]:
    return tuple(Section(table["title"], tuple(table["points"])) for table in tables)
