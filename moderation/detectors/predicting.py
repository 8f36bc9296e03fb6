"""One thread that asks the model, so that whoever waits for an answer can stop waiting."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from queue import SimpleQueue

from moderation.classifier import Classifier
from moderation.classifier.answer import Prediction
from moderation.signals import Missing
from moderation.subject import Span


@dataclass(eq=False, slots=True)
class Question:
    """A text to be judged, and the answer once there is one."""

    text: str
    quoted: tuple[Span, ...]
    done: threading.Event = field(default_factory=threading.Event)
    answer: Prediction | Missing = Missing.MODEL_LATE
    abandoned: bool = False

    def finish(self, answer: Prediction | Missing) -> None:
        if not self.done.is_set():
            self.answer = answer
            self.done.set()


class PredictingThread(threading.Thread):
    """Answers questions one after another until it is told to stop. Nobody can end one that hangs."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__(name="classifier-worker", daemon=True)
        self._classifier = classifier
        self._questions: SimpleQueue[Question | None] = SimpleQueue()
        self._current: tuple[Question, float] | None = None

    def put(self, question: Question) -> None:
        self._questions.put(question)

    @property
    def busy_for(self) -> float:
        """Seconds since it began with the text at hand; 0 where there is none."""
        current = self._current
        return 0.0 if current is None else time.monotonic() - current[1]

    def leave_behind(self) -> None:
        """Whoever waits on it stops waiting; the thread ends if it ever comes back."""
        current = self._current
        if current is not None:
            current[0].finish(Missing.MODEL_LATE)
        while not self._questions.empty():
            question = self._questions.get()
            if question is not None:
                question.finish(Missing.MODEL_LATE)
        self._questions.put(None)

    def run(self) -> None:
        while (question := self._questions.get()) is not None:
            if question.abandoned:
                continue
            self._current = (question, time.monotonic())
            try:
                question.finish(self._classifier.predict(question.text, question.quoted))
            except Exception:  # noqa: BLE001 - a model that breaks has given no verdict
                question.finish(Missing.MODEL_FAILED)
            self._current = None
