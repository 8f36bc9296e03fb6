"""Keeps the model: loads it in the background, answers within a time, and comes back from faults by itself.

Predictions run one at a time in a thread of their own, so a caller can stop waiting. A thread that hangs is
left behind and replaced; only so many are left behind at once. A model that is not there, cannot be opened, hangs or
breaks on everything is opened again: when its folder changes, else after pauses that grow.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from moderation.classifier import Classifier, load
from moderation.classifier.answer import ModelIdentity, ModelUnusable, Prediction
from moderation.classifier.files import CARD, FOLDER
from moderation.detectors.health import Health
from moderation.detectors.predicting import PredictingThread, Question
from moderation.detectors.retrying import FIRST_PAUSE_SECONDS, Retry
from moderation.signals import Missing
from moderation.subject import Span

HEAD_START_SECONDS = 0.7
"""What a web process gives its first pages before the model loads: both want the same processor."""

HANGS_AFTER_SECONDS = 30.0
LOADING_HANGS_AFTER_SECONDS = 120.0
SLOW_AFTER_SECONDS = 5.0
"""From here on staff are told that it does not answer; it is given up only when it hangs."""

MOST_LEFT_BEHIND = 3
"""So many threads may hang before the model is opened anew …"""

MOST_EVER_LEFT_BEHIND = 6
"""… and so many in all: each keeps memory. After that only a restart, or a thread that comes back, helps."""

BREAKS_AFTER = 5
"""Answers in a row that failed: it is not the one text."""


class ModelState(StrEnum):
    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


WHY_NOT = {
    ModelState.ABSENT: Missing.MODEL_ABSENT,
    ModelState.LOADING: Missing.MODEL_LATE,
    ModelState.FAILED: Missing.MODEL_FAILED,
}


class NoPrediction(Exception):
    """There is no verdict to be had in this time."""

    def __init__(self, why: Missing) -> None:
        super().__init__(why.value)
        self.why = why


class ModelHolder:
    """One model for the whole process, shared by all threads. Until `start` it counts as absent."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        check: Callable[[ModelIdentity], None] | None = None,
        load: Callable[[Path], Classifier] = load,
        hangs_after_seconds: float = HANGS_AFTER_SECONDS,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        """`folder`: by default the one that ships. `check` may refuse a loaded model, by raising."""
        self._folder = folder or FOLDER
        self._check = check
        self._load = load
        self._hangs_after = hangs_after_seconds
        self._retry = Retry(self._folder, first_pause_seconds)
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._state = ModelState.ABSENT
        self._problem = "The model has not been started."
        self._classifier: Classifier | None = None
        self._worker: PredictingThread | None = None
        self._loader: threading.Thread | None = None
        self._left_behind: list[threading.Thread] = []
        self._heals = False
        self._identity: ModelIdentity | None = None
        self._fresh = False
        """Just opened: it may be asked once, however many threads hang from before."""
        self._loading_since = 0.0
        self._pause = 0.0
        self._trouble_since = time.monotonic()
        self._proven = True
        """False after a fault until the model has answered again."""
        self._failures = 0

    @classmethod
    def holding(cls, classifier: Classifier) -> ModelHolder:
        """A holder whose model is there already, and stays."""
        holder = cls()
        holder._take(classifier)
        return holder

    @property
    def state(self) -> ModelState:
        return self._state

    @property
    def problem(self) -> str:
        """One sentence for an admin; empty when all is well."""
        return self._problem

    @property
    def identity(self) -> ModelIdentity | None:
        """Of the model that answers, or answered last."""
        return self._identity

    def health(self) -> Health:
        """How it is now. Asking begins a new try where one is due."""
        self.heal()
        with self._lock:
            if self._state is not ModelState.READY or not self._proven:
                problem = self._problem or "The model was opened again and has not answered yet."
                return Health(True, time.monotonic() - self._trouble_since, problem)
            slow = self._worker.busy_for if self._worker is not None else 0.0
            if slow > SLOW_AFTER_SECONDS:
                return Health(True, slow, "The model does not answer.")
            return Health(False)

    def start(self, *, after_seconds: float = 0.0) -> None:
        """Begin to load, in the background, perhaps not at once. A second call does nothing."""
        with self._lock:
            if self._state is ModelState.ABSENT and not self._heals:
                self._heals, self._pause = True, after_seconds
                self._open()

    def heal(self) -> None:
        """Open the model again if it is away and a try is due. Costs nothing while all is well."""
        if not self._heals or self._is_there():
            return
        with self._lock:
            if self._state is ModelState.LOADING:
                self._give_up_a_load_that_hangs()
            elif not self._is_there() and self._retry.is_due():
                if len(self._still_left_behind()) >= MOST_EVER_LEFT_BEHIND:
                    self._problem = (
                        "The model hangs again and again. Look into the log, and start the site anew."
                    )
                    return
                self._open()

    def _is_there(self) -> bool:
        return self._classifier is not None

    def wait(self, seconds: float | None) -> ModelState:
        """Wait until it is loaded or known not to be, at most so long (None: without limit)."""
        if self._state is ModelState.LOADING:
            self._settled.wait(seconds)
        return self._state

    def predict(self, text: str, quoted: tuple[Span, ...], seconds: float | None) -> Prediction:
        """A prediction within so many seconds (None: without limit), or `NoPrediction`."""
        deadline = None if seconds is None else time.monotonic() + seconds
        self.heal()
        state = self.wait(seconds)
        if state is not ModelState.READY:
            raise NoPrediction(WHY_NOT[state])
        question = Question(text, quoted)
        self._put(question)
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not question.done.wait(left):
            question.abandoned = True
            raise NoPrediction(Missing.MODEL_LATE)
        self._note(question.answer)
        if isinstance(question.answer, Missing):
            raise NoPrediction(question.answer)
        return question.answer

    def _open(self) -> None:
        """Load in the background, or find that there is nothing to load. Holds the lock."""
        self._retry.begin()
        if not (self._folder / CARD).is_file():
            self._state = ModelState.ABSENT
            self._problem = "There is no model in its folder, so every post waits for a person."
            self._settled.set()
            return
        self._settled.clear()
        self._state, self._problem = ModelState.LOADING, "The model is loading."
        self._loading_since = time.monotonic()
        self._loader = threading.Thread(target=self._load_model, name="classifier-load", daemon=True)
        self._loader.start()

    def _load_model(self) -> None:
        classifier, problem = None, ""
        pause, self._pause = self._pause, 0.0
        time.sleep(pause)
        try:
            classifier = self._load(self._folder)
            if self._check is not None:
                self._check(classifier.identity)
        except ModelUnusable as fault:
            problem = str(fault)
        except Exception as fault:  # noqa: BLE001 - whatever goes wrong, posts wait for a person
            problem = f"The model could not be used: {str(fault) or type(fault).__name__}"
        with self._lock:
            if self._loader is not threading.current_thread():
                return  # left behind: somebody else loads by now
            self._loader = None
            if classifier is not None and not problem:
                self._take(classifier)
            else:
                self._retry.failed()
                self._state, self._problem = ModelState.FAILED, problem
            self._settled.set()

    def _give_up_a_load_that_hangs(self) -> None:
        if self._loader is not None and time.monotonic() - self._loading_since > LOADING_HANGS_AFTER_SECONDS:
            self._left_behind.append(self._loader)
            self._loader = None
            self._give_up("The model does not load.")

    def _give_up(self, problem: str) -> None:
        """The model that is there does not answer: do without it until it was opened anew. Holds the lock."""
        self._classifier = None
        if self._worker is not None:
            self._worker.leave_behind()
            self._worker = None
        self._begin_trouble(time.monotonic())
        self._retry.failed()
        self._state, self._problem = ModelState.FAILED, problem
        self._settled.set()

    def _take(self, classifier: Classifier) -> None:
        """The model is there."""
        self._classifier, self._identity = classifier, classifier.identity
        self._failures, self._fresh = 0, True
        self._state, self._problem = ModelState.READY, ""

    def _begin_trouble(self, since: float) -> None:
        """From when on staff read that it is away; a trouble that goes on keeps its beginning."""
        if self._proven:
            self._trouble_since, self._proven = since, False

    def _note(self, answer: Prediction | Missing) -> None:
        """Learn from an answer: a good one ends the trouble, too many bad ones in a row begin it."""
        if self._proven and not self._failures and not isinstance(answer, Missing):
            return
        with self._lock:
            if answer is Missing.MODEL_FAILED:
                self._failures += 1
                if self._heals and self._failures >= BREAKS_AFTER and self._state is ModelState.READY:
                    self._give_up("The model breaks on every text.")
            elif not isinstance(answer, Missing):
                self._failures, self._proven = 0, True
                self._retry.worked()

    def _still_left_behind(self) -> list[threading.Thread]:
        self._left_behind = [thread for thread in self._left_behind if thread.is_alive()]
        return self._left_behind

    def _put(self, question: Question) -> None:
        with self._lock:
            worker = self._worker
            if worker is not None and (busy := worker.busy_for) > self._hangs_after:
                worker.leave_behind()
                self._left_behind.append(worker)
                worker = self._worker = None
                if self._heals:
                    self._begin_trouble(time.monotonic() - busy)
            worker = worker or self._another_worker()
            worker.put(question)

    def _another_worker(self) -> PredictingThread:
        """A new thread for the model, unless too many of its threads hang. Holds the lock."""
        if len(self._still_left_behind()) >= MOST_LEFT_BEHIND and not self._fresh:
            if self._heals and self._classifier is not None:
                self._give_up("The model hangs.")
            raise NoPrediction(Missing.MODEL_FAILED)
        if self._classifier is None:
            raise NoPrediction(Missing.MODEL_FAILED)
        self._fresh = False
        self._worker = PredictingThread(self._classifier)
        self._worker.start()
        return self._worker
