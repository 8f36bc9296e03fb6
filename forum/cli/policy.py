"""`flask policy try`: what the policy would say to a text, without storing anything."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import with_appcontext

from forum.judges import patient_judges
from forum.web.parts import parts
from moderation.detectors.holder import ModelState
from moderation.tryout import BadLine, described, try_lines, try_text


@click.group("policy")
def command() -> None:
    """The policy: signals in, three answers out."""


@command.command("try")
@click.argument("text", required=False)
@click.option(
    "--jsonl",
    is_flag=True,
    help='Lines of {"id","text"} in; {"id","display","urgency","support","reasons"} out.',
)
@click.option("--new-member", is_flag=True, help="As if it were somebody's first post.")
@with_appcontext
def try_command(text: str | None, jsonl: bool, new_member: bool) -> None:
    """Judge TEXT (or standard input) as an ordinary post of an established member. No time limit."""
    made = parts()
    detectors = patient_judges(made.holder, made.policy).detectors
    if made.holder.state is not ModelState.READY:
        click.echo(f"No verdict from the classifier: {made.holder.problem}", err=True)
    if jsonl:
        try:
            try_lines(sys.stdin, sys.stdout, detectors=detectors, policy=made.policy, newcomer=new_member)
        except BadLine as error:
            click.echo(str(error), err=True)
            raise SystemExit(2) from None
        return
    words = text if text is not None else sys.stdin.read()
    tried = try_text(words, detectors=detectors, policy=made.policy, newcomer=new_member)
    click.echo(json.dumps(described(tried), indent=2))
