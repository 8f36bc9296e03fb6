"""The site as the proofs serve it: `flask --app tests.proofs.fixed_site serve`, and `… worker`.

Everything is real but the classifier, which answers from markers in the text, and the waits, which are short: a
job that a killed worker held is taken up again after seconds, and the record is signed all the time.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

import forum.worker
from forum import app, outbox
from forum.actions import posting
from moderation.classifier.answer import Prediction
from moderation.detectors.classifier import ClassifierDetector
from moderation.detectors.contact import ContactDetector
from moderation.detectors.fixed import FixedClassifier
from moderation.detectors.holder import ModelHolder
from moderation.detectors.phrases import PhraseDetector
from moderation.subject import Span

LATER = "[no verdict yet]"
"""Words with this have no verdict where HAVEN_TEST_CLASSIFIER is `away`."""


class SometimesAway(FixedClassifier):
    """The fixed classifier, which breaks on `LATER` in the process that is told so."""

    def predict(self, text: str, quoted: tuple[Span, ...] = ()) -> Prediction:
        if LATER in text and os.environ.get("HAVEN_TEST_CLASSIFIER") == "away":
            raise RuntimeError("a marker asked for a failure")
        return super().predict(text, quoted)


def _keep_compiled_templates() -> None:
    """A process that starts again finds them compiled, so that the rounds are about people and not about waiting."""
    folder = Path(os.environ["HAVEN_INSTANCE"]) / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    cache = FileSystemBytecodeCache(str(folder))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}


def create_app() -> Flask:
    """What the `flask` command finds."""
    outbox.LEASE = timedelta(seconds=3)
    outbox.FIRST_RETRY = timedelta(seconds=0.5)
    posting.RESCORE_AFTER = timedelta(seconds=0.5)
    forum.worker.PAUSE_SECONDS = 0.1
    forum.worker.RECORD_EVERY = timedelta(seconds=1)
    _keep_compiled_templates()
    classifier = ClassifierDetector(ModelHolder.holding(SometimesAway()), budget_seconds=None)
    return app.create_app(detectors=(classifier, PhraseDetector(), ContactDetector()))
