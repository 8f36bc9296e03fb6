"""Everybody and everything that inputs can point at, and the words that must not get out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forum.models import Group, Member, Post
from tests.fuzz.canaries import Canary, Place
from tests.fuzz.people import Kind


@dataclass
class World:
    """`people` by the name of their kind; `canaries` by the word."""

    people: dict[str, Member] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    canaries: dict[str, Canary] = field(default_factory=dict)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What fits a field that nobody could guess: by the field's name."""
    together: tuple[Mapping[str, str], ...] = ()
    """Choices that only make sense together, by name."""

    def person(self, kind: Kind) -> Member | None:
        return self.people.get(kind.name)

    def keep(self, word: str, place: Place, owner: Member, post: Post | None = None) -> str:
        """Remember who wrote a word that not everybody may read, and give it back."""
        self.canaries[word] = Canary(word, place, owner.id, post.id if post is not None else 0)
        return word
