"""The documents keep up with the tree: each library has its line, links lead somewhere, decisions have their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from forum.config import ROOT
from tests.house.sources import tracked

LIBRARIES = ROOT / "docs" / "dependencies.md"
DECISIONS = ROOT / "docs" / "adr"
EXPLAINED = ROOT / "docs" / "requirements.md"
REQUIREMENTS = [ROOT / "requirements.in", *sorted((ROOT / "requirements").glob("*.in"))]
DOCUMENTS = sorted(path for path in tracked() if path.suffix == ".md")
ADRS = sorted(DECISIONS.glob("[0-9]*.md"))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
NAMED = re.compile(r"`((?:forum|moderation|tests|templates|static|migrations|docs|scripts)/[\w./-]+)`")
PICTURES = ROOT / "docs" / "screenshots"
"""Made by `make screenshots`; a tree in which nobody has made them yet has no folder."""
UNFINISHED = re.compile(r"@@\w+@@|\bTODO\b|\bTBD\b|\bFIXME\b|\bXXX\b")
REQUIREMENT = re.compile(r"\bR\d{1,2}\b")
LICENCE_LINES = 661


def asked_for(path: Path) -> Iterator[str]:
    """The libraries that a requirements file names itself."""
    for line in path.read_text(encoding="utf-8").splitlines():
        wanted = line.partition("#")[0].strip()
        if wanted and not wanted.startswith("-"):
            yield re.split(r"[\s=<>~!;@]", wanted)[0]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    return CODE.sub("", path.read_text(encoding="utf-8"))


def test_each_library_has_its_line_and_no_line_is_left_over() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", LIBRARIES.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = [name for path in REQUIREMENTS for name in asked_for(path)]

    assert sorted(rows) == sorted(wanted)


def test_each_line_about_a_library_says_why_and_names_a_licence() -> None:
    rows = [
        line.strip("|").split(" | ")
        for line in LIBRARIES.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]

    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    broken = [
        target
        for target in LINK.findall(prose(document))
        if "://" not in target and not target.startswith("mailto:")
        if not (document.parent / target).exists() and (PICTURES.exists() or "screenshots/" not in target)
    ]

    assert not broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_file_that_a_document_names_is_there(document: Path) -> None:
    named = NAMED.findall(document.read_text(encoding="utf-8"))
    missing = {
        name
        for name in named
        if not any((ROOT / candidate).exists() for candidate in (name, f"{name}.py"))
        and (PICTURES.exists() or not (ROOT / name).is_relative_to(PICTURES))
    }

    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_document_is_left_unfinished(document: Path) -> None:
    assert not UNFINISHED.findall(document.read_text(encoding="utf-8"))


def test_the_readme_is_short_and_begins_with_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first_block = "\n".join(lines).split("```")[1]

    assert len(lines) < 120
    assert "make run" in first_block
    assert "make test" in first_block


@pytest.mark.parametrize("decision", ADRS, ids=name_of)
def test_a_decision_has_its_parts(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    heads = re.findall(r"^## (\w+)", text, re.MULTILINE)

    assert text.startswith(f"# {decision.name[:4]} ")
    assert heads in [["Context", "Decision", way, "Consequences"] for way in ("Weighed", "Measured")]


def test_decisions_are_numbered_without_gaps_and_all_listed() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\((.+?)\)", (DECISIONS / "README.md").read_text(), re.MULTILINE)

    assert [path.name[:4] for path in ADRS] == [f"{number:04}" for number in range(1, len(ADRS) + 1)]
    assert listed == [(path.name[:4], path.name) for path in ADRS]


def test_code_names_only_decisions_that_exist() -> None:
    known = {path.name[:4] for path in ADRS}
    unknown = {
        f"{name_of(path)}: {number}"
        for path in tracked()
        if path.suffix in {".py", ".md", ".html", ".toml"}
        for number in re.findall(r"\bADR (\d{4})\b", path.read_text(encoding="utf-8"))
        if number not in known
    }

    assert not unknown


def test_each_requirement_that_is_named_is_explained() -> None:
    known = set(re.findall(r"^\| (R\d+) \|", EXPLAINED.read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        number
        for path in tracked()
        if path.suffix in {".py", ".md", ".html", ".toml"}
        for number in REQUIREMENT.findall(path.read_text(encoding="utf-8"))
    }

    assert not named - known


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert text.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE\n")
    assert len(text.splitlines()) == LICENCE_LINES
