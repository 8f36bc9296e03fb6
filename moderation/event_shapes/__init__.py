"""The exact fields of each audit verb, by what the verb is about. `flask audit dictionary` prints them."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.event_shapes import places, review, site, words
from moderation.event_shapes.shape import Shape
from moderation.verbs import Verb

__all__ = ["SHAPES", "Shape"]

SHAPES: Mapping[Verb, Shape] = {**words.SHAPES, **review.SHAPES, **places.SHAPES, **site.SHAPES}
