"""A model that can be taken away, made to hang and made to crash, one after the other, and mended each time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from moderation.classifier import Classifier
from moderation.classifier.answer import Band, ModelIdentity, Prediction
from moderation.classifier.files import CARD
from moderation.subject import Span


class FaultyClassifier:
    """Answers as the model behind it does, unless the switch says otherwise."""

    def __init__(self, behind: Classifier, switch: Switch) -> None:
        self._behind, self._switch = behind, switch

    @property
    def identity(self) -> ModelIdentity:
        return self._behind.identity

    @property
    def thresholds(self) -> Mapping[str, Band]:
        return self._behind.thresholds

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        self._switch.obey()
        return self._behind.predict(text, quoted)

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        return self._behind.score(texts)


class Switch:
    """What is wrong with the model at the moment: nothing, it is gone, it hangs, or it crashes on every text."""

    def __init__(self, folder: Path, load: Callable[[Path], Classifier]) -> None:
        self.folder, self._load = folder, load
        self._aside = folder.with_name(f"{folder.name}-moved-away")
        self._crashes = False
        self._goes_on = threading.Event()
        self._goes_on.set()

    def load(self, folder: Path) -> Classifier:
        return FaultyClassifier(self._load(folder), self)

    def obey(self) -> None:
        if self._crashes:
            raise RuntimeError("the model crashed, as the test asked it to")
        if not self._goes_on.wait(120):
            raise TimeoutError

    def remove(self) -> None:
        """Move the whole folder away. A model that is loaded would go on, so this is for before the start."""
        self.folder.rename(self._aside)

    def put_back(self) -> None:
        self._aside.rename(self.folder)

    def hang(self) -> None:
        self._goes_on.clear()

    def crash(self) -> None:
        self._crashes = True

    def mend(self) -> None:
        """Whatever it was, it is over. Threads that hung come back."""
        if self._aside.exists():
            self.put_back()
        self._crashes = False
        self._goes_on.set()


def an_empty_model(folder: Path) -> Path:
    """A folder that looks like a model's, for loaders that read nothing."""
    folder.mkdir(parents=True)
    (folder / CARD).write_text("{}")
    return folder
