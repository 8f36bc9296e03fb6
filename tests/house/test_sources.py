"""House rules that a reader relies on and a tool can check, over all files at once."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import calls, imported_by, modules, texts

LONGEST_FILE = 400
OWN_CLOCK = {"forum/clock.py", "moderation/classifier/train.py"}  # the second dates a model card, offline
CLOCKS = {"now", "utcnow", "today", "time"}
ONE_DOOR = {
    "argon2": "",
    "bleach": "forum/text",
    "flask_limiter": "",
    "flask_login": "forum/web/login.py",
    "markdown_it": "forum/text",
    "onnxruntime": "moderation/classifier/",
    "pyotp": "",
    "segno": "",
    "tokenizers": "moderation/classifier/",
    "torch": "moderation/classifier/",
    "transformers": "moderation/classifier/",
    "waitress": "forum/cli/serve.py",
    "whitenoise": "forum/app.py",
}
"""Where a library may be imported; empty: in one module, whichever it is."""
# Broken by a tilde, so that this file keeps its own rule.
HOST_NAMES = "p~ypi.org python~hosted npm~js. deb.deb~ian hugging~face.co //h~f.co"
HOSTS = re.compile("|".join(re.escape(name) for name in HOST_NAMES.replace("~", "").split()))
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) < 2000 and (HOSTS.search(line) or MACHINE_PATHS.search(line))
    ]

    assert not found


@pytest.mark.parametrize("library", ONE_DOOR)
def test_each_library_comes_in_by_one_door(library: str) -> None:
    doors = [
        name
        for name, tree in modules().items()
        if name.startswith(("forum/", "moderation/")) and library in imported_by(tree)
    ]

    place = ONE_DOOR[library]
    if place:
        assert all(door.startswith(place) for door in doors), doors
    else:
        assert len(doors) <= 1, doors


def test_time_comes_from_the_clock() -> None:
    asks = {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
    }
    found = [
        f"{name}:{line}"
        for name, tree in modules().items()
        if name.startswith(("forum/", "moderation/")) and name not in OWN_CLOCK
        for owner, method, line in calls(tree)
        if (owner, method) in asks
    ]

    assert not found


def test_actions_and_queries_leave_the_transaction_to_their_caller() -> None:
    found = [
        f"{name}:{line}"
        for name, tree in modules().items()
        if name.startswith(("forum/actions/", "forum/queries/", "moderation/"))
        for owner, method, line in calls(tree)
        if owner == "session" and method in {"commit", "rollback"}
    ]

    assert not found


def test_queries_change_nothing() -> None:
    found = [
        f"{name}:{line}"
        for name, tree in modules().items()
        if name.startswith("forum/queries/")
        for owner, method, line in calls(tree)
        if owner == "session" and method in {"add", "add_all", "delete", "merge", "flush"}
    ]

    assert not found


def test_files_stay_short_enough_to_read() -> None:
    long = {
        name: len(text.splitlines())
        for name, text in texts()
        if name.endswith(".py")
        and not name.startswith("migrations/versions/")  # a schema is one long table
        and len(text.splitlines()) > LONGEST_FILE
    }

    assert not long
