"""The signed last line of an export: what it holds, its place in the chain, a digest of its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from moderation.proof.canonical import GENESIS
from moderation.proof.formats import VERSION
from moderation.proof.signatures import statement


class Kind(StrEnum):
    """What a file can prove."""

    CONTIGUOUS = "contiguous"
    """A stretch of the chain without a gap: nothing in it was changed or left out."""
    FILTERED = "filtered"
    """Chosen events: each is as recorded, but what lies between is not shown."""


@dataclass(frozen=True, slots=True)
class Trailer:
    """Everything that the signature covers. Without events, the four that name some are None."""

    kind: Kind
    first: int | None
    last: int | None
    count: int
    head: str | None
    prev_hash: str | None
    """The hash that the first event names: for event 1, 64 zeros."""
    sha256: str
    """Over every byte of the file before this line."""
    chain_seq: int
    """The number of the chain's newest event when the export was made."""
    filters: Mapping[str, Any]
    made_at: str
    key_id: str
    format: int = VERSION

    def content(self) -> dict[str, Any]:
        """As it stands in the file, without the signature."""
        return asdict(self)

    def signed_part(self) -> bytes:
        """The bytes that the signature covers."""
        return statement("export", self.content())


def read_trailer(content: Mapping[str, Any]) -> tuple[Trailer, str] | None:
    """The trailer and its signature, or None where the parts are not those of a trailer."""
    content = dict(content)
    signature = content.pop("signature", None)
    try:
        trailer = Trailer(**{**content, "kind": Kind(content.get("kind", ""))})
    except (TypeError, ValueError):
        return None
    numbers = (trailer.count, trailer.chain_seq, trailer.first or 1, trailer.last or 1)
    texts = (
        trailer.sha256,
        trailer.key_id,
        trailer.made_at,
        trailer.head or "",
        trailer.prev_hash or "",
        signature,
    )
    if not all(type(number) is int for number in numbers) or not all(isinstance(text, str) for text in texts):
        return None
    return trailer, str(signature)


def starts_the_chain(trailer: Trailer) -> bool:
    """Whether the file begins with the very first event."""
    return trailer.first == 1 and trailer.prev_hash == GENESIS
