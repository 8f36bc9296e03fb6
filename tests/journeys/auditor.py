"""What auditors do: follow a chain, take a file away, and check it where Haven is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.journeys.somebody import Somebody

PROJECT = Path(__file__).resolve().parents[2]


class Auditor(Somebody):
    def finds(self, subject: str) -> list[str]:
        """The verbs of all events about a subject, oldest first."""
        self.goes_to("/audit")
        self.fills("About", subject)
        self.presses("Show")
        verbs = self.main.locator("td code.meta").all_inner_texts()
        return list(reversed(verbs))

    def opens_the_last(self) -> None:
        """The newest event of the list, with the story of what it was about."""
        with self.page.expect_navigation():
            self.main.locator("tbody a").first.click()
        self.looks_around()

    def exports(self, form: str, folder: Path) -> Path:
        self.goes_to("/audit")
        self.page.get_by_label(form, exact=True).check()
        return self._keep("Export", folder)

    def takes_the_key(self, folder: Path) -> Path:
        return self._keep("Public key", folder)

    def _keep(self, button: str, folder: Path) -> Path:
        download = self.downloads(button)
        path = folder / download.suggested_filename
        download.save_as(path)
        return path


def verifies(file: Path, key: Path) -> bool:
    """What an outsider runs, in a process that is not Haven's."""
    command = [sys.executable, "-m", "moderation.proof", str(file), "--public-key", str(key)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def in_order(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether the wanted verbs stand in the found ones, in this order, others between them or not."""
    left = iter(found)
    return all(verb in left for verb in wanted)
