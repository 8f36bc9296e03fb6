"""The command line: one module a group of commands, each loaded when it is called for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

COMMANDS: Mapping[str, str] = {
    "serve": "forum.cli.serve",
    "db": "forum.cli.database",
    "seed": "forum.cli.seed",
    "members": "forum.cli.members",
    "policy": "forum.cli.policy",
    "classifier": "forum.cli.classifier",
    "resources": "forum.cli.resources",
    "audit": "forum.cli.audit",
    "worker": "forum.cli.worker",
    "backup": "forum.cli.backup",
    "restore": "forum.cli.restore",
}
"""The name of each group and the module that defines its `command`. Add one here."""


class Commands(AppGroup):
    """A web process never needs most of these, so none is imported before it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        found: click.Command = import_module(COMMANDS[cmd_name]).command
        return found


def install(app: Flask) -> None:
    """Put every command on `flask`."""
    app.cli = Commands(app.name)
