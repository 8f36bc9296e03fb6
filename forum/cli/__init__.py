"""The command line: one module a group of commands."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

COMMANDS = (
    "forum.cli.serve",
    "forum.cli.database",
    "forum.cli.seed",
    "forum.cli.members",
    "forum.cli.policy",
    "forum.cli.classifier",
    "forum.cli.resources",
    "forum.cli.audit",
    "forum.cli.worker",
    "forum.cli.backup",
    "forum.cli.restore",
)
"""Modules that define `command`. Add a group here."""


def install(app: Flask) -> None:
    """Put every command on `flask`."""
    for module in COMMANDS:
        app.cli.add_command(import_module(module).command)
