"""States of a review item (being completed)."""

from __future__ import annotations

from enum import StrEnum


class ItemState(StrEnum):
    """Where a review item stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    AWAITING_SECOND = "awaiting_second"
    DECIDED = "decided"
    APPEALED = "appealed"
