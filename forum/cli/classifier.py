"""`flask classifier …`: the model by itself, without the policy."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from forum.web.parts import parts
from moderation import classifier
from moderation.classifier.answer import ModelUnusable
from moderation.classifier.lines import BadLine, score_lines


@click.group("classifier")
def command() -> None:
    """The classifier by itself."""


@command.command("score")
@with_appcontext
def score() -> None:
    """Read lines of {"id","text"} from standard input, write lines of {"id","scores"}."""
    try:
        model = classifier.load(parts().settings.model_dir)
        score_lines(model, sys.stdin, sys.stdout)
    except (ModelUnusable, BadLine) as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None
