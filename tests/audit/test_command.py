"""`flask audit …`, from the export to the check on a machine that has little but Python."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from forum.config import ROOT
from forum.db import Database
from moderation.proof.formats import Format
from tests.audit.conftest import write_one

FORMATS = [form.value for form in Format]


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *map(str, words)])


@pytest.fixture
def filled(app: Flask, database: Database) -> Flask:
    with database.transaction() as session:
        for number in range(30):
            write_one(session, number)
    return app


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_verifies_alone_and_not_after_a_change(filled: Flask, tmp_path: Path, form: str) -> None:
    file, key = tmp_path / f"audit.{form}", tmp_path / "key.pem"
    assert run(filled, "public-key", "--output", key).exit_code == 0
    exported = run(filled, "export", "--format", form, "--output", file)
    assert exported.exit_code == 0, exported.output
    assert "30 events" in exported.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (tmp_path / f"audit.{form}.dictionary.md").read_text().startswith("# Data dictionary")

    good = run(filled, "verify", "--file", file, "--public-key", key)
    assert (good.exit_code, good.output.startswith("Good: events 1 to 30")) == (0, True)
    kept = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(kept[:10] + kept[11:]))
    bad = run(filled, "verify", "--file", file, "--public-key", key)
    assert (bad.exit_code, bad.output.startswith("Line 11 is wrong")) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [file.name, key.name, f"{file.name}.dictionary.md"]
    )


def test_the_check_needs_neither_the_database_nor_its_libraries(filled: Flask, tmp_path: Path) -> None:
    file, key = tmp_path / "audit.jsonl", tmp_path / "key.pem"
    run(filled, "public-key", "--output", key)
    run(filled, "export", "--format", "jsonl", "--output", file)
    # Every import from outside but `cryptography` (and what it stands on) is refused.
    program = (
        "import sys, runpy\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'sqlalchemy', 'flask', 'alembic', 'pydantic', 'forum'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        f"sys.argv = ['moderation.proof', {str(file)!r}, '--public-key', {str(key)!r}]\n"
        "runpy.run_module('moderation.proof', run_name='__main__')\n"
    )

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )

    good = check()
    assert (good.returncode, good.stdout[:20]) == (0, "Good: events 1 to 30"), good.stderr
    file.write_bytes(file.read_bytes()[:-200])
    bad = check()
    assert bad.returncode == 1
    key.unlink()
    assert check().returncode == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["verify", "--file", "missing", "--public-key", "key.pem"], "The file missing cannot be read"),
        (["verify", "--file", "key.pem", "--public-key", "missing"], "The key missing cannot be read"),
        (["verify", "--file", "key.pem", "--public-key", "words"], "does not hold an Ed25519 public key"),
        (["verify", "--file", "key.pem"], "Name the key"),
    ],
)
def test_what_cannot_be_checked_says_why(
    filled: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    run(filled, "public-key", "--output", "key.pem")
    Path("words").write_text("no key")
    result = run(filled, *words)
    assert (result.exit_code, sentence in result.output) == (2, True), result.output


def test_a_file_that_is_no_export_is_not_good(filled: Flask, tmp_path: Path) -> None:
    key, file = tmp_path / "key.pem", tmp_path / "file"
    run(filled, "public-key", "--output", key)
    for content in (b"", b"\n", b"words\n", b'{"a": 1}\n', b"\xff\xfe\x00", b"{" * 100_000):
        file.write_bytes(content)
        result = run(filled, "verify", "--file", file, "--public-key", key)
        assert result.exit_code == 1, content[:10]


def test_verify_looks_at_the_database_and_puts_the_check_on_record(filled: Flask) -> None:
    assert run(filled, "checkpoint").output.startswith("seq 30\n")
    first = run(filled, "verify")
    assert (first.exit_code, first.output.startswith("Good: 30 events, 1 checkpoints")) == (0, True)
    assert run(filled, "verify").output.startswith("Good: 31 events")


def test_an_export_can_be_filtered_and_cut_to_a_stretch(filled: Flask, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    run(filled, "public-key", "--output", key)
    for name, options, sentence in (
        ("part", ["--first", "5", "--last", "9"], "Good: events 5 to 9"),
        (
            "some",
            ["--verb", "group.joined", "--since", "2026-03-02"],
            "A filtered export cannot show the chain",
        ),
    ):
        run(filled, "export", "--format", "csv", "--output", tmp_path / name, *options)
        result = run(filled, "verify", "--file", tmp_path / name, "--public-key", key)
        assert (result.exit_code, sentence in result.output) == (0, True), result.output


def test_a_folder_that_is_not_there_is_named_and_nothing_is_recorded(filled: Flask, tmp_path: Path) -> None:
    result = run(filled, "export", "--format", "csv", "--output", tmp_path / "no" / "audit.csv")
    assert result.exit_code == 1
    assert "is not a folder that can be written to" in result.output
    assert run(filled, "verify").output.startswith("Good: 30 events")


def test_a_full_disk_keeps_the_earlier_file(
    filled: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "audit.csv"
    run(filled, "export", "--format", "csv", "--output", file)
    before = file.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run(filled, "export", "--format", "csv", "--output", file)
    assert result.exit_code == 1
    assert "No space left on device. Nothing was kept." in result.output
    assert file.read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_dictionary_is_printed_and_renewed(filled: Flask, tmp_path: Path) -> None:
    assert "### `decision.made`" in run(filled, "dictionary").output
    page = tmp_path / "data.md"
    page.write_text((ROOT / "docs" / "data.md").read_text().replace("Why, as a code", "Old words"))
    assert run(filled, "dictionary", "--update", page).exit_code == 0
    assert page.read_text() == (ROOT / "docs" / "data.md").read_text()
