"""The pool of invented words: joined, rendered and judged once, and then written again and again.

Each entry is judged by the policy in force on the answers of the fixed classifier, and recorded under the
model id `seed`, so that nobody mistakes it for a judgement by the real one.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from forum import text
from forum.actions import judging
from forum.actions.judging import Judges
from forum.text import Rendered
from moderation.answers import Display
from moderation.assess import Assessment
from moderation.classifier.answer import ModelIdentity
from moderation.detectors.contact import ContactDetector
from moderation.detectors.fixed import fixed_detector
from moderation.detectors.phrases import PhraseDetector
from moderation.models import AssessmentRow
from moderation.policy import Policy
from moderation.sampling import never
from moderation.subject import Circumstances, Subject, SubjectKind

CONTENT = Path(__file__).resolve().parent.parent / "data" / "seed.toml"
SEED = ModelIdentity(model_id="seed", engine="seed", normaliser="none", thresholds_id="seed")
NOT_YET = datetime.min.replace(tzinfo=UTC)
DIFFERENT = 240
"""How many different texts of the plain kind there are."""
SHARES = (("plain", 9000), ("topic", 500), ("labelled", 330), ("folded", 80), ("held", 80), ("urgent", 10))
"""Of ten thousand posts, how many are of each kind."""
ASKING_SHARE = 0.02
"""About so many of all posts ask for a look: folded, held, urgent, or reported."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text, ready to be stored: as typed, as rendered, and as judged."""

    source: str
    rendered: Rendered
    labels: tuple[str, ...]
    note: str | None
    assessment: Assessment
    judged: dict[str, Any]
    """The assessment's row, but for whose words it is about and when. No sample is drawn from invented posts."""

    @property
    def held(self) -> bool:
        return self.assessment.answer.display is Display.HOLD

    @property
    def words(self) -> str:
        """What is committed to, without a title."""
        return "\n\n".join(part for part in (self.source, self.note) if part)


@cache
def content() -> dict[str, Any]:
    """The file of invented words."""
    return tomllib.loads(CONTENT.read_text(encoding="utf-8"))


class Pool:
    """Texts by kind, drawn in the proportions of `SHARES`."""

    def __init__(self, policy: Policy, chance: random.Random) -> None:
        self._chance = chance
        judges = Judges((fixed_detector(), PhraseDetector(), ContactDetector()), policy, draw=never)
        plain: list[str] = content()["plain"]
        choices = [label.code for label in policy.taxonomy.content_labels]
        self.texts: dict[str, list[Text]] = {
            "plain": [
                _ready(judges, _paragraphs(chance, plain, chance.choice((1, 2, 2, 3, 4, 6))))
                for _ in range(DIFFERENT)
            ]
        }
        for kind in ("topic", "folded", "held", "urgent"):
            self.texts[kind] = [
                _ready(judges, [*_paragraphs(chance, plain, 1), said]) for said in content()[kind]
            ]
        self.texts["labelled"] = [
            _ready(judges, [said], labels=(code,), note=note)
            for said, note in zip(content()["labelled"], content()["notes"], strict=True)
            for code in choices
        ]
        self._kinds = [kind for kind, _share in SHARES]
        self._shares = [share for _kind, share in SHARES]

    def draw(self, *, shown: bool) -> Text:
        """A text of any kind; with `shown`, one that the group can read at once."""
        while True:
            kind = self._chance.choices(self._kinds, self._shares)[0]
            drawn = self._chance.choice(self.texts[kind])
            if not (shown and drawn.held):
                return drawn


def _paragraphs(chance: random.Random, said: Sequence[str], count: int) -> list[str]:
    return chance.sample(list(said), count)


def _ready(
    judges: Judges, paragraphs: list[str], *, labels: tuple[str, ...] = (), note: str | None = None
) -> Text:
    source = text.tidy("\n\n".join(paragraphs))
    rendered = text.render(source)
    judged = judging.judge(
        judges,
        judging.post_pieces(rendered, title=None, note=note),
        Circumstances(author_labels=labels),
    )
    judged = replace(judged, identity=SEED, milliseconds=0, lot=None)
    row = judging.row_of(Subject(SubjectKind.POST, 0), judged, author_id=0, commitment="", at=NOT_YET)
    return Text(source, rendered, labels, note, judged, row_values(row))


def row_values(row: AssessmentRow) -> dict[str, Any]:
    """What an insert needs of a row that is not stored."""
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}
