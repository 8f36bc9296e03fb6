"""Check an exported file against a public key: is it what was signed, whole and in order?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from moderation.proof.canonical import NotCanonical
from moderation.proof.chain import Walk
from moderation.proof.formats import VERSION, Format, Unreadable
from moderation.proof.signatures import is_signed, key_id_of
from moderation.proof.trailer import Kind, Trailer, read_trailer, starts_the_chain

_TAIL = 2**20


@dataclass(slots=True)
class Outcome:
    """What the check found. `problems` are sentences, the first bad line first; none means all is well."""

    problems: list[str] = field(default_factory=list)
    events: int = 0
    trailer: Trailer | None = None

    @property
    def good(self) -> bool:
        return not self.problems


def check(lines: Iterable[bytes], key: Ed25519PublicKey, *, last_line: bytes = b"") -> Outcome:
    """Go through a file once. `last_line` (from `tail_of`) tells beforehand what it claims to be."""
    outcome = Outcome()
    form: Format | None = None
    walk: Walk | None = None
    digest = hashlib.sha256()
    claimed: dict[str, Any] | None = None
    for number, line in enumerate(lines, 1):
        if form is None:
            form = Format.of(line)
            walk = _walk(form, last_line)
            if form is Format.CSV:
                digest.update(line)
                if line != form.header:
                    outcome.problems.append("Line 1 is not the header of an audit export.")
                continue
        assert walk is not None
        if claimed is not None:
            outcome.problems.append(f"Line {number} stands after the trailer: it was added later.")
            return outcome
        problem, claimed = _line(form, walk, line)
        if claimed is None:
            digest.update(line)
            if problem and not outcome.problems:
                outcome.problems.append(f"Line {number} is wrong: {problem}.")
    outcome.events = walk.count if walk else 0
    if claimed is None:
        outcome.problems.append("The trailer is missing: the file was cut off, or it was never signed.")
        return outcome
    _trailer(outcome, claimed, key, walk or Walk(), digest.hexdigest())
    return outcome


def tail_of(file: Any) -> bytes:
    """The last line of an open binary file, which is rewound."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    lines: list[bytes] = file.read().splitlines()
    file.seek(0)
    return lines[-1] if lines else b""


def _walk(form: Format, last_line: bytes) -> Walk:
    """A walk that knows where to start and whether gaps are allowed, as far as the trailer claims."""
    try:
        read = read_trailer(form.read(last_line)[1] or {})
    except Unreadable:
        read = None
    if read is None:
        return Walk()
    trailer, _ = read
    if trailer.kind is Kind.FILTERED or trailer.first is None or trailer.prev_hash is None:
        return Walk(unbroken=trailer.kind is Kind.CONTIGUOUS)
    return Walk().starting_at(trailer.first, trailer.prev_hash)


def _line(form: Format, walk: Walk, line: bytes) -> tuple[str | None, dict[str, Any] | None]:
    """What is wrong with a line, and the trailer if it is one."""
    try:
        event, trailer = form.read(line)
        if event is None:
            exact = form.trailer_line(trailer or {}) == line
            return (None, trailer) if exact else ("the trailer was rewritten", None)
        problem = walk.step(event)
        if problem is None and form.event_line(event) != line:
            problem = f"event {event['seq']} was rewritten: it says the same in other bytes"
    except (Unreadable, NotCanonical):
        return "it is not an event", None
    return problem, None


def _trailer(
    outcome: Outcome, claimed: dict[str, Any], key: Ed25519PublicKey, walk: Walk, digest: str
) -> None:
    if claimed.get("format") != VERSION:
        outcome.problems.append(
            f"The trailer names a form that this program does not know (it knows {VERSION})."
        )
        return
    read = read_trailer(claimed)
    if read is None:
        outcome.problems.append("The trailer does not have its parts.")
        return
    trailer, signature = read
    if trailer.key_id != key_id_of(key):
        outcome.problems.append(
            f"The file was signed with another key ({trailer.key_id}) than this ({key_id_of(key)})."
        )
    elif not is_signed(key, signature, trailer.signed_part()):
        outcome.problems.append("The trailer is forged: its signature is not by this key.")
    if outcome.problems:
        return
    outcome.trailer = trailer
    if (walk.count and walk.seq != trailer.last) or walk.count != trailer.count:
        outcome.problems.append(
            f"Events are missing: the trailer names {trailer.count}, up to event {trailer.last}; "
            f"the file has {walk.count}, up to event {walk.seq}."
        )
    elif walk.count and walk.head != trailer.head:
        outcome.problems.append("The last event is not the one that was signed.")
    elif digest != trailer.sha256:
        outcome.problems.append(
            "The file is not, byte for byte, what was signed: lines were changed or taken out."
        )


def in_words(outcome: Outcome) -> str:
    """The result for a person, in a few sentences."""
    trailer = outcome.trailer
    if not outcome.good or trailer is None:
        return "\n".join(outcome.problems)
    signed = f"Signed on {trailer.made_at} with key {trailer.key_id}."
    if trailer.kind is Kind.FILTERED:
        return (
            f"Good: the {trailer.count} events in this file are as they were recorded, and no line was "
            f"changed or taken out since. A filtered export cannot show the chain between them.\n{signed}"
        )
    if not trailer.count:
        return f"Good: the log had no events in this range.\n{signed}"
    start = (
        "from the very beginning" if starts_the_chain(trailer) else f"following the hash {trailer.prev_hash}"
    )
    end = (
        "its end at that time"
        if trailer.last == trailer.chain_seq
        else f"the chain then went on to {trailer.chain_seq}"
    )
    return (
        f"Good: events {trailer.first} to {trailer.last}, {start}; {end}. None is changed, missing, added "
        f"or out of order.\nThe last hash is {trailer.head}.\n{signed}"
    )
