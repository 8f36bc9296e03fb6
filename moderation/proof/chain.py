"""One walk along the chain, for the database and for files: each event must be itself and follow the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moderation.proof.canonical import COLUMNS, GENESIS, NotCanonical, event_hash


@dataclass(slots=True)
class Walk:
    """Where the walk stands. `unbroken`: every event must follow the one before; else only grow in number."""

    unbroken: bool = True
    seq: int | None = None
    head: str | None = None
    count: int = 0

    def starting_at(self, seq: int, prev_hash: str) -> Walk:
        """Expect `seq` next, following `prev_hash`."""
        self.seq, self.head = seq - 1, prev_hash
        return self

    def step(self, event: Mapping[str, Any]) -> str | None:
        """Take one event. A sentence says what is wrong with it, None that it is as it was recorded."""
        problem = _itself(event) or self._follows(event)
        self.seq, self.head = _whole_number(event.get("seq")), event.get("hash")
        self.count += 1
        return problem

    def _follows(self, event: Mapping[str, Any]) -> str | None:
        seq = event["seq"]
        if self.seq is None:
            return None
        if seq == self.seq:
            return f"event {seq} is there twice"
        if seq < self.seq:
            return f"event {seq} stands after event {self.seq}: the order was changed"
        if not self.unbroken:
            return None
        if seq > self.seq + 1:
            return f"{_numbers(self.seq + 1, seq - 1)} missing before event {seq}"
        if event["prev_hash"] != self.head:
            return f"event {seq} does not follow event {self.seq}: one of them was replaced"
        return None


def _itself(event: Mapping[str, Any]) -> str | None:
    if set(event) != set(COLUMNS) or _whole_number(event["seq"]) is None or event["seq"] < 1:
        return "it does not have the parts of an event"
    try:
        fits = event_hash(event) == event["hash"]
    except (NotCanonical, ValueError):
        fits = False
    if not fits:
        return f"event {event['seq']} was changed: its content does not fit its hash"
    if event["seq"] == 1 and event["prev_hash"] != GENESIS:
        return "event 1 does not start a chain"
    return None


def _whole_number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _numbers(first: int, last: int) -> str:
    return f"event {first} is" if first == last else f"events {first} to {last} are"
