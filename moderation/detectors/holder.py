"""Keeps the model: loads it in the background, answers within a time, and survives one that hangs.

Predictions run one at a time in a worker thread, so a caller can stop waiting. A worker that hangs is left
behind and replaced; only so many are left behind at once, and after that the model counts as failing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue

from moderation.classifier import Classifier, load
from moderation.classifier.answer import ModelIdentity, ModelUnusable, Prediction
from moderation.classifier.card import CARD, FOLDER
from moderation.signals import Missing
from moderation.subject import Span

HANGS_AFTER_SECONDS = 30.0
MOST_LEFT_BEHIND = 3


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


@dataclass(eq=False, slots=True)
class _Job:
    text: str
    quoted: tuple[Span, ...]
    done: threading.Event = field(default_factory=threading.Event)
    result: Prediction | Missing = Missing.MODEL_LATE
    abandoned: bool = False

    def finish(self, result: Prediction | Missing) -> None:
        if not self.done.is_set():
            self.result = result
            self.done.set()


class _Worker(threading.Thread):
    """Runs jobs one after another until it is told to stop."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__(name="classifier-worker", daemon=True)
        self._classifier = classifier
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._current: tuple[_Job, float] | None = None

    def put(self, job: _Job) -> None:
        self._jobs.put(job)

    def hangs(self, after_seconds: float) -> bool:
        current = self._current
        return current is not None and time.monotonic() - current[1] > after_seconds

    def leave_behind(self) -> None:
        """Whoever waits on it stops waiting; the thread ends if it ever comes back."""
        current = self._current
        if current is not None:
            current[0].finish(Missing.MODEL_LATE)
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None:
                job.finish(Missing.MODEL_LATE)
        self._jobs.put(None)

    def run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.abandoned:
                continue
            self._current = (job, time.monotonic())
            try:
                job.finish(self._classifier.predict(job.text, job.quoted))
            except Exception:  # noqa: BLE001 - a model that breaks has given no verdict
                job.finish(Missing.MODEL_FAILED)
            self._current = None


class ModelHolder:
    """One model for the whole process, shared by all threads. Until `start` it counts as absent."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        check: Callable[[ModelIdentity], None] | None = None,
        load: Callable[[Path], Classifier] = load,
        hangs_after_seconds: float = HANGS_AFTER_SECONDS,
    ) -> None:
        """`folder`: by default the one that ships. `check` may refuse a loaded model, by raising."""
        self._folder = folder or FOLDER
        self._check = check
        self._load = load
        self._hangs_after = hangs_after_seconds
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._state = ModelState.ABSENT
        self._problem = "The model has not been started."
        self._classifier: Classifier | None = None
        self._worker: _Worker | None = None
        self._left_behind: list[_Worker] = []

    @classmethod
    def holding(cls, classifier: Classifier) -> ModelHolder:
        """A holder whose model is there already."""
        holder = cls()
        holder._set(ModelState.READY, "", classifier)
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
        return self._classifier.identity if self._classifier is not None else None

    def start(self) -> None:
        """Begin to load, in the background. A second call does nothing."""
        with self._lock:
            if self._state is not ModelState.ABSENT or self._settled.is_set():
                return
            if not (self._folder / CARD).is_file():
                self._problem = "There is no model in its folder, so every post waits for a person."
                self._settled.set()
                return
            self._state = ModelState.LOADING
            self._problem = "The model is loading."
        threading.Thread(target=self._load_model, name="classifier-load", daemon=True).start()

    def wait(self, seconds: float | None) -> ModelState:
        """Wait until it is loaded or known not to be, at most so long (None: without limit)."""
        if self._state is ModelState.LOADING:
            self._settled.wait(seconds)
        return self._state

    def predict(self, text: str, quoted: tuple[Span, ...], seconds: float | None) -> Prediction:
        """A prediction within so many seconds (None: without limit), or `NoPrediction`."""
        deadline = None if seconds is None else time.monotonic() + seconds
        state = self.wait(seconds)
        if state is not ModelState.READY:
            raise NoPrediction(WHY_NOT[state])
        job = _Job(text, quoted)
        self._put(job)
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not job.done.wait(left):
            job.abandoned = True
            raise NoPrediction(Missing.MODEL_LATE)
        if isinstance(job.result, Missing):
            raise NoPrediction(job.result)
        return job.result

    def _load_model(self) -> None:
        try:
            classifier = self._load(self._folder)
            if self._check is not None:
                self._check(classifier.identity)
        except ModelUnusable as problem:
            self._set(ModelState.FAILED, str(problem))
        except Exception as problem:  # noqa: BLE001 - whatever goes wrong, posts wait for a person
            why = str(problem) or type(problem).__name__
            self._set(ModelState.FAILED, f"The model could not be used: {why}")
        else:
            self._set(ModelState.READY, "", classifier)

    def _set(self, state: ModelState, problem: str, classifier: Classifier | None = None) -> None:
        with self._lock:
            self._classifier = classifier
            self._problem = problem
            self._state = state
            self._settled.set()

    def _put(self, job: _Job) -> None:
        with self._lock:
            worker = self._worker
            if worker is not None and worker.hangs(self._hangs_after):
                worker.leave_behind()
                self._left_behind.append(worker)
                worker = self._worker = None
            if worker is None:
                self._left_behind = [left for left in self._left_behind if left.is_alive()]
                if len(self._left_behind) >= MOST_LEFT_BEHIND:
                    raise NoPrediction(Missing.MODEL_FAILED)
                assert self._classifier is not None
                worker = self._worker = _Worker(self._classifier)
                worker.start()
            worker.put(job)
