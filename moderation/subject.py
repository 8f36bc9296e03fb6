"""What is judged: a post or a pseudonym, named by value so that records outlive posts and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SubjectKind(StrEnum):
    """The kinds of thing that can be assessed, reported and reviewed."""

    POST = "post"
    PROFILE = "profile"


class Part(StrEnum):
    """Where in a subject a piece of text stands."""

    TITLE = "title"
    BODY = "body"
    NOTE = "note"
    PSEUDONYM = "pseudonym"


@dataclass(frozen=True, slots=True)
class Subject:
    """A post or a profile by id; `revision_id` is the exact version that was judged."""

    kind: SubjectKind
    id: int
    revision_id: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a part's plain text, in characters: `start` included, `end` not."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One part as plain text. `quoted` marks stretches that are somebody else's words."""

    part: Part
    text: str
    quoted: tuple[Span, ...] = ()

    def own_text(self) -> str:
        """The text with quoted stretches blanked to spaces, so that every offset stays true."""
        chars = list(self.text)
        for span in self.quoted:
            for at in range(span.start, min(span.end, len(chars))):
                if chars[at] != "\n":
                    chars[at] = " "
        return "".join(chars)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the policy needs to know beside the words."""

    newcomer: bool = False
    """The author has fewer approved posts than `hold_first_posts`."""
    hold_everything: bool = False
    """The service reads every post first."""
    held_by_person: bool = False
    """A moderator kept an earlier version back, asked for a change or hid words: software cannot lift that."""
    held_overnight: bool = False
    """Reports in the night have it held: only a person lifts that."""
    author_labels: tuple[str, ...] = ()
    inherited_labels: tuple[str, ...] = ()
