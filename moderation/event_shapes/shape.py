"""What an event carries beside the common columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """What an event of one verb carries beside the common columns."""

    meaning: str
    fields: Mapping[str, str]
    """Field name to what it holds, in words with its unit."""


ITEM = {"item": "id of the review item", "item_version": "version of the item after this step"}
